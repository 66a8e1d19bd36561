using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Whether cgroups can be had of systemd on this host, and which of them a user is given.</summary>
internal static class SystemdAvailability
{
    /// <summary>Is there when systemd is process 1, and only then. Source: sd_booted(3).</summary>
    internal const string BootedDirectory = "/run/systemd/system";

    /// <summary>Why units cannot be started. Null: they can.</summary>
    /// <param name="manager">Who would be asked.</param>
    /// <param name="bootedDirectory">For tests.</param>
    internal static string? WhyNot(SystemdManager manager, string bootedDirectory = BootedDirectory)
    {
        if (new DirectoryInfo(bootedDirectory) is not { Exists: true, LinkTarget: null })
            return $"this host was not booted with systemd: there is no directory {bootedDirectory}";
        try
        {
            _ = manager.Version;
            return null;
        }
        catch (CgroupException error)
        {
            return error.Message;
        }
    }

    /// <summary>
    /// The controllers that a manager can limit with: of a user's, what was delegated to it (<c>Delegate=</c> of user@.service; cpu, memory and pids
    /// unless somebody has changed that).
    /// </summary>
    /// <param name="hierarchy">That of version 2.</param>
    /// <param name="manager">The manager.</param>
    /// <exception cref="CgroupException">The manager does not answer, or its cgroup cannot be read.</exception>
    internal static ImmutableArray<string> Controllers(CgroupHierarchy hierarchy, SystemdManager manager)
        => Controllers(hierarchy, manager.ControlGroup);

    internal static ImmutableArray<string> Controllers(CgroupHierarchy hierarchy, string controlGroup)
        => [.. new CgroupDirectory(hierarchy, hierarchy.MountPoint + controlGroup.TrimEnd('/')).Read("cgroup.controllers").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
