using LibContainer.Cgroups;

namespace LibContainer.Benchmarks.Compare;

/// <summary>The part of the comparison that is about cgroups: all of them below one that is there from its beginning to its end.</summary>
internal sealed class CgroupComparison(ComparisonOptions options, BenchmarkRoot root, Candidates candidates, Report report, Goals goals)
{
    private static readonly int[] Idle = [10, 1000];

    private static readonly string Pause = $"{ComparisonOptions.CgroupPause.TotalMilliseconds} ms";

    internal void RunAll()
    {
        using BenchmarkCgroups cgroups = new();
        Starts(cgroups);
        Parts(cgroups);
        Statistics(cgroups);
        Growth(cgroups);
    }

    private void Starts(BenchmarkCgroups cgroups)
    {
        using OciBundle bundle = new(cgroups.Limited(root.Container, "peer"));
        Candidate exec = OfExec(cgroups);
        (Candidate? crun, Candidate? runc) = Candidates.WithCgroups(bundle);
        Candidate[] all = [candidates.Exec, exec, .. new[] { crun, runc }.OfType<Candidate>()];

        Dictionary<Candidate, Sample> samples = Timing.Interleaved(all, options.CgroupRounds, ComparisonOptions.CgroupPause);
        report.Section(
            "One start with cgroups",
            $"{options.CgroupRounds} rounds, {Pause} before each start. One cgroup in each of {ContainerCgroup.Hierarchies.Length} hierarchies, with limits of memory, CPU time and processes and the rules for devices; "
            + "made for the start, and removed before it counts as over.");
        report.Picture("start-with-cgroups", "Milliseconds of one start with cgroups to its exit status", BarChart.Draw(
            "one start with cgroups to its exit status, ms: p50, line to p90",
            [.. all.Select(candidate => new BarChart.Bar(candidate.Name, samples[candidate].P50, samples[candidate].P90, $"{samples[candidate].P50:0.00}", candidate == exec || candidate == candidates.Exec))]));
        Table(all, samples, exec);
        Judge(samples, "", [(crun, 4.5, 5.5), (runc, 8, 10)]);

        samples = Timing.Tight(all, options.CgroupTightBlocks, ComparisonOptions.TightBlock);
        report.Section("With cgroups in a tight loop", $"{options.CgroupTightBlocks} blocks of {ComparisonOptions.TightBlock} starts of each, without a pause.");
        Table(all, samples, exec);
        Judge(samples, " in a tight loop", [(crun, 2, 3), (runc, 5, 7)]);

        void Judge(Dictionary<Candidate, Sample> samples, string how, ReadOnlySpan<(Candidate? Peer, double Contract, double Goal)> peers)
        {
            foreach ((Candidate? peer, double contract, double goal) in peers)
                if (peer is not null)
                    goals.AtLeast($"{peer.Name.Split(',')[0]} over Exec, both with cgroups{(how.Length > 0 ? how : $", {Pause} before each")}", samples[peer].P50 / samples[exec].P50, contract, goal);
        }
    }

    private void Parts(BenchmarkCgroups cgroups)
    {
        using CgroupParts parts = new(root, cgroups);
        Dictionary<Candidate, Sample> samples = Timing.Interleaved(parts.All, options.CgroupRounds, ComparisonOptions.CgroupPause);
        report.Section(
            "What a cgroup costs",
            $"{options.CgroupRounds} rounds, {Pause} before each. Joining is what the step clock says of the steps of one start; being born, what it says from the request to the first step. "
            + "One pid to one `cgroup.procs` is what is not done here: it waits for every processor (RCU).");
        report.Table(
            ["part", "p50 ms", "p90 ms", "p99 ms", "spread"],
            parts.All.Select(part => (IReadOnlyList<string>)[part.Name, .. samples[part].P50 < 0.1 ? Fine(samples[part]) : Comparison.Columns(samples[part])]));
        double join = samples[parts.Join].P50, born = parts.Born is null ? 0 : samples[parts.Born].P50 - samples[parts.NotBorn].P50;
        goals.AtMost($"ms to join all cgroups of version 1{(parts.Born is null ? "" : " and be born in one of version 2")}", join + Math.Max(0, born), 0.3);

        static string[] Fine(Sample sample) => [$"{sample.P50:0.000}", $"{sample.P90:0.000}", $"{sample.P99:0.000}", $"{sample.Spread:0.00}"];
    }

    private void Statistics(BenchmarkCgroups cgroups)
    {
        using MeasuredCgroup measured = new(root, cgroups);
        Dictionary<Candidate, Sample> samples = Timing.Interleaved([measured.Statistics, measured.Plain], options.Rounds, options.Pause);
        report.Section("Statistics", $"{options.Rounds} rounds, {options.Pause.TotalMilliseconds} ms before each. A plain read opens, reads and closes the same {measured.Files} files and does not look at them.");
        report.Table(
            ["", "p50 ms", "p90 ms", "p99 ms", "spread", "over plain read"],
            new[] { measured.Statistics, measured.Plain }.Select(candidate => (IReadOnlyList<string>)
                [candidate.Name, .. Comparison.Columns(samples[candidate]), Comparison.Ratio(samples[candidate], samples[measured.Plain])]));
        goals.AtMost("statistics over a plain read of the same files", samples[measured.Statistics].P50 / samples[measured.Plain].P50, 1.5);
        goals.AtMost("bytes allocated by the statistics", Allocation.OfCall("statistics", measured.Read).Thread, 8 * 1024);
    }

    /// <summary>The first number is measured at the beginning and once more at the end, as in <see cref="Compare.Growth.OfRunning"/>.</summary>
    private void Growth(BenchmarkCgroups cgroups)
    {
        Candidate exec = OfExec(cgroups);
        using MeasuredCgroup measured = new(root, cgroups);
        Candidate[] all = [exec, measured.Statistics];
        Dictionary<Candidate, Sample> first = At(Idle[0]), last = At(Idle[1]), again = At(Idle[0]);
        first = first.ToDictionary(pair => pair.Key, pair => pair.Value.With(again[pair.Key]));
        report.Section(
            "Growth with cgroups",
            $"{options.CgroupRounds} rounds, {options.Pause.TotalMilliseconds} ms before each, beside so many cgroups that nobody is in, in each hierarchy; for the first number as many again when the others are removed.");
        report.Table(
            ["what", "cgroups", "p50 ms", "p90 ms", "p99 ms", "spread", "over the first"],
            all.SelectMany(candidate => new[] { (Idle[0], first), (Idle[1], last) }.Select(at => (IReadOnlyList<string>)
                [candidate.Name, $"{at.Item1}", .. Comparison.Columns(at.Item2[candidate]), Comparison.Ratio(at.Item2[candidate], first[candidate])])));
        foreach ((Candidate candidate, string what) in new[] { (exec, "start with cgroups"), (measured.Statistics, "statistics") })
            goals.AtMost($"{what} beside {Idle[1]} cgroups over beside {Idle[0]}", last[candidate].P50 / first[candidate].P50, 1.2);

        Dictionary<Candidate, Sample> At(int count)
        {
            cgroups.SetIdle(count);
            return Timing.Interleaved(all, options.CgroupRounds, options.Pause);
        }
    }

    private Candidate OfExec(BenchmarkCgroups cgroups) => Candidates.OfExec("Exec, cgroups", cgroups.Limited(root.Container, "exec"));

    private void Table(IReadOnlyList<Candidate> all, Dictionary<Candidate, Sample> samples, Candidate exec) => report.Table(
        ["candidate", "p50 ms", "p90 ms", "p99 ms", "spread", "over Exec, cgroups"],
        all.Select(candidate => (IReadOnlyList<string>)[candidate.Name, .. Comparison.Columns(samples[candidate]), Comparison.Ratio(samples[candidate], samples[exec])]));
}
