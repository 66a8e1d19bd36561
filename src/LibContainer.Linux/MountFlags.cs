namespace LibContainer.Linux;

/// <summary>Flags of a mount. The values are those of mount(2), MS_*.</summary>
[Flags]
public enum MountFlags : ulong
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>MS_RDONLY: nothing can be written through this mount.</summary>
    ReadOnly = 0x1,

    /// <summary>MS_NOSUID: set-user-id bits and file capabilities have no effect.</summary>
    NoSuid = 0x2,

    /// <summary>MS_NODEV: device nodes cannot be opened.</summary>
    NoDev = 0x4,

    /// <summary>MS_NOEXEC: programs cannot be run.</summary>
    NoExec = 0x8,

    /// <summary>MS_NOATIME: access times are not updated.</summary>
    NoAtime = 0x400,

    /// <summary>MS_REC: for the whole tree.</summary>
    Recursive = 0x4000,

    /// <summary>MS_PRIVATE: mounts do not propagate in either direction.</summary>
    Private = 0x40000,

    /// <summary>MS_SLAVE: mounts of the other side propagate to this one, and not back.</summary>
    Slave = 0x80000,

    /// <summary>MS_STRICTATIME: access times are always updated.</summary>
    StrictAtime = 0x1000000,
}
