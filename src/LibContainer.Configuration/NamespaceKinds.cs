namespace LibContainer.Configuration;

/// <summary>Kinds of namespaces. The values are the kernel's CLONE_NEW*. Source: namespaces(7).</summary>
[Flags]
public enum NamespaceKinds : ulong
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>CLONE_NEWTIME: its own offsets of the monotonic and the boot-time clock. Source: time_namespaces(7).</summary>
    Time = 0x00000080,

    /// <summary>CLONE_NEWNS: the container's own mounts, and its own root.</summary>
    Mount = 0x00020000,

    /// <summary>CLONE_NEWCGROUP: the container's cgroup is the root of what it sees.</summary>
    Cgroup = 0x02000000,

    /// <summary>CLONE_NEWUTS: its own host name.</summary>
    Uts = 0x04000000,

    /// <summary>CLONE_NEWIPC: its own System V objects and POSIX message queues.</summary>
    Ipc = 0x08000000,

    /// <summary>CLONE_NEWUSER: its own user and group ids, mapped to those of the host. Source: user_namespaces(7).</summary>
    User = 0x10000000,

    /// <summary>CLONE_NEWPID: its own process ids. When its first process ends, the kernel kills all others.</summary>
    Pid = 0x20000000,

    /// <summary>CLONE_NEWNET: its own network devices, addresses, ports.</summary>
    Network = 0x40000000,

    /// <summary>
    /// Those of every container: all but <see cref="User"/> and <see cref="Time"/>, which need maps and offsets to be of use.
    /// </summary>
    Default = Mount | Cgroup | Uts | Ipc | Pid | Network,
}
