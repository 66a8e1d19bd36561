using System.Diagnostics;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Starts of several candidates in turn, so that whatever the machine does meanwhile falls on all of them.</summary>
internal static class Timing
{
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(2);

    /// <summary>In each round every candidate once, in random order, after a fixed pause.</summary>
    internal static Dictionary<Candidate, Sample> Interleaved(IReadOnlyList<Candidate> candidates, int rounds, TimeSpan pause)
        => Take(candidates, rounds, 1, pause);

    /// <summary>In each round a block of starts of every candidate, one right after the other.</summary>
    internal static Dictionary<Candidate, Sample> Tight(IReadOnlyList<Candidate> candidates, int rounds, int block)
        => Take(candidates, rounds, block, TimeSpan.Zero);

    /// <summary>
    /// Starts that nobody times, until the kernel has taken the network namespaces of all that ended before apart: those of 1,000 containers take it 0.8 s.
    /// </summary>
    internal static void Settle(Candidate candidate)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < SettlingTime;)
            candidate.StartChecked();
    }

    private static Dictionary<Candidate, Sample> Take(IReadOnlyList<Candidate> candidates, int rounds, int block, TimeSpan pause)
    {
        foreach (Candidate candidate in candidates)
            candidate.WarmUp();
        Dictionary<Candidate, List<double>> times = candidates.ToDictionary(candidate => candidate, _ => new List<double>(rounds * block));
        Candidate[] order = [.. candidates];
        Random random = new(1); // the same orders in every run
        for (int round = 0; round < rounds; round++)
        {
            random.Shuffle(order);
            foreach (Candidate candidate in order)
            {
                for (int i = 0; i < block; i++)
                {
                    if (pause > TimeSpan.Zero)
                        Thread.Sleep(pause);
                    times[candidate].Add(candidate.StartChecked());
                }
            }
        }
        return times.ToDictionary(pair => pair.Key, pair => new Sample(pair.Value));
    }
}
