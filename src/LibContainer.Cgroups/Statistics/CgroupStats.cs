using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>What a container has used at one moment, on either version of cgroups.</summary>
/// <remarks>
/// A group is null when it was not asked for, or when the container is in no hierarchy that has it. A value is null when this host's kernel does
/// not have it; what is a list is then empty. The figures are of the container and all cgroups below it, unless they say otherwise, and are read
/// one file after the other: they belong to nearly the same moment. Sources: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
/// </remarks>
public sealed record CgroupStats
{
    /// <summary>Time on CPUs.</summary>
    public CpuStats? Cpu { get; init; }

    /// <summary>Memory and swap.</summary>
    public MemoryStats? Memory { get; init; }

    /// <summary>Tasks.</summary>
    public PidsStats? Pids { get; init; }

    /// <summary>Block devices.</summary>
    public IOStats? IO { get; init; }

    /// <summary>Huge pages: an entry for each size that the host knows.</summary>
    public ImmutableArray<HugePageStats> HugePages { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>RDMA: an entry for each device.</summary>
    public ImmutableArray<RdmaStats> Rdma { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Other things that are counted, such as the address space identifiers of encrypted virtual machines: an entry for each.</summary>
    public ImmutableArray<MiscStats> Misc { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How much tasks waited for what others had. Version 2 only.</summary>
    public PressureStats? Pressure { get; init; }
}
