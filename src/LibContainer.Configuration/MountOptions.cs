namespace LibContainer.Configuration;

/// <summary>How a mount behaves. Source: mount(2), mount(8), mount_setattr(2).</summary>
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

    /// <summary>Access times are updated when they are older than the last change, or than a day: what the kernel does by itself.</summary>
    RelativeAtime = 0x80,

    /// <summary>Access times of directories are not updated.</summary>
    NoDirectoryAtime = 0x100,

    /// <summary>Symbolic links in it are not followed.</summary>
    NoSymlinkFollow = 0x200,

    /// <summary>Every write is on the device before it returns.</summary>
    Synchronous = 0x400,

    /// <summary>Every change of a directory is on the device before it returns.</summary>
    DirectorySynchronous = 0x800,

    /// <summary>Mandatory locks are allowed. Since Linux 5.15 there are none, and the kernel only warns.</summary>
    MandatoryLocks = 0x1000,

    /// <summary>Times are kept in memory and written with something else.</summary>
    LazyTime = 0x2000,

    /// <summary>The version number of a file counts up with every change.</summary>
    InodeVersion = 0x4000,

    /// <summary>The file system logs fewer messages.</summary>
    Silent = 0x8000,

    /// <summary>Changes the options of what is mounted there already.</summary>
    Remount = 0x10000,

    /// <summary>
    /// Of a tmpfs: what the root has at the destination is copied into it. Source: the specification, config.md, "Linux mount options".
    /// </summary>
    CopyUp = 0x20000,
}

/// <summary>
/// How mounts and unmounts travel between a mount and its copies; each also in a form that holds for all that is mounted below. Source:
/// mount_namespaces(7), "Shared subtrees".
/// </summary>
public enum MountPropagation
{
    /// <summary>Nothing travels.</summary>
    Private,

    /// <summary>Both ways.</summary>
    Shared,

    /// <summary>From the original only.</summary>
    Slave,

    /// <summary>Nothing travels, and it cannot be the source of a bind.</summary>
    Unbindable,

    /// <summary><see cref="Private"/>, with all below.</summary>
    RecursivePrivate,

    /// <summary><see cref="Shared"/>, with all below.</summary>
    RecursiveShared,

    /// <summary><see cref="Slave"/>, with all below.</summary>
    RecursiveSlave,

    /// <summary><see cref="Unbindable"/>, with all below.</summary>
    RecursiveUnbindable,
}
