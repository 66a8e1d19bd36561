using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Which of the kernel's two interfaces a hierarchy has. Source: cgroups(7).</summary>
public enum CgroupVersion
{
    /// <summary>Version 1: a hierarchy for some controllers each.</summary>
    V1 = 1,

    /// <summary>Version 2: one hierarchy for all controllers that no version 1 hierarchy has.</summary>
    V2 = 2,
}

/// <summary>A tree of cgroups that is mounted on this host.</summary>
/// <param name="Version">Its interface.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Root">The cgroup that the mount shows as its top, as /proc/self/mountinfo names it: <c>/</c> for all of the tree.</param>
/// <param name="Controllers">Names of its controllers: <c>memory</c>. A named hierarchy without a controller has none.</param>
/// <param name="Name">Of a named hierarchy: <c>systemd</c>. Null: it has none.</param>
/// <param name="OwnPath">The cgroup that this process is in, as /proc/self/cgroup names it.</param>
public sealed record CgroupHierarchy(
    CgroupVersion Version, string MountPoint, string Root, ImmutableArray<string> Controllers, string? Name, string OwnPath);
