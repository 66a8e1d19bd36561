using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Benchmarks.Compare;

/// <summary>What a cgroup adds to a start, each part by itself.</summary>
internal sealed class CgroupParts : IDisposable
{
    private readonly BenchmarkCgroups _cgroups;
    private readonly StepClock _clock = new();
    private readonly Birthplace? _birthplace;
    private readonly RunningContainers _running;
    private readonly ContainerCgroup _one, _other;
    private readonly List<(SafeFileHandle File, string Path)> _processFiles = [];
    private int _moves;

    internal CgroupParts(BenchmarkRoot root, BenchmarkCgroups cgroups)
    {
        _cgroups = cgroups;
        _birthplace = Birthplace.Make(cgroups.Parent);
        _running = new RunningContainers(root.Container);
        _running.StartUntil(1);
        (_one, _other) = (cgroups.Create("one"), cgroups.Create("other"));
        foreach (ContainerCgroup cgroup in new[] { _one, _other })
        {
            string path = $"{(cgroup.Paths.TryGetValue("pids", out string? pids) ? pids : cgroup.Paths.First().Value)}/cgroup.procs";
            _processFiles.Add((File.OpenHandle(path, FileMode.Open, FileAccess.Write), path));
        }

        Create = Whole("make and limit it", cgroup => cgroup.Create(BenchmarkCgroups.Limits), null);
        OpenTasks = Whole("open its tasks files", cgroup => cgroup.Create(BenchmarkCgroups.Limits), cgroup =>
        {
            foreach (SafeHandle tasks in cgroup.OpenTasks())
                tasks.Dispose();
        });
        Delete = Whole("remove it", cgroup => cgroup.Create(BenchmarkCgroups.Limits), cgroup => cgroup.Delete());
        ContainerConfiguration container = cgroups.Limited(root.Container, "join");
        ExecOptions options = new() { Clock = _clock };
        Join = new PartlyTimedCandidate("join by all tasks files, the process itself", () =>
        {
            int exitCode = Namespaces.Exec(container, BenchmarkRoot.Process, options).ExitCode;
            return new Start(_clock.Steps.Where(step => step.Step is JoinCgroupStep).Sum(step => step.Duration.TotalMilliseconds), exitCode);
        }, programs: 1);
        LaunchPlan bare = Candidates.BarePlan(root);
        if (_birthplace is not null)
            Born = Clone("born in a cgroup of version 2", _birthplace.Directory);
        NotBorn = Clone("born where its parent is", null);
        MoveOne = new TimedCandidate("one pid to one cgroup.procs", Move, programs: 0);

        Candidate Clone(string name, SafeHandle? cgroup) => new PartlyTimedCandidate(name, () =>
        {
            using LaunchedProcess process = Launcher.Shared.Start(bare, new LaunchOptions { Clock = _clock, Cgroup = cgroup });
            return new Start(_clock.BeforeFirstStep.TotalMilliseconds, process.WaitForExit().ExitCode);
        }, programs: 1);
    }

    internal Candidate Create { get; }

    internal Candidate OpenTasks { get; }

    internal Candidate Delete { get; }

    /// <summary>Version 1.</summary>
    internal Candidate Join { get; }

    /// <summary>From the request to the process's first step. Null: there is no version 2.</summary>
    internal Candidate? Born { get; }

    /// <summary>The same without a cgroup.</summary>
    internal Candidate NotBorn { get; }

    /// <summary>What nobody does here, and every other runtime does.</summary>
    internal Candidate MoveOne { get; }

    internal IReadOnlyList<Candidate> All => [Create, OpenTasks, Join, .. Born is null ? [] : new[] { Born }, NotBorn, Delete, MoveOne];

    /// <param name="name">For tables.</param>
    /// <param name="first">Timed if there is nothing after it.</param>
    /// <param name="timed">What is timed instead.</param>
    private PartlyTimedCandidate Whole(string name, Action<ContainerCgroup> first, Action<ContainerCgroup>? timed) => new(name, () =>
    {
        ContainerCgroup cgroup = _cgroups.At("part");
        long start = Stopwatch.GetTimestamp();
        first(cgroup);
        if (timed is not null)
        {
            start = Stopwatch.GetTimestamp();
            timed(cgroup);
        }
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        cgroup.Delete();
        return new Start(milliseconds, 0);
    });

    /// <summary>From one to the other and back.</summary>
    private int Move()
    {
        byte[] id = System.Text.Encoding.ASCII.GetBytes(_running.LastId.ToString(CultureInfo.InvariantCulture));
        RandomAccess.Write(_processFiles[_moves++ % 2].File, id, 0); // throws what the kernel answers
        return 0;
    }

    public void Dispose()
    {
        _processFiles.ForEach(entry => entry.File.Dispose());
        _running.End();
        _running.Dispose();
        _one.Delete();
        _other.Delete();
        _birthplace?.Dispose();
        _clock.Dispose();
    }
}
