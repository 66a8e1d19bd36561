using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>
/// What a container may use, kept by its cgroup. What is null or empty is not limited. Source: the specification, config-linux.md, "Control
/// groups"; cgroups(7).
/// </summary>
public sealed record ResourceConfiguration
{
    /// <summary>
    /// Which devices can be opened or made, applied in this order. Empty: those that every container has, and its own nodes.
    /// </summary>
    public ImmutableArray<DeviceRule> Devices { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Memory.</summary>
    public MemoryResources? Memory { get; init; }

    /// <summary>CPU time, CPUs and memory nodes.</summary>
    public CpuResources? Cpu { get; init; }

    /// <summary>Processes and threads together. -1: no limit. 0 is a limit: no process can be added.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>Reading from and writing to disks.</summary>
    public BlockIOResources? BlockIO { get; init; }

    /// <summary>Huge pages, one limit for each size.</summary>
    public ImmutableArray<HugePageLimit> HugePageLimits { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Marks of the network's traffic.</summary>
    public NetworkResources? Network { get; init; }

    /// <summary>RDMA, by device.</summary>
    public ImmutableDictionary<string, RdmaLimit> Rdma { get; init; } = ImmutableDictionary<string, RdmaLimit>.Empty;

    /// <summary>Files of the cgroup and what is written to them, of cgroup version 2 only: <c>memory.high</c>.</summary>
    public ImmutableDictionary<string, string> Unified { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>What may be done with a device.</summary>
[Flags]
public enum DeviceAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It may be read.</summary>
    Read = 0x1,

    /// <summary>It may be written.</summary>
    Write = 0x2,

    /// <summary>A node may be made for it.</summary>
    MakeNode = 0x4,

    /// <summary>All of that.</summary>
    All = Read | Write | MakeNode,
}

/// <summary>Whether some devices can be opened or made. Source: the kernel's cgroup-v1/devices.rst.</summary>
/// <param name="IsAllowed">They can, or they cannot.</param>
/// <param name="Type">Character or block devices. Null: both.</param>
/// <param name="Major">Major number. Null: any.</param>
/// <param name="Minor">Minor number. Null: any.</param>
/// <param name="Access">What it is about.</param>
public sealed record DeviceRule(
    bool IsAllowed, DeviceType? Type = null, int? Major = null, int? Minor = null, DeviceAccess Access = DeviceAccess.All);

/// <summary>Memory. What is null is left as it is; -1 takes a limit away. Source: the specification, config-linux.md, "Memory".</summary>
public sealed record MemoryResources
{
    /// <summary>So many bytes, what is swapped out included.</summary>
    public static MemoryResources WithoutSwap(long bytes) => new() { LimitBytes = bytes, MemoryAndSwapBytes = bytes };

    /// <summary>Bytes that may be used; more is a reason to kill. -1: no limit.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Bytes that are kept for it when memory is short. -1: no limit.</summary>
    public long? ReservationBytes { get; init; }

    /// <summary>Bytes of memory and swap together, so at least <see cref="LimitBytes"/>. -1: no limit.</summary>
    public long? MemoryAndSwapBytes { get; init; }

    /// <summary>Bytes of the kernel's own memory. -1: no limit. Of cgroup version 1, and outdated there.</summary>
    public long? KernelBytes { get; init; }

    /// <summary>Bytes of the buffers of TCP. -1: no limit. Of cgroup version 1, and outdated there.</summary>
    public long? KernelTcpBytes { get; init; }

    /// <summary>How readily pages are swapped out, 0 to 100. Of cgroup version 1.</summary>
    public int? Swappiness { get; init; }

    /// <summary>True: who is over the limit waits and is not killed. Of cgroup version 1.</summary>
    public bool? DisableOomKiller { get; init; }

    /// <summary>True: cgroups below count as part of this one. Of cgroup version 1; version 2 does so always.</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>A new limit below what is in use is refused, instead of killing for it.</summary>
    public bool CheckBeforeUpdate { get; init; }
}

/// <summary>
/// CPU time, CPUs and memory nodes. What is null is left as it is. Source: the specification, config-linux.md, "CPU"; cpuset(7).
/// </summary>
public sealed record CpuResources
{
    /// <summary>Of a tenth of a second, as the kernel has it by itself.</summary>
    private const ulong UsualPeriodMicroseconds = 100_000;

    /// <summary>The time of so many CPUs: 0.5 is half of one's. The kernel's least is 0.01.</summary>
    public static CpuResources OfCpus(double count) => new() { QuotaMicroseconds = (long)(count * UsualPeriodMicroseconds), PeriodMicroseconds = UsualPeriodMicroseconds };

    /// <summary>Weight among cgroups that want the CPU, 2 to 262144; 1024 is that of every cgroup. 0: left as it is.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds of CPU time in each period. -1: no limit. 0: left as it is.</summary>
    public long? QuotaMicroseconds { get; init; }

    /// <summary>Microseconds that may be saved up and used on top; not above the quota.</summary>
    public ulong? BurstMicroseconds { get; init; }

    /// <summary>Microseconds of a period, 1000 to 1000000. 0: left as it is.</summary>
    public ulong? PeriodMicroseconds { get; init; }

    /// <summary>
    /// Microseconds in each period of real time that threads of a real-time policy may run. -1: no limit. Of cgroup version 1.
    /// </summary>
    public long? RealtimeRuntimeMicroseconds { get; init; }

    /// <summary>Microseconds of a period of real time. Of cgroup version 1.</summary>
    public ulong? RealtimePeriodMicroseconds { get; init; }

    /// <summary>CPUs that may be used: <c>0-3,7</c>.</summary>
    public string? Cpus { get; init; }

    /// <summary>Memory nodes that may be used: <c>0-1</c>.</summary>
    public string? MemoryNodes { get; init; }

    /// <summary>True: runs as <see cref="SchedulingPolicy.Idle"/> does, whatever the shares are.</summary>
    public bool? IsIdle { get; init; }
}

/// <summary>Huge pages of one size. Source: the kernel's cgroup-v1/hugetlb.rst.</summary>
/// <param name="PageSize">Size as the kernel names it: <c>64KB</c>, <c>2MB</c>, <c>1GB</c>.</param>
/// <param name="LimitBytes">Bytes that may be reserved; on a kernel that cannot limit that: used.</param>
public sealed record HugePageLimit(string PageSize, ulong LimitBytes);

/// <summary>Use of one RDMA device; one of the two at least. Source: the kernel's cgroup-v1/rdma.rst.</summary>
/// <param name="HcaHandles">Handles. Null: no limit.</param>
/// <param name="HcaObjects">Objects. Null: no limit.</param>
public sealed record RdmaLimit(uint? HcaHandles = null, uint? HcaObjects = null);

/// <summary>Marks of the network's traffic. Of cgroup version 1. Source: the kernel's cgroup-v1/net_cls.rst, net_prio.rst.</summary>
public sealed record NetworkResources
{
    /// <summary>Class of the packets, <c>0xAAAABBBB</c> for AAAA:BBBB of tc(8). Null: none.</summary>
    public uint? ClassId { get; init; }

    /// <summary>Priority of the traffic, by interface.</summary>
    public ImmutableArray<InterfacePriority> Priorities { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>Priority of the traffic that leaves through one interface.</summary>
/// <param name="Name">Name of the interface on the host.</param>
/// <param name="Priority">Priority.</param>
public sealed record InterfacePriority(string Name, uint Priority);
