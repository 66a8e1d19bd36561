using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Time on CPUs, all of them added: two busy CPUs use two seconds in one.</summary>
/// <remarks>
/// The kernel counts nanoseconds (version 1) or microseconds (version 2); a <see cref="TimeSpan"/> counts 100 nanoseconds, and what is less is cut
/// off. Source: cgroup-v2.rst, "CPU Interface Files"; cgroup-v1/cpuacct.rst; scheduler/sched-bwc.rst.
/// </remarks>
public sealed record CpuStats
{
    /// <summary>All of it. <c>usage_usec</c> of cpu.stat; version 1: cpuacct.usage.</summary>
    public TimeSpan? Usage { get; init; }

    /// <summary>In programs. <c>user_usec</c> of cpu.stat; version 1: <c>user</c> of cpuacct.stat, in steps of 10 milliseconds.</summary>
    public TimeSpan? User { get; init; }

    /// <summary>In the kernel, for programs. <c>system_usec</c> of cpu.stat; version 1: <c>system</c> of cpuacct.stat, in steps of 10 milliseconds.</summary>
    public TimeSpan? System { get; init; }

    /// <summary><see cref="Usage"/> of each CPU that the host can have, in their order. Version 1 only: cpuacct.usage_percpu.</summary>
    public ImmutableArray<TimeSpan> PerCpu { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Periods of the quota in which there was something to run. <c>nr_periods</c> of cpu.stat.</summary>
    public ulong? Periods { get; init; }

    /// <summary>Those of them in which the quota was used up. <c>nr_throttled</c>.</summary>
    public ulong? ThrottledPeriods { get; init; }

    /// <summary>How long there was something to run and no quota, for each CPU. <c>throttled_usec</c>; version 1: <c>throttled_time</c>.</summary>
    public TimeSpan? ThrottledTime { get; init; }

    /// <summary>Periods that took saved quota from earlier ones. <c>nr_bursts</c>, Linux 5.15.</summary>
    public ulong? Bursts { get; init; }

    /// <summary>How much more than their quota they took. <c>burst_usec</c>; version 1: <c>burst_time</c>; Linux 5.15.</summary>
    public TimeSpan? BurstTime { get; init; }
}
