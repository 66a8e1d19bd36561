namespace LibContainer.Configuration;

/// <summary>How a thread is scheduled. The values are the kernel's SCHED_*. Source: sched(7).</summary>
public enum SchedulingPolicy
{
    /// <summary>Time sharing, by nice value.</summary>
    Other = 0,

    /// <summary>Real time: runs until it waits or a higher priority comes.</summary>
    Fifo = 1,

    /// <summary>Real time, with time slices among equals.</summary>
    RoundRobin = 2,

    /// <summary>Time sharing for what computes without a user waiting.</summary>
    Batch = 3,

    /// <summary>Reserved by the kernel, which refuses it.</summary>
    Iso = 4,

    /// <summary>Only when nothing else wants to run.</summary>
    Idle = 5,

    /// <summary>Real time, by runtime, deadline and period.</summary>
    Deadline = 6,
}

/// <summary>More about scheduling. The values are the kernel's SCHED_FLAG_*. Source: sched_setattr(2).</summary>
[Flags]
public enum SchedulingFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Children start with the default policy.</summary>
    ResetOnFork = 0x1,

    /// <summary>Of a deadline: takes time that others have reserved and do not use.</summary>
    Reclaim = 0x2,

    /// <summary>Of a deadline: SIGXCPU when the runtime was exceeded.</summary>
    DeadlineOverrun = 0x4,

    /// <summary>The policy stays as it is.</summary>
    KeepPolicy = 0x8,

    /// <summary>The parameters stay as they are.</summary>
    KeepParameters = 0x10,

    /// <summary>The lower bound of the utilization is given.</summary>
    UtilizationMinimum = 0x20,

    /// <summary>The upper bound of the utilization is given.</summary>
    UtilizationMaximum = 0x40,
}

/// <summary>When a process gets the CPU. Source: sched_setattr(2); the specification, config.md, "Scheduler".</summary>
public sealed record SchedulerConfiguration
{
    /// <summary>How it is scheduled.</summary>
    public required SchedulingPolicy Policy { get; init; }

    /// <summary>
    /// -20 (first) to 19 (last). For <see cref="SchedulingPolicy.Other"/> and <see cref="SchedulingPolicy.Batch"/>; otherwise 0.
    /// </summary>
    public int Nice { get; init; }

    /// <summary>
    /// 1 (last) to 99 (first). For <see cref="SchedulingPolicy.Fifo"/> and <see cref="SchedulingPolicy.RoundRobin"/>; otherwise 0.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>More.</summary>
    public SchedulingFlags Flags { get; init; }

    /// <summary>Nanoseconds that it may run in a period. For <see cref="SchedulingPolicy.Deadline"/>; otherwise 0.</summary>
    public ulong RuntimeNanoseconds { get; init; }

    /// <summary>
    /// Nanoseconds from the start of a period within which it has run. For <see cref="SchedulingPolicy.Deadline"/>; otherwise 0.
    /// </summary>
    public ulong DeadlineNanoseconds { get; init; }

    /// <summary>Nanoseconds of a period. 0: the deadline. For <see cref="SchedulingPolicy.Deadline"/>; otherwise 0.</summary>
    public ulong PeriodNanoseconds { get; init; }
}

/// <summary>Class of I/O. The values are the kernel's IOPRIO_CLASS_*. Source: ioprio_set(2).</summary>
public enum IOPriorityClass
{
    /// <summary>Before all others. Needs CAP_SYS_ADMIN or CAP_SYS_NICE.</summary>
    Realtime = 1,

    /// <summary>What every process has.</summary>
    BestEffort = 2,

    /// <summary>Only when nobody else uses the disk.</summary>
    Idle = 3,
}

/// <summary>When a process gets the disk. Source: ioprio_set(2).</summary>
/// <param name="Class">Class.</param>
/// <param name="Level">0 (first) to 7 (last) within the class.</param>
public sealed record IOPriorityConfiguration(IOPriorityClass Class, int Level);

/// <summary>
/// On which CPUs a program runs that is added to a running container. Source: the specification, config.md, "execCPUAffinity"; cpuset(7),
/// "List format".
/// </summary>
/// <param name="Initial">While it is being set up, before it is in the container's cgroup: <c>0-3,7</c>. Null: as the host's process has
/// it. In cgroups of version 2 it is born there: without effect where that allows none of these CPUs.</param>
/// <param name="Final">From then on: those of them that the cgroup allows. Null: up to the kernel. All that the cgroup allows, or, since
/// Linux 6.2, those among them that the process had before, if any.</param>
public sealed record CpuAffinityConfiguration(string? Initial = null, string? Final = null);

/// <summary>What uname(2) says about the machine. The values are the kernel's PER_*. Source: personality(2).</summary>
public enum PersonalityDomain
{
    /// <summary>PER_LINUX: what it is.</summary>
    Linux = 0,

    /// <summary>PER_LINUX32: a machine of 32 bits.</summary>
    Linux32 = 8,
}
