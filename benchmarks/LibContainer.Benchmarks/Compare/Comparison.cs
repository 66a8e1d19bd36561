using System.Diagnostics;
using LibContainer.Launch;

namespace LibContainer.Benchmarks.Compare;

/// <summary>
/// Times starts against both floors and against other runtimes, and judges them by the contracts and goals of this library. Quote ratios;
/// absolute times belong to the machine.
/// </summary>
internal sealed class Comparison(ComparisonOptions options, BenchmarkRoot root, Candidates candidates)
{
    private static readonly int[] Mounts = [5, 40, 1000], Running = [1, 100, 1000], Callers = [1, 2, 8];

    private readonly Report _report = new();
    private readonly Goals _goals = new();
    private readonly string _pause = $"{options.Pause.TotalMilliseconds} ms";

    /// <returns>The exit code of the program. A figure that misses its goal is no error.</returns>
    internal static int Run(ReadOnlySpan<string> arguments)
    {
        ComparisonOptions options;
        try
        {
            options = ComparisonOptions.Parse(arguments);
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
        using BenchmarkRoot root = new();
        using Candidates candidates = new(root);
        Comparison comparison = new(options, root, candidates);
        comparison.RunAll();
        if (options.Writes)
            comparison._report.Write(Repository.ReadMe, Repository.Results);
        return 0;
    }

    private void RunAll()
    {
        long start = Stopwatch.GetTimestamp();
        string load = Machine.Load();
        _report.Line(Machine.Describe());
        _report.Line();
        OneStart();
        TightLoop();
        PerSecond();
        Sizes();
        MountGrowth();
        if (BenchmarkCgroups.ArePossible)
        {
            new CgroupComparison(options, root, candidates, _report, _goals).RunAll();
            new EnterComparison(options, root, _report, _goals).RunAll();
            new FacadeComparison(options, root, _report, _goals).RunAll();
        }
        if (NetworkComparison.IsPossible)
        {
            using NetworkComparison network = new(options, root, candidates, _report, _goals);
            network.RunAll();
        }
        RunningGrowth(); // last: the kernel is busy with the end of a thousand network namespaces for a while
        _report.Section("Contracts and goals");
        _report.Block(_goals.Lines);
        foreach (string missing in new[]
        {
            candidates.Kernel is null ? "The kernel's floor was not compiled: that takes gcc." : null, StartMode.Missing,
            BenchmarkCgroups.ArePossible ? null : "There are no cgroups here.",
            File.Exists(Repository.NsInit) ? null : "No nsinit was published: a full run does that.",
            NetworkComparison.IsPossible ? null : "No networks were made: scripts/bench gives the benchmark a network namespace of its own.",
        }.OfType<string>())
            _report.Line(missing + "\n");
        string kind = options.IsQuick ? "Quick" : "Full";
        _report.Line($"{kind} run of {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; load average {load} before it.");
    }

    private void OneStart()
    {
        IReadOnlyList<Candidate> all = candidates.All;
        Dictionary<Candidate, Sample> samples = Timing.Interleaved(all, options.Rounds, options.Pause);
        _report.Section("One start", $"{options.Rounds} rounds, {_pause} before each start.");
        _report.Picture("start", "Milliseconds of one start to its exit status", BarChart.Draw(
            "one start to its exit status, ms: p50, line to p90",
            [.. all.Select(candidate => (Of: candidate, Sample: samples[candidate])).Select(bar => new BarChart.Bar(
                bar.Of.Name, bar.Sample.P50, bar.Sample.P90, $"{bar.Sample.P50:0.00}", !candidates.Peers.Contains(bar.Of)))]));
        double floor = samples[candidates.Floor].P50, exec = samples[candidates.Exec].P50;
        _report.Table(
            ["candidate", "p50 ms", "p90 ms", "p99 ms", "spread", "over kernel's floor", "over launcher's floor", "over Exec"],
            all.Select(candidate => (IReadOnlyList<string>)
            [
                candidate.Name, .. Columns(samples[candidate]),
                Ratio(samples[candidate], candidates.Kernel is { } kernel ? samples[kernel] : null),
                Ratio(samples[candidate], samples[candidates.Floor]), Ratio(samples[candidate], samples[candidates.Exec]),
            ]));
        _goals.AtMost("Exec over the launcher's floor", exec / floor, 2.2, 1.8);
        if (candidates.Crun is { } crun)
            _goals.AtLeast("crun over Exec; neither makes a cgroup", samples[crun].P50 / exec, 3.5, 4);
    }

    private void TightLoop()
    {
        IReadOnlyList<Candidate> all = [.. candidates.All.Except(candidates.Modes.Skip(1))];
        Dictionary<Candidate, Sample> samples = Timing.Tight(all, options.TightBlocks, ComparisonOptions.TightBlock);
        _report.Section(
            "In a tight loop", $"{options.TightBlocks} blocks of {ComparisonOptions.TightBlock} starts of each, without a pause.");
        _report.Table(
            ["candidate", "p50 ms", "p90 ms", "p99 ms", "spread", "over launcher's floor", "over Exec"],
            all.Select(candidate => (IReadOnlyList<string>)
            [
                candidate.Name, .. Columns(samples[candidate]), Ratio(samples[candidate], samples[candidates.Floor]),
                Ratio(samples[candidate], samples[candidates.Exec]),
            ]));
        double exec = samples[candidates.Exec].P50;
        if (candidates.Crun is { } crun)
            _goals.AtLeast("crun over Exec in a tight loop; neither makes a cgroup", samples[crun].P50 / exec, 2, 3);
        if (candidates.Runc is { } runc)
            _goals.AtLeast("runc over Exec in a tight loop; runc makes cgroups", samples[runc].P50 / exec, 5, 7);
    }

    private void PerSecond()
    {
        Candidate[] all = [candidates.Exec, .. candidates.Crun is null ? [] : new[] { candidates.Crun }];
        TimeSpan slice = ComparisonOptions.ThroughputSlice;
        List<Throughput.Figure> figures = Throughput.Measure(all, Callers, options.ThroughputSlices, slice);
        _report.Section(
            "Containers per second",
            $"Callers that start in a loop, {options.ThroughputSlices} slices of {slice.TotalSeconds} s of each, in turn.");
        _report.Picture("throughput", "Containers per second", BarChart.Draw(
            "containers per second: median of the slices, line to p90",
            [.. figures.Select(figure => new BarChart.Bar(
                $"{figure.Candidate.Name}, {CallersOf(figure.Callers)}", figure.PerSecond.P50, figure.PerSecond.P90,
                $"{figure.PerSecond.P50:0}", figure.Candidate == candidates.Exec))]));
        _report.Table(
            ["callers", .. all.Select(candidate => candidate.Name), "Exec over crun"],
            Callers.Select(count => (IReadOnlyList<string>)
            [
                $"{count}", .. all.Select(candidate => $"{Of(candidate, count):0}"),
                candidates.Crun is { } peer ? $"{Of(all[0], count) / Of(peer, count):0.00}" : "",
            ]));
        if (candidates.Crun is { } crun)
            foreach (int count in new[] { 1, 2 })
                _goals.AtLeast(
                    $"containers per second over those of crun at {CallersOf(count)}", Of(all[0], count) / Of(crun, count), 3, 4);

        static string CallersOf(int count) => count == 1 ? "1 caller" : $"{count} callers";

        double Of(Candidate candidate, int count)
            => figures.Single(figure => figure.Candidate == candidate && figure.Callers == count).PerSecond.P50;
    }

    private void MountGrowth()
    {
        List<Growth.Point> points = Growth.OfMounts(root, Mounts, options.MountRounds, options.Pause);
        _report.Section(
            "Growth with mounts",
            $"{options.MountRounds} rounds, {_pause} before each start. "
            + "5 mounts are those of 2014; beyond the default ones they are tmpfs.");
        _report.Table(
            ["mounts", "p50 ms", "p90 ms", "p99 ms", "spread", "us per mount more", "crun p50 ms", "crun over Exec"],
            points.Select((point, i) => (IReadOnlyList<string>)
            [
                $"{point.Mounts}", .. Columns(point.Exec),
                i == 0 ? "" : $"{(point.Exec.P50 - points[i - 1].Exec.P50) * 1000 / (point.Mounts - points[i - 1].Mounts):0}",
                point.Crun is { } crun ? $"{crun.P50:0.00}" : "", point.Crun is { } peer ? Ratio(peer, point.Exec) : "",
            ]));
    }

    private void RunningGrowth()
    {
        using KernelFloor? mounting = candidates.Kernel is null ? null : new KernelFloor(root, mounts: true);
        Candidate withoutSys = Candidates.OfExec("Exec without /sys", root.WithoutSys);
        Candidate?[] others = options.SplitsSteps ? [candidates.Floor, candidates.Kernel, mounting, candidates.Crun] : [candidates.Kernel, mounting];
        Candidate[] measured = [candidates.Exec, withoutSys, .. others.OfType<Candidate>()];
        StepCosts? steps = options.SplitsSteps ? new StepCosts(root) : null;
        List<Dictionary<Candidate, Sample>> samples = Growth.OfRunning(
            root, Running, measured, [.. steps?.All ?? []], ComparisonOptions.RunningTurns, options.RunningStarts, ComparisonOptions.RunningPause);
        _report.Section(
            "Growth with running containers",
            $"{ComparisonOptions.RunningTurns} turns through all numbers, {options.RunningStarts} starts of each in a turn, {ComparisonOptions.RunningPause.TotalMilliseconds} ms before each. What is measured is the last of so many containers; "
            + "the kernel's floor beside the same containers says what the kernel adds by itself. For a proc and a sysfs it looks through those of all others, twice each (`sget_fc`): that is what Exec without /sys does without, and what the floor with both adds.");
        _report.Table(
            ["candidate", "running", "p50 ms", "p90 ms", "p99 ms", "spread", "over the first"],
            measured.SelectMany(candidate => samples.Select((sample, i) => (IReadOnlyList<string>)
                [candidate.Name, $"{Running[i]}", .. Columns(sample[candidate]), Ratio(sample[candidate], samples[0][candidate])])));
        _goals.AtMost(
            $"start of the {Running[^1]}th running container over the first",
            samples[^1][candidates.Exec].P50 / samples[0][candidates.Exec].P50, 1.2, 1.05);
        if (mounting is not null)
            _report.Line($"Exec is slower by {Grown(candidates.Exec):0.00} ms beside {Running[^1]} containers, and the kernel's floor with /proc and /sys by {Grown(mounting):0.00} ms.\n");
        if (steps is not null)
            Split(steps, samples[0], samples[^1]);

        double Grown(Candidate candidate) => samples[^1][candidate].P50 - samples[0][candidate].P50;
    }

    private void Split(StepCosts steps, Dictionary<Candidate, Sample> first, Dictionary<Candidate, Sample> last)
    {
        _report.Section(
            "Where the time of a start goes",
            "Differences of medians of starts that break off after each part, in the run above: "
            + $"alone, and as the last of {Running[^1]} containers.");
        var alone = steps.Split(first, candidates.Floor, candidates.Exec);
        var beside = steps.Split(last, candidates.Floor, candidates.Exec);
        _report.Table(
            ["part", "steps", "us, alone", $"us, of {Running[^1]}", "growth us"],
            alone.Zip(beside, (one, other) => (IReadOnlyList<string>)
            [
                one.Name, $"{one.Steps}", $"{one.Microseconds:0}", $"{other.Microseconds:0}", $"{other.Microseconds - one.Microseconds:0}",
            ]));
    }

    private void Sizes()
    {
        List<Allocation.Figure> figures = Allocation.Measure(root, Mounts);
        _report.Section("Managed allocation", "Bytes of one call, on the thread of its caller and in the whole process.");
        _report.Table(
            ["call", "thread", "process"],
            figures.Select(figure => (IReadOnlyList<string>)[figure.What, $"{figure.Thread}", $"{figure.Process}"]));
        _goals.AtMost("bytes allocated by one Exec", figures[0].Process, 16 * 1024, 4 * 1024);
        _goals.AtMost("launcher's start over that of /bin/true", LauncherStart.OverTrue(options.Rounds, options.Pause), 0.5);
        _goals.AtMost("bytes of the launcher", LauncherImage.Read().Length, 64 * 1024);
    }

    internal static string[] Columns(Sample sample)
        => [$"{sample.P50:0.00}", $"{sample.P90:0.00}", $"{sample.P99:0.00}", $"{sample.Spread:0.00}"];

    internal static string Ratio(Sample sample, Sample? over) => over is null ? "" : $"{sample.P50 / over.P50:0.00}";
}
