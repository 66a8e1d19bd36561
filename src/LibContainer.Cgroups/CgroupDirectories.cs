using System.Collections.Immutable;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>A container's cgroups: one in each hierarchy that it is in.</summary>
internal static class CgroupDirectories
{
    /// <summary>Where a container's cgroups are, made or not.</summary>
    /// <param name="layout">The hierarchies.</param>
    /// <param name="path">
    /// Absolute: from each mount point on. Relative: on version 1 below the cgroup that this process is in, so that what limits this process limits the container; on version 2 beside it, since a
    /// cgroup with processes cannot have limited ones below it.
    /// </param>
    internal static ImmutableArray<CgroupDirectory> At(CgroupLayout layout, string path)
    {
        bool isAbsolute = path.StartsWith('/');
        string below = string.Concat(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".").Select(static part => $"/{part}"));
        return [.. layout.Hierarchies.Select(hierarchy => new CgroupDirectory(hierarchy, (isAbsolute ? hierarchy.MountPoint : BaseOf(hierarchy)).TrimEnd('/') + below))];
    }

    /// <summary>The cgroups that a process is in, where they can be seen, without those at the top of a hierarchy: they are nobody's own.</summary>
    /// <returns>Null when there is no such process, or it is a zombie, of which the kernel says that it is at the top.</returns>
    internal static ImmutableArray<CgroupDirectory>? OfProcess(CgroupLayout layout, int processId)
    {
        if (CgroupMembership.Read($"{processId}") is not { } memberships || !ProcessStat.Runs(processId))
            return null;
        ImmutableArray<CgroupDirectory>.Builder directories = ImmutableArray.CreateBuilder<CgroupDirectory>();
        foreach (CgroupHierarchy hierarchy in layout.Hierarchies)
            if (memberships.FirstOrDefault(membership => IsIn(membership, hierarchy)) is { } membership && CgroupLayout.Below(hierarchy.Root, membership.Path) is { Length: > 0 } below)
                directories.Add(new CgroupDirectory(hierarchy, hierarchy.MountPoint + below));
        return directories.ToImmutable();
    }

    /// <summary>Whether a controller is in a hierarchy of version 1. It is not in that of version 2 then.</summary>
    internal static bool HasInVersion1(this IReadOnlyList<CgroupDirectory> directories, string controller)
        => directories.Find(CgroupVersion.V1, controller) is not null;

    /// <summary>The cgroup in the hierarchy that has a controller. Null: no hierarchy of that version has it.</summary>
    internal static CgroupDirectory? Find(this IReadOnlyList<CgroupDirectory> directories, CgroupVersion version, string controller)
    {
        for (int i = 0; i < directories.Count; i++)
        {
            if (directories[i].Hierarchy is { } hierarchy && hierarchy.Version == version && hierarchy.Controllers.Contains(controller))
                return directories[i];
        }
        return null;
    }

    /// <summary>The cgroup of version 2. Null: that is not mounted.</summary>
    internal static CgroupDirectory? Version2(this IReadOnlyList<CgroupDirectory> directories)
    {
        for (int i = 0; i < directories.Count; i++)
        {
            if (directories[i].Hierarchy.Version == CgroupVersion.V2)
                return directories[i];
        }
        return null;
    }

    private static string BaseOf(CgroupHierarchy hierarchy)
    {
        string below = CgroupLayout.Below(hierarchy.Root, hierarchy.OwnPath) ?? "";
        if (hierarchy.Version == CgroupVersion.V2 && below.Length > 0)
            below = below[..below.LastIndexOf('/')];
        return hierarchy.MountPoint + below;
    }

    private static bool IsIn(CgroupMembership membership, CgroupHierarchy hierarchy) => hierarchy.Version == CgroupVersion.V2
        ? membership.IsVersion2
        : membership.Names.Contains(hierarchy.Name is { } name ? $"name={name}" : hierarchy.Controllers[0]);
}
