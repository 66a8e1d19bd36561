namespace LibContainer.Cgroups;

/// <summary>What has been used by all processes of a cgroup together, from its beginning on: what is worth keeping when it is removed. What the host does not count is null.</summary>
public sealed record CgroupUsage
{
    /// <summary>Nothing is known.</summary>
    public static CgroupUsage Unknown { get; } = new();

    /// <summary>Time on CPUs, all of them added.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Of that, in programs.</summary>
    public TimeSpan? UserCpuTime { get; init; }

    /// <summary>Of that, in the kernel for programs.</summary>
    public TimeSpan? SystemCpuTime { get; init; }

    /// <summary>How long there was something to run and no CPU time left of its limit.</summary>
    public TimeSpan? ThrottledTime { get; init; }

    /// <summary>Most bytes of memory that were ever in use at once, the page cache and the kernel's own for it included. Version 2: Linux 5.19.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Bytes read from disks.</summary>
    public long? BytesRead { get; init; }

    /// <summary>Bytes written to disks by then; what is still in the page cache is written later, and is in nobody's count here.</summary>
    public long? BytesWritten { get; init; }

    /// <summary>How many of its processes were killed for lack of memory: its program may have gone on without them.</summary>
    public long? OutOfMemoryKills { get; init; }

    /// <summary>How often a process or thread could not be made because there were as many as <see cref="Configuration.ResourceConfiguration.PidsLimit"/> allows. <c>pids.events</c>, Linux 4.7.</summary>
    public long? RefusedForks { get; init; }
}
