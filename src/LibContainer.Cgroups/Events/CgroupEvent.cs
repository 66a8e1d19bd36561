namespace LibContainer.Cgroups;

/// <summary>What can happen to the cgroups of a container.</summary>
public enum CgroupEventKind
{
    /// <summary>The limit was reached, nothing could be taken back, and an allocation was about to fail. Of version 1 also for a limit of a cgroup above.</summary>
    OutOfMemory,

    /// <summary>A process was killed for lack of memory, of the container or of the host. <c>oom_kill</c>; version 1: Linux 4.13.</summary>
    OutOfMemoryKill,

    /// <summary>memory.high was reached, and tasks were slowed. Version 2.</summary>
    MemoryHigh,

    /// <summary>The limit was reached, and the kernel began to take memory back. memory.max, version 2.</summary>
    MemoryMax,

    /// <summary>Use of memory has passed a threshold, upwards or downwards. Version 1.</summary>
    MemoryThreshold,

    /// <summary>Memory is being taken back, and that is as hard as was asked for, or harder. memory.pressure_level, version 1.</summary>
    MemoryPressure,

    /// <summary>Tasks have waited for longer than a trigger says. cpu.pressure, memory.pressure, io.pressure, version 2.</summary>
    Pressure,

    /// <summary>There is a process in the cgroup, or in one below, and there was none. cgroup.events, version 2.</summary>
    Populated,

    /// <summary>The last process has gone. cgroup.events, version 2.</summary>
    Empty,
}

/// <summary>Something has happened to the cgroups of a container.</summary>
/// <param name="Kind">What.</param>
/// <param name="Count">
/// How often since the last event of this kind: more than 1 when it happens faster than it is read. Of <see cref="CgroupEventKind.Populated"/> and
/// <see cref="CgroupEventKind.Empty"/>, which are one kind here, the last one is how it is now.
/// </param>
/// <param name="Total">How often since the cgroup was made. Null: the kernel does not keep count.</param>
public sealed record CgroupEvent(CgroupEventKind Kind, ulong Count, ulong? Total = null)
{
    /// <summary>Of <see cref="CgroupEventKind.MemoryThreshold"/>: the threshold, in bytes, as it was asked for.</summary>
    public ulong? ThresholdBytes { get; init; }

    /// <summary>Of <see cref="CgroupEventKind.MemoryThreshold"/>: what was in use when the event was taken note of, in bytes.</summary>
    public ulong? UsageBytes { get; init; }

    /// <summary>Of <see cref="CgroupEventKind.MemoryPressure"/>: the level that was asked for. It is reached, or a worse one.</summary>
    public MemoryPressureLevel? Level { get; init; }

    /// <summary>Of <see cref="CgroupEventKind.Pressure"/>: the trigger that was asked for.</summary>
    public PressureTrigger? Trigger { get; init; }
}
