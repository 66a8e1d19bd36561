namespace LibContainer.Cgroups;

/// <summary>A container's cgroups: one in each hierarchy that it is in.</summary>
internal static class CgroupDirectories
{
    /// <summary>Whether a controller is in a hierarchy of version 1. It is not in that of version 2 then.</summary>
    internal static bool HasInVersion1(this IReadOnlyList<CgroupDirectory> directories, string controller)
    {
        for (int i = 0; i < directories.Count; i++)
        {
            if (directories[i].Hierarchy is { Version: CgroupVersion.V1 } hierarchy && hierarchy.Controllers.Contains(controller))
                return true;
        }
        return false;
    }
}
