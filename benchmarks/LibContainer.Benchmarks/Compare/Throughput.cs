using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Containers per second: callers that start in a loop, each on a thread of its own.</summary>
internal static class Throughput
{
    /// <summary>What the slices of one candidate with one number of callers gave, per second.</summary>
    internal sealed record Figure(Candidate Candidate, int Callers, Sample PerSecond);

    /// <summary>All candidates with all numbers of callers, in turn.</summary>
    internal static List<Figure> Measure(IReadOnlyList<Candidate> candidates, IReadOnlyList<int> callers, int slices, TimeSpan slice)
    {
        (Candidate Candidate, int Callers)[] pairs = [.. callers.SelectMany(count => candidates.Select(candidate => (candidate, count)))];
        Dictionary<(Candidate, int), List<double>> rates = pairs.ToDictionary(pair => pair, _ => new List<double>());
        for (int i = 0; i < slices; i++)
            foreach ((Candidate candidate, int count) in pairs)
                rates[(candidate, count)].Add(Slice(candidate, count, slice));
        return [.. pairs.Select(pair => new Figure(pair.Candidate, pair.Callers, new Sample(rates[pair])))];
    }

    private static double Slice(Candidate candidate, int callers, TimeSpan slice)
    {
        candidate.StartChecked();
        int starts = 0;
        ExceptionDispatchInfo? failure = null;
        long begin = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, callers).Select(_ => new Thread(Loop))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        failure?.Throw();
        ProgramOutput.Expect($"{candidate.Name} with {callers} callers", 0, starts);
        return starts / seconds;

        void Loop()
        {
            try
            {
                while (Volatile.Read(ref failure) is null && Stopwatch.GetElapsedTime(begin) < slice)
                {
                    if (candidate.Start() is { ExitCode: not 0 and int code })
                        throw new InvalidOperationException(
                            $"{candidate.Name} answered exit code {code} to {callers} callers: an error is not measured");
                    Interlocked.Increment(ref starts);
                }
            }
            catch (Exception error) // of a thread: it is thrown where the threads are waited for
            {
                Volatile.Write(ref failure, ExceptionDispatchInfo.Capture(error));
            }
        }
    }
}
