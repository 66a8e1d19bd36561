using System.Diagnostics;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Compare;

/// <summary>The part of the comparison that is about <see cref="IContainerRuntime"/>: what it adds to a start, and what the containers cost that it holds.</summary>
internal sealed class FacadeComparison(ComparisonOptions options, BenchmarkRoot root, Report report, Goals goals)
{
    private const int Held = 1000, Lists = 15;

    /// <summary>Much more of the runtime's code is run here than by Exec, which all of the comparison before this has run: by then the last tier of it is compiled (30 calls, and 30 that are counted).</summary>
    private const int CompiledAfter = 150;

    internal void RunAll()
    {
        using BenchmarkCgroups cgroups = new();
        using FacadeHost host = new(cgroups);
        OneLife(cgroups, host);
        Many(host);
    }

    private void OneLife(BenchmarkCgroups cgroups, FacadeHost host)
    {
        ContainerConfiguration container = cgroups.Limited(root.Container, "facade");
        Candidate exec = Candidates.OfExec("Exec, cgroups", container);
        Candidate awaited = new PartlyTimedCandidate("Exec, awaited", () => FacadeHost.AwaitExec(container), programs: 1);
        Candidate facade = new PartlyTimedCandidate("create, start, wait", () => host.OneLife(container), programs: 1);
        Candidate run = new TimedCandidate("run", () => host.Run(container));
        Candidate[] all = [exec, awaited, facade, run];
        for (int i = 0; i < CompiledAfter; i++)
            foreach (Candidate candidate in all)
                candidate.StartChecked();

        Dictionary<Candidate, Sample> samples = Timing.Interleaved(all, options.CgroupRounds, options.Pause);
        report.Section(
            "One start by IContainerRuntime",
            $"{options.CgroupRounds} rounds, {options.Pause.TotalMilliseconds} ms before each. The same container with the same limits. `CreateAsync`, `StartAsync` and `WaitForExitAsync`, its state written down "
            + "before, in and after it, what it used read before its cgroup goes; deleting it is off the clock. `RunAsync` in one call, its deletion on the clock. Exec blocks its thread: a program that awaits has another do it (`Task.Run`).");
        report.Table(
            ["candidate", "p50 ms", "p90 ms", "p99 ms", "spread", "over Exec, cgroups", "over Exec, awaited"],
            all.Select(candidate => (IReadOnlyList<string>)[candidate.Name, .. Comparison.Columns(samples[candidate]), Comparison.Ratio(samples[candidate], samples[exec]), Comparison.Ratio(samples[candidate], samples[awaited])]));
        goals.AtMost("create, start and wait by IContainerRuntime over Exec, awaited, of the same", samples[facade].P50 / samples[awaited].P50, 1.3);
    }

    private void Many(FacadeHost host)
    {
        long bytes = host.Hold(root.Container, Held);
        int threads = Process.GetCurrentProcess().Threads.Count;
        Sample list = new(Enumerable.Range(0, Lists).Select(_ => host.List(Held)));
        report.Section($"{Held} containers that sleep", $"Held by one runtime, each in a cgroup of its own. Threads are all of this process. The list looks at each container's process and freezer; {Lists} lists.");
        report.Table(
            ["threads", "managed bytes each", "list p50 ms", "list p90 ms"],
            [[$"{threads}", $"{bytes}", $"{list.P50:0.0}", $"{list.P90:0.0}"]]);
        goals.AtMost($"threads of a host of {Held} sleeping containers", threads, 20);
        goals.AtMost("managed bytes of each of them", bytes, 40 * 1024);
        goals.AtMost($"ms to list {Held}", list.P50, 100);
    }
}
