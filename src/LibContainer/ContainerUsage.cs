using LibContainer.Cgroups;

namespace LibContainer;

/// <summary>What a container has used from its start to its end, all of its processes together. What the host does not count is null.</summary>
public sealed record ContainerUsage
{
    /// <summary>What its cgroup is asked for.</summary>
    private const CgroupStatistics Asked = CgroupStatistics.Cpu | CgroupStatistics.Memory | CgroupStatistics.IO;

    /// <summary>Nothing is known.</summary>
    public static ContainerUsage Unknown { get; } = new();

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

    /// <summary>From its cgroup, before that is removed.</summary>
    /// <exception cref="CgroupException">A file is there and cannot be read.</exception>
    internal static ContainerUsage Of(ContainerCgroup cgroup)
    {
        CgroupStats stats = cgroup.GetStats(Asked);
        return new ContainerUsage
        {
            CpuTime = stats.Cpu?.Usage,
            UserCpuTime = stats.Cpu?.User,
            SystemCpuTime = stats.Cpu?.System,
            ThrottledTime = stats.Cpu?.ThrottledTime,
            PeakMemoryBytes = (long?)stats.Memory?.PeakBytes,
            BytesRead = stats.IO is { } read ? read.Devices.Sum(device => (long)(device.BytesRead ?? 0)) : null,
            BytesWritten = stats.IO is { } written ? written.Devices.Sum(device => (long)(device.BytesWritten ?? 0)) : null,
            OutOfMemoryKills = (long?)stats.Memory?.Events?.OutOfMemoryKills,
        };
    }
}
