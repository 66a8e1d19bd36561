namespace LibContainer.Benchmarks.Compare;

/// <summary>The part of the comparison that is about programs which are added to a container. Each runtime has one of its own that runs, with the same limits.</summary>
internal sealed class EnterComparison(ComparisonOptions options, BenchmarkRoot root, Report report, Goals goals)
{
    internal void RunAll()
    {
        using BenchmarkCgroups cgroups = new();
        using KeptContainer kept = new(cgroups.Limited(root.Container, "kept"));
        using FolderContainer? folder = FolderContainer.Start(root, cgroups);
        using PeerContainer? crun = PeerContainer.Start("crun", ["--cgroup-manager=cgroupfs"], cgroups.Limited(root.Container, "crun"));
        using PeerContainer? runc = PeerContainer.Start("runc", [], cgroups.Limited(root.Container, "runc"));
        Candidate execIn = new TimedCandidate("ExecIn", () => Namespaces.ExecIn(kept.Container, BenchmarkRoot.Process).ExitCode);
        Candidate?[] others = [folder?.Exec, crun?.Exec, runc?.Exec];
        Candidate[] all = [execIn, .. others.OfType<Candidate>()];

        Dictionary<Candidate, Sample> samples = Timing.Interleaved(all, options.EnterRounds, options.Pause);
        report.Section("One program more in a container", $"{options.EnterRounds} rounds, {options.Pause.TotalMilliseconds} ms before each. It joins the container's namespaces and cgroups, and is waited for.");
        report.Table(
            ["candidate", "p50 ms", "p90 ms", "p99 ms", "spread", "over ExecIn"],
            all.Select(candidate => (IReadOnlyList<string>)[candidate.Name, .. Comparison.Columns(samples[candidate]), Comparison.Ratio(samples[candidate], samples[execIn])]));
        foreach ((Candidate? measured, Candidate? peer, double most) in new[] { (execIn, others[1], 0.25), (execIn, others[2], 0.12), (others[0], others[1], 0.6) })
            if (measured is not null && peer is not null)
                goals.AtMost($"{measured.Name} over {peer.Name}", samples[measured].P50 / samples[peer].P50, most);
    }
}
