namespace LibContainer.Benchmarks.Compare;

/// <summary>What a start costs as something grows.</summary>
internal static class Growth
{
    /// <summary>A start with so many mounts.</summary>
    internal sealed record Point(int Mounts, Sample Exec, Sample? Crun);

    /// <summary>With mounts, beside crun, all interleaved.</summary>
    internal static List<Point> OfMounts(BenchmarkRoot root, IReadOnlyList<int> counts, int rounds, TimeSpan pause)
    {
        List<OciBundle> bundles = [];
        try
        {
            List<(int Count, Candidate Exec, Candidate? Crun)> candidates = [];
            foreach (int count in counts)
            {
                bundles.Add(new OciBundle(root.WithMounts(count)));
                candidates.Add((
                    count, Candidates.OfExec($"Exec with {count} mounts", root.WithMounts(count)),
                    Candidates.OfCrun($"crun with {count} mounts", bundles[^1])));
            }
            Dictionary<Candidate, Sample> samples = Timing.Interleaved(
                [.. candidates.SelectMany(entry => new[] { entry.Exec, entry.Crun }).OfType<Candidate>()], rounds, pause);
            return
            [
                .. candidates.Select(entry => new Point(entry.Count, samples[entry.Exec], entry.Crun is { } crun ? samples[crun] : null)),
            ];
        }
        finally
        {
            foreach (OciBundle bundle in bundles)
                bundle.Dispose();
        }
    }

    /// <summary>
    /// With running containers, for each number of them. What is measured is the last of so many. The first number is measured at the beginning and once more when all others have ended: a
    /// machine drifts by more in these minutes than a start grows.
    /// </summary>
    /// <param name="root">Root of those that run.</param>
    /// <param name="counts">Ascending.</param>
    /// <param name="measured">What is measured at each of them.</param>
    /// <param name="parts">What is measured at the first and the last.</param>
    /// <param name="starts">Of each candidate.</param>
    /// <param name="pause">Before each start.</param>
    internal static List<Dictionary<Candidate, Sample>> OfRunning(
        BenchmarkRoot root, IReadOnlyList<int> counts, IReadOnlyList<Candidate> measured, IReadOnlyList<Candidate> parts, int starts, TimeSpan pause)
    {
        List<Dictionary<Candidate, Sample>> samples = Measure(counts);
        Dictionary<Candidate, Sample> again = Measure([counts[0]])[0];
        samples[0] = samples[0].ToDictionary(pair => pair.Key, pair => pair.Value.With(again[pair.Key]));
        return samples;

        List<Dictionary<Candidate, Sample>> Measure(IReadOnlyList<int> numbers)
        {
            List<Dictionary<Candidate, Sample>> taken = [];
            using RunningContainers running = new(root.Container);
            foreach (int number in numbers)
            {
                running.StartUntil(number - 1);
                taken.Add(Timing.Interleaved(number == counts[0] || number == counts[^1] ? [.. measured, .. parts] : measured, starts, pause));
            }
            running.End();
            return taken;
        }
    }
}
