using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>How a mount behaves. Source: mount(2), mount(8).</summary>
[Flags]
public enum MountOptions
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Nothing can be written through it.</summary>
    ReadOnly = 0x1,

    /// <summary>Set-user-id bits and file capabilities have no effect.</summary>
    NoSuid = 0x2,

    /// <summary>Device nodes cannot be opened.</summary>
    NoDev = 0x4,

    /// <summary>Programs cannot be run.</summary>
    NoExec = 0x8,

    /// <summary>Access times are not updated.</summary>
    NoAtime = 0x10,

    /// <summary>Access times are always updated.</summary>
    StrictAtime = 0x20,

    /// <summary>Of a bind: what is mounted below the source comes along, under the same options.</summary>
    Recursive = 0x40,
}

/// <summary>One mount in a container.</summary>
/// <param name="Destination">Absolute path in the container. It is made when it is missing.</param>
/// <param name="Type">File system type, or <see cref="BindType"/>.</param>
/// <param name="Source">Of a bind: absolute path on the host. Otherwise what the mount table shows.</param>
/// <param name="Options">How it behaves.</param>
/// <param name="Data">Options of the file system itself, as mount(8) writes them.</param>
public sealed record MountConfiguration(string Destination, string Type, string Source, MountOptions Options = MountOptions.None, string Data = "")
{
    /// <summary>The type of a mount that shows a part of the host.</summary>
    public const string BindType = "bind";

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
