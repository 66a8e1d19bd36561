namespace LibContainer.Cgroups;

/// <summary>Who makes a container's cgroup.</summary>
public enum CgroupBackend
{
    /// <summary>
    /// <see cref="Systemd"/> where it is process 1 and can be reached, and the path is one of its own (<c>slice:prefix:name</c>) or none; otherwise <see cref="FileSystem"/>.
    /// </summary>
    Auto,

    /// <summary>This library, below the mount points of the hierarchies: <c>cgroupfs</c> to other programs.</summary>
    FileSystem,

    /// <summary>systemd, as a unit of its own: a scope. What it does not know this library adds.</summary>
    Systemd,
}
