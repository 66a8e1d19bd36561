using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>
/// Shares of cache and memory bandwidth, through resctrl. Source: the specification, config-linux.md, "IntelRdt"; the kernel's
/// filesystems/resctrl.rst.
/// </summary>
public sealed record IntelRdtConfiguration
{
    /// <summary>Class of service: the directory below the mount point of resctrl. Null: the container's own.</summary>
    public string? ClassId { get; init; }

    /// <summary>Lines of the file schemata, written after the other two. Empty: none.</summary>
    public ImmutableArray<string> Schemata { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Line of the level 3 cache: <c>L3:0=7f0;1=1f</c>. Null: none.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>Line of the memory bandwidth: <c>MB:0=20;1=70</c>. Null: none.</summary>
    public string? MemoryBandwidthSchema { get; init; }

    /// <summary>Use is counted in a monitoring group of the container's own.</summary>
    public bool EnableMonitoring { get; init; }
}

/// <summary>From which NUMA nodes memory comes. The values are the kernel's MPOL_*. Source: set_mempolicy(2).</summary>
public enum MemoryPolicyMode
{
    /// <summary>From the node that the thread runs on, as the system has it.</summary>
    Default = 0,

    /// <summary>From one node, as long as it has some.</summary>
    Preferred = 1,

    /// <summary>From these nodes only.</summary>
    Bind = 2,

    /// <summary>From these nodes in turn.</summary>
    Interleave = 3,

    /// <summary>From the node that the thread runs on.</summary>
    Local = 4,

    /// <summary>From these nodes, as long as they have some.</summary>
    PreferredMany = 5,

    /// <summary>From these nodes in turn, by weight.</summary>
    WeightedInterleave = 6,
}

/// <summary>What node numbers mean. The values are the kernel's MPOL_F_*. Source: set_mempolicy(2).</summary>
[Flags]
public enum MemoryPolicyFlags
{
    /// <summary>They follow the nodes that are allowed.</summary>
    None = 0,

    /// <summary>Of <see cref="MemoryPolicyMode.Bind"/>: pages move to where they are used.</summary>
    NumaBalancing = 0x2000,

    /// <summary>They count within the nodes that are allowed.</summary>
    RelativeNodes = 0x4000,

    /// <summary>They are those of the machine.</summary>
    StaticNodes = 0x8000,
}

/// <summary>From which NUMA nodes memory comes. Source: set_mempolicy(2).</summary>
public sealed record MemoryPolicyConfiguration
{
    /// <summary>How nodes are chosen.</summary>
    public required MemoryPolicyMode Mode { get; init; }

    /// <summary>
    /// Nodes: <c>0-3,7</c>. Null: none, as <see cref="MemoryPolicyMode.Default"/> and <see cref="MemoryPolicyMode.Local"/> want it.
    /// </summary>
    public string? Nodes { get; init; }

    /// <summary>What the numbers mean.</summary>
    public MemoryPolicyFlags Flags { get; init; }
}
