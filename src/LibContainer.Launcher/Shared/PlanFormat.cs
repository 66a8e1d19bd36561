namespace LibContainer.Launch;

// A plan is one buffer. All offsets count from its first byte; a text offset of 0 means: none.
//
//   PlanHeader | StepRecord x StepCount | arrays and NUL-terminated texts
//
// It never leaves the machine and both ends come from one build, so its numbers are in the machine's own order and its layout may change.

/// <summary>First bytes of a plan.</summary>
internal struct PlanHeader
{
    /// <summary><see cref="CurrentMagic"/>; anything else was not written by this build.</summary>
    public uint Magic;

    /// <summary>Records that follow.</summary>
    public uint StepCount;

    /// <summary>"LcP" and the number of the layout.</summary>
    public const uint CurrentMagic = 0x0150634C;
}

/// <summary>One step. What the fields mean depends on <see cref="Kind"/>; see <see cref="StepKind"/>.</summary>
internal struct StepRecord
{
    public StepKind Kind;
    public uint Mode;
    public ulong Flags;
    public ulong Value;
    public ulong Value2;
    public uint Text;
    public uint Text2;
    public uint Text3;
    public uint Text4;
}

/// <summary>What a step does. In the comments: the fields of its record, and the system calls in order.</summary>
internal enum StepKind : uint
{
    None = 0,

    // Root and mounts.

    /// <summary>Flags: MS_*. mount(none, "/", none, Flags).</summary>
    SetPropagation,

    /// <summary>Text: host path, Flags: MOUNT_ATTR_* (read-only: of what is mounted below). open_tree, fstatfs and mount_setattr with flags, move_mount onto "/".</summary>
    OpenRootTree,

    /// <summary>Text: size (tmpfs option), Text2: SELinux context. fsopen, fsconfig, fsmount, move_mount onto "/": an empty root in memory.</summary>
    OpenRootMemory,

    /// <summary>Text: source, Text2: destination, Text3: type, Text4: data, Flags: MS_*, Mode: of a directory that has to be made, Value: RESOLVE_* for the destination. openat2, fchdir, mount.</summary>
    Mount,

    /// <summary>As Mount, but Text2 is a new name in the open directory, which nobody else has been in. mkdirat, fchdir, mount.</summary>
    MountInDirectory,

    /// <summary>Text: host path, Text2: destination, Flags: MOUNT_ATTR_*, Value: 1 recursive, Value2: 1 for a file. open_tree, mount_setattr, openat2, move_mount.</summary>
    Bind,

    /// <summary>Text: path. A directory becomes an empty read-only tmpfs, anything else /dev/null; a missing one is left alone. openat2, fchdir, then mount or open_tree, move_mount.</summary>
    MaskPath,

    /// <summary>Text: path; a missing one is left alone. openat2, open_tree, mount_setattr, move_mount.</summary>
    ReadOnlyPath,

    /// <summary>Text: path of a mount. openat2, mount_setattr of it alone.</summary>
    ReadOnlyMount,

    /// <summary>mount_setattr of the root mount alone, after the change of root.</summary>
    ReadOnlyRoot,

    /// <summary>
    /// Value: 1 for by pivot_root alone. fchdir, pivot_root(".", "."), umount2, or, in a launcher that has an empty namespace, open_tree, setns, unshare, move_mount, fchdir, chroot; then
    /// close_range of all that the steps have opened, unless the process is its own init.
    /// </summary>
    PivotRoot,

    /// <summary>fchdir, chroot("."), close_range likewise: the root is on top of the host's already.</summary>
    ChangeRoot,

    /// <summary>Text: host path of a mount; one that is not there is left alone. umount2(MNT_DETACH).</summary>
    Unmount,

    // Files in the root. The directory is opened once for all that follow.

    /// <summary>Text: path, Mode. openat2, and mkdirat for what is missing: the directory that the next steps work in.</summary>
    OpenDirectory,

    /// <summary>Text: name, Mode: type and permissions, Value: device number, Value2: owner (gid in the upper half). mknodat, fchownat unless 0:0.</summary>
    MakeNode,

    /// <summary>Text: name, Text2: target. symlinkat; one that exists is accepted.</summary>
    MakeSymbolicLink,

    /// <summary>Text: name, Text2: content, Value: its length, Mode. openat, write.</summary>
    WriteFile,

    // The terminal.

    /// <summary>Value: rows, Value2: columns, Flags: 1 when it shall not control the session yet. A new one from the root's own devpts, as descriptors 0 to 2; the host gets its other end. openat2, fstatfs, ioctl(TIOCSPTLCK, TIOCGPTPEER), sendmsg, then as UseTerminal.</summary>
    OpenTerminal,

    /// <summary>Text: host path, Value: rows, Value2: columns, Flags: as of OpenTerminal. openat, ioctl(TIOCSWINSZ) when there is a size, dup3, ioctl(TIOCSCTTY).</summary>
    UseTerminal,

    /// <summary>Descriptor 0 controls the session, which is this process's own. ioctl(TIOCSCTTY).</summary>
    ControlTerminal,

    /// <summary>Text: name. Shows descriptor 0 there. openat, open_tree, move_mount.</summary>
    BindTerminal,

    /// <summary>Value: uid. fchownat of descriptor 0.</summary>
    OwnTerminal,

    // The network.

    /// <summary>Text: host path, Value: CLONE_NEW* of its kind. openat, setns.</summary>
    JoinNamespace,

    /// <summary>A socket of rtnetlink in the network namespace that the process is in by now, for the host. socket, sendmsg.</summary>
    OpenNetlink,

    /// <summary>Text: interface. socket, ioctl(SIOCSIFFLAGS).</summary>
    InterfaceUp,

    // The process.

    /// <summary>Mode. umask.</summary>
    SetUmask,

    /// <summary>setsid.</summary>
    NewSession,

    /// <summary>keyctl(KEYCTL_JOIN_SESSION_KEYRING); a kernel without keys is accepted.</summary>
    NewSessionKeyring,

    /// <summary>Text: name, Value: its length. sethostname.</summary>
    SetHostname,

    /// <summary>Mode: resource, Value: soft, Value2: hard. prlimit64.</summary>
    SetResourceLimit,

    /// <summary>Value: capabilities to keep, Value2: the kernel's last. prctl(PR_CAPBSET_DROP) for each other one; none in a process that was born without a bounding set.</summary>
    LimitCapabilities,

    /// <summary>Value: 0 or 1. prctl(PR_SET_KEEPCAPS).</summary>
    KeepCapabilities,

    /// <summary>Text: array of uint, Value: its length. setgroups.</summary>
    SetGroups,

    /// <summary>Value: uid, Value2: gid. setresgid, setresuid.</summary>
    SetIds,

    /// <summary>Value: effective, Value2: permitted, Flags: inheritable. capset.</summary>
    SetCapabilities,

    /// <summary>Value: set. prctl(PR_CAP_AMBIENT) clears, then raises each.</summary>
    SetAmbientCapabilities,

    /// <summary>Value: signal. prctl(PR_SET_PDEATHSIG), and a look whether the host is there still: recvfrom of its socket.</summary>
    SetParentDeathSignal,

    /// <summary>Value: 0 or 1. prctl(PR_SET_DUMPABLE).</summary>
    SetDumpable,

    /// <summary>prctl(PR_SET_NO_NEW_PRIVS).</summary>
    SetNoNewPrivileges,

    /// <summary>Text: path below /proc, Text2: what is written into it, Value: its length. openat, fstatfs, openat2, write.</summary>
    SetLabel,

    /// <summary>Value: 1 with a terminal. The program goes on in a child of its own group, and this process reaps. rt_sigprocmask, clone3, setpgid, with a terminal getpid and ioctl(TIOCSPGRP), rt_sigprocmask.</summary>
    BecomeInit,

    /// <summary>Text: path. chdir, and getcwd unless it is "/".</summary>
    ChangeDirectory,

    /// <summary>Tells the host that this point is reached and waits for its word.</summary>
    Synchronize,

    /// <summary>Value: which of the descriptors that came with the host's go. write of "0".</summary>
    JoinCgroup,

    /// <summary>unshare(CLONE_NEWCGROUP).</summary>
    NewCgroupNamespace,

    // Only in a process that enters a container which runs already.

    /// <summary>Value: CLONE_NEW*, Value2: which of the descriptors that came with the host's go is a pidfd. setns, close_range.</summary>
    EnterNamespaces,

    /// <summary>Text: mask, Value: its length, Flags: 1 when the process's cgroup may allow none of it. sched_setaffinity.</summary>
    SetCpuAffinity,

    /// <summary>A child goes on from here: the first process that is in the process id namespace which this one has entered. clone3, sendmsg.</summary>
    Fork,

    // Only in a process that is its own init: OwnInit.cs.

    /// <summary>Waits for "go" and a line break from the host. recvfrom.</summary>
    AwaitGo,

    /// <summary>Signals that the runtime of this process ignores get their default, and none is blocked. rt_sigaction for each, rt_sigprocmask.</summary>
    ResetSignals,

    /// <summary>Tells the host "exec" and a line break. sendto.</summary>
    AnnounceExec,

    // And the end.

    /// <summary>Value: first descriptor. close_range(CLOSE_RANGE_CLOEXEC).</summary>
    CloseOnExec,

    /// <summary>Text: array of uint offsets of candidates, Value: their number, Text2: argv and Text3: envp, arrays of ulong offsets that end in 0. Flags: 1 when the last variable is LISTEN_PID=, with room for the id. getpid then, execve.</summary>
    Execute,
}
