namespace LibContainer.Benchmarks.Compare;

/// <summary>What a start costs as something grows.</summary>
internal static class Growth
{
    /// <summary>A start when there are so many of them.</summary>
    /// <param name="Count">Mounts of the container, or containers that run with it, itself included.</param>
    /// <param name="Exec">Ours.</param>
    /// <param name="Other">What it is held against: crun with mounts, the kernel's floor beside running containers. Null: not there.</param>
    internal sealed record Point(int Count, Sample Exec, Sample? Other);

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
            return [.. candidates.Select(entry => new Point(entry.Count, samples[entry.Exec], entry.Crun is { } crun ? samples[crun] : null))];
        }
        finally
        {
            foreach (OciBundle bundle in bundles)
                bundle.Dispose();
        }
    }

    /// <summary>
    /// With running containers. The kernel's floor at each number says how much of the growth is the kernel's own.
    /// </summary>
    internal static List<Point> OfRunning(BenchmarkRoot root, Candidates candidates, IReadOnlyList<int> counts, int starts, TimeSpan pause)
    {
        Candidate[] measured = [candidates.Exec, .. candidates.Kernel is null ? [] : new[] { candidates.Kernel }];
        List<Point> points = [];
        using RunningContainers running = new(root.Container);
        foreach (int count in counts)
        {
            running.StartUntil(count - 1); // the one that is measured is the last
            Dictionary<Candidate, Sample> samples = Timing.Interleaved(measured, starts, pause);
            points.Add(new Point(count, samples[candidates.Exec], candidates.Kernel is { } kernel ? samples[kernel] : null));
        }
        running.End();
        return points;
    }
}
