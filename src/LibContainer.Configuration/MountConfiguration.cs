using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>Whom files of a mount belong to, seen through it. Source: mount_setattr(2), "ID-mapped mounts".</summary>
public sealed record MountIdMap
{
    /// <summary>
    /// Users: <see cref="IdMapping.ContainerId"/> as the file system has it, <see cref="IdMapping.HostId"/> as it is seen. Empty: those of
    /// the container.
    /// </summary>
    public ImmutableArray<IdMapping> UserIds { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Groups, likewise.</summary>
    public ImmutableArray<IdMapping> GroupIds { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What is mounted below is mapped as well.</summary>
    public bool IsRecursive { get; init; }
}

/// <summary>One mount in a container.</summary>
/// <param name="Destination">Absolute path in the container. It is made when it is missing.</param>
/// <param name="Type">File system type, or <see cref="BindType"/>.</param>
/// <param name="Source">Of a bind: absolute path on the host. Otherwise what the mount table shows.</param>
/// <param name="Options">How it behaves.</param>
/// <param name="Data">Options of the file system itself, as mount(8) writes them.</param>
public sealed record MountConfiguration(string Destination, string Type, string Source, MountOptions Options = MountOptions.None, string Data = "")
{
    /// <summary>
    /// What is switched off, though the kernel or the source of a bind has it on: <c>rw</c>, <c>dev</c>, <c>exec</c>, <c>suid</c> and the
    /// like.
    /// </summary>
    public MountOptions ClearedOptions { get; init; }

    /// <summary>
    /// What holds for all that is mounted below, too: <c>rro</c>, <c>rnosuid</c> and the like. Only what mount_setattr(2) knows.
    /// </summary>
    public MountOptions RecursiveOptions { get; init; }

    /// <summary>
    /// What is switched off for all that is mounted below, too: <c>rrw</c>, <c>rsuid</c> and the like. Only what mount_setattr(2) knows.
    /// </summary>
    public MountOptions ClearedRecursiveOptions { get; init; }

    /// <summary>How mounts travel, applied in this order. Empty: nothing travels.</summary>
    public ImmutableArray<MountPropagation> Propagation { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whom its files belong to, seen through it. Null: to whom they belong. Of a bind only.</summary>
    public MountIdMap? IdMap { get; init; }

    /// <summary>The type of a mount that shows a part of the host.</summary>
    public const string BindType = "bind";

    /// <summary>
    /// The type of a view of the container's own cgroup and those below it, in whatever version the host has. Needs <see cref="NamespaceKinds.Cgroup"/>.
    /// </summary>
    public const string CgroupType = "cgroup";

    /// <summary>Shows the container its own cgroup, read-only, where programs look for it.</summary>
    public static MountConfiguration CgroupView { get; }
        = new("/sys/fs/cgroup", CgroupType, "cgroup", MountOptions.NoExec | MountOptions.NoSuid | MountOptions.NoDev | MountOptions.ReadOnly);

    /// <summary>Shows a file or directory of the host, with what is mounted below it.</summary>
    /// <param name="source">Absolute path on the host.</param>
    /// <param name="destination">Absolute path in the container.</param>
    /// <param name="readOnly">It cannot be written.</param>
    public static MountConfiguration Bind(string source, string destination, bool readOnly = false)
        => new(destination, BindType, source, MountOptions.Recursive | MountOptions.NoSuid | MountOptions.NoDev | (readOnly ? MountOptions.ReadOnly : 0));

    /// <summary>An empty directory in memory that goes with the container.</summary>
    /// <param name="destination">Absolute path in the container.</param>
    /// <param name="data">Options of tmpfs(5).</param>
    public static MountConfiguration Memory(string destination, string data = "mode=1777")
        => new(destination, "tmpfs", "tmpfs", MountOptions.NoSuid | MountOptions.NoDev, data);

    /// <summary>The system mounts of every container: those of libcontainer in 2014 and /dev/mqueue. /sys is read-only from the start.</summary>
    public static ImmutableArray<MountConfiguration> Defaults { get; } =
    [
        new("/proc", "proc", "proc", MountOptions.NoExec | MountOptions.NoSuid | MountOptions.NoDev),
        new("/sys", "sysfs", "sysfs", MountOptions.NoExec | MountOptions.NoSuid | MountOptions.NoDev | MountOptions.ReadOnly),
        new("/dev", "tmpfs", "tmpfs", MountOptions.NoSuid | MountOptions.StrictAtime, "mode=755,size=65536k"),
        new("/dev/shm", "tmpfs", "shm", MountOptions.NoExec | MountOptions.NoSuid | MountOptions.NoDev, "mode=1777,size=65536k"),
        new("/dev/pts", "devpts", "devpts", MountOptions.NoSuid | MountOptions.NoExec, "newinstance,ptmxmode=0666,mode=620,gid=5"),
        new("/dev/mqueue", "mqueue", "mqueue", MountOptions.NoExec | MountOptions.NoSuid | MountOptions.NoDev),
    ];
}
