namespace LibContainer.Cgroups;

/// <summary>Memory and swap, in bytes. Source: cgroup-v2.rst, "Memory Interface Files"; cgroup-v1/memory.rst, section 2 to 5.</summary>
public sealed record MemoryStats
{
    /// <summary>Memory in use, the page cache among it. memory.current; version 1: memory.usage_in_bytes.</summary>
    public ulong? UsageBytes { get; init; }

    /// <summary>Most that was ever in use. memory.peak (Linux 5.19); version 1: memory.max_usage_in_bytes.</summary>
    public ulong? PeakBytes { get; init; }

    /// <summary>The limit; null: none. memory.max; version 1: memory.limit_in_bytes.</summary>
    public ulong? LimitBytes { get; init; }

    /// <summary>
    /// Swap in use, without memory. memory.swap.current; version 1, which counts memory and swap together: what memory.memsw.usage_in_bytes is above
    /// memory.usage_in_bytes, 0 when it is not.
    /// </summary>
    public ulong? SwapUsageBytes { get; init; }

    /// <summary>
    /// The limit of swap, without memory; null: none. memory.swap.max; version 1: what memory.memsw.limit_in_bytes is above memory.limit_in_bytes.
    /// There a container can swap more than that while it does not reach its limit of memory.
    /// </summary>
    public ulong? SwapLimitBytes { get; init; }

    /// <summary>
    /// Memory of the kernel for the container, which is part of <see cref="UsageBytes"/>. <c>kernel</c> of memory.stat (Linux 5.18); version 1:
    /// memory.kmem.usage_in_bytes.
    /// </summary>
    public ulong? KernelUsageBytes { get; init; }

    /// <summary>Buffers of TCP, which are not part of <see cref="UsageBytes"/>. Version 1 only: memory.kmem.tcp.usage_in_bytes.</summary>
    public ulong? KernelTcpUsageBytes { get; init; }

    /// <summary>How often the limit was reached. <c>max</c> of memory.events; version 1: memory.failcnt.</summary>
    public ulong? FailCount { get; init; }

    /// <summary>How often what happened. Null: this host does not say.</summary>
    public MemoryEvents? Events { get; init; }

    /// <summary>All of memory.stat, with the kernel's names: most are bytes, some count events. Null: there is none.</summary>
    /// <remarks>On version 1 a name is of this cgroup alone, and the same name behind <c>total_</c> of those below as well.</remarks>
    public StatDictionary? Fields { get; init; }
}

/// <summary>How often memory was short, and what the kernel did. memory.events; of version 1 memory.oom_control, which has the last only.</summary>
public sealed record MemoryEvents
{
    /// <summary>Memory was taken back although less than memory.low was in use.</summary>
    public ulong? Low { get; init; }

    /// <summary>Memory.high was reached, and tasks were slowed.</summary>
    public ulong? High { get; init; }

    /// <summary>The limit was reached.</summary>
    public ulong? Max { get; init; }

    /// <summary>The limit was reached, nothing could be taken back and an allocation was about to fail.</summary>
    public ulong? OutOfMemory { get; init; }

    /// <summary>Processes that were killed for lack of memory, of the container or of the host. <c>oom_kill</c>; version 1: Linux 4.13.</summary>
    public ulong? OutOfMemoryKills { get; init; }

    /// <summary>How often all of the cgroup was killed at once. <c>oom_group_kill</c>, Linux 5.17.</summary>
    public ulong? OutOfMemoryGroupKills { get; init; }
}
