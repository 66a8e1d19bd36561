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
    /// With running containers, for each number of them. What is measured is the last of so many. All numbers are gone through again and again: a machine drifts by more in these minutes than a
    /// start grows.
    /// </summary>
    /// <param name="root">Root of those that run.</param>
    /// <param name="counts">Ascending.</param>
    /// <param name="measured">What is measured at each of them.</param>
    /// <param name="parts">What is measured at the first and the last.</param>
    /// <param name="turns">How often all numbers are gone through.</param>
    /// <param name="starts">Of each candidate, at each number, in each turn.</param>
    /// <param name="pause">Before each start.</param>
    internal static List<Dictionary<Candidate, Sample>> OfRunning(
        BenchmarkRoot root, IReadOnlyList<int> counts, IReadOnlyList<Candidate> measured, IReadOnlyList<Candidate> parts, int turns, int starts, TimeSpan pause)
    {
        List<Dictionary<Candidate, Sample>> all = [];
        for (int turn = 0; turn < turns; turn++)
        {
            Timing.Settle(measured[0]);
            using RunningContainers running = new(root.Container);
            for (int i = 0; i < counts.Count; i++)
            {
                running.StartUntil(counts[i] - 1);
                Dictionary<Candidate, Sample> taken = Timing.Interleaved(i == 0 || i == counts.Count - 1 ? [.. measured, .. parts] : measured, starts, pause);
                if (turn == 0)
                    all.Add(taken);
                else
                    all[i] = all[i].ToDictionary(pair => pair.Key, pair => pair.Value.With(taken[pair.Key]));
            }
            running.End();
        }
        return all;
    }
}
