namespace LibContainer.Cgroups;

/// <summary>One of the things that a host has a number of. Source: cgroup-v2.rst, "Misc Interface Files", Linux 5.13.</summary>
public readonly record struct MiscStats
{
    /// <summary>The kernel's name of it: <c>sev</c>.</summary>
    public required string Name { get; init; }

    /// <summary>In use. misc.current.</summary>
    public ulong? Current { get; init; }

    /// <summary>How many there can be; null: no limit. misc.max.</summary>
    public ulong? Limit { get; init; }

    /// <summary>How often that was reached. <c>NAME.max</c> of misc.events, Linux 5.16.</summary>
    public ulong? FailCount { get; init; }
}
