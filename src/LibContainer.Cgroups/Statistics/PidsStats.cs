namespace LibContainer.Cgroups;

/// <summary>Tasks: processes and their threads. Source: cgroup-v2.rst, "PID Interface Files"; cgroup-v1/pids.rst.</summary>
public sealed record PidsStats
{
    /// <summary>How many there are. pids.current.</summary>
    public ulong? Current { get; init; }

    /// <summary>How many there can be; null: no limit. pids.max.</summary>
    public ulong? Limit { get; init; }

    /// <summary>Most there ever were. pids.peak, of newer kernels.</summary>
    public ulong? Peak { get; init; }
}
