using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>Names of the system calls that steps make, for errors.</summary>
internal static class SystemCallNames
{
    private static readonly Dictionary<long, string> Names = new()
    {
        [SystemCallNumber.read] = nameof(SystemCallNumber.read),
        [SystemCallNumber.write] = nameof(SystemCallNumber.write),
        [SystemCallNumber.mmap] = nameof(SystemCallNumber.mmap),
        [SystemCallNumber.ioctl] = nameof(SystemCallNumber.ioctl),
        [SystemCallNumber.socket] = nameof(SystemCallNumber.socket),
        [SystemCallNumber.sendto] = nameof(SystemCallNumber.sendto),
        [SystemCallNumber.sendmsg] = nameof(SystemCallNumber.sendmsg),
        [SystemCallNumber.dup3] = nameof(SystemCallNumber.dup3),
        [SystemCallNumber.chroot] = nameof(SystemCallNumber.chroot),
        [SystemCallNumber.fcntl] = nameof(SystemCallNumber.fcntl),
        [SystemCallNumber.rt_sigaction] = nameof(SystemCallNumber.rt_sigaction),
        [SystemCallNumber.rt_sigprocmask] = nameof(SystemCallNumber.rt_sigprocmask),
        [SystemCallNumber.recvfrom] = nameof(SystemCallNumber.recvfrom),
        [SystemCallNumber.fstatfs] = nameof(SystemCallNumber.fstatfs),
        [SystemCallNumber.keyctl] = nameof(SystemCallNumber.keyctl),
        [SystemCallNumber.recvmsg] = nameof(SystemCallNumber.recvmsg),
        [SystemCallNumber.execve] = nameof(SystemCallNumber.execve),
        [SystemCallNumber.setpgid] = nameof(SystemCallNumber.setpgid),
        [SystemCallNumber.getpid] = nameof(SystemCallNumber.getpid),
        [SystemCallNumber.clone3] = nameof(SystemCallNumber.clone3),
        [SystemCallNumber.getcwd] = nameof(SystemCallNumber.getcwd),
        [SystemCallNumber.chdir] = nameof(SystemCallNumber.chdir),
        [SystemCallNumber.fchdir] = nameof(SystemCallNumber.fchdir),
        [SystemCallNumber.umask] = nameof(SystemCallNumber.umask),
        [SystemCallNumber.setsid] = nameof(SystemCallNumber.setsid),
        [SystemCallNumber.setgroups] = nameof(SystemCallNumber.setgroups),
        [SystemCallNumber.setresuid] = nameof(SystemCallNumber.setresuid),
        [SystemCallNumber.setresgid] = nameof(SystemCallNumber.setresgid),
        [SystemCallNumber.capset] = nameof(SystemCallNumber.capset),
        [SystemCallNumber.setns] = nameof(SystemCallNumber.setns),
        [SystemCallNumber.unshare] = nameof(SystemCallNumber.unshare),
        [SystemCallNumber.pivot_root] = nameof(SystemCallNumber.pivot_root),
        [SystemCallNumber.prctl] = nameof(SystemCallNumber.prctl),
        [SystemCallNumber.mount] = nameof(SystemCallNumber.mount),
        [SystemCallNumber.umount2] = nameof(SystemCallNumber.umount2),
        [SystemCallNumber.sethostname] = nameof(SystemCallNumber.sethostname),
        [SystemCallNumber.sched_setaffinity] = nameof(SystemCallNumber.sched_setaffinity),
        [SystemCallNumber.openat] = nameof(SystemCallNumber.openat),
        [SystemCallNumber.mkdirat] = nameof(SystemCallNumber.mkdirat),
        [SystemCallNumber.mknodat] = nameof(SystemCallNumber.mknodat),
        [SystemCallNumber.fchownat] = nameof(SystemCallNumber.fchownat),
        [SystemCallNumber.symlinkat] = nameof(SystemCallNumber.symlinkat),
        [SystemCallNumber.prlimit64] = nameof(SystemCallNumber.prlimit64),
        [SystemCallNumber.statx] = nameof(SystemCallNumber.statx),
        [SystemCallNumber.open_tree] = nameof(SystemCallNumber.open_tree),
        [SystemCallNumber.move_mount] = nameof(SystemCallNumber.move_mount),
        [SystemCallNumber.fsopen] = nameof(SystemCallNumber.fsopen),
        [SystemCallNumber.fsconfig] = nameof(SystemCallNumber.fsconfig),
        [SystemCallNumber.fsmount] = nameof(SystemCallNumber.fsmount),
        [SystemCallNumber.close_range] = nameof(SystemCallNumber.close_range),
        [SystemCallNumber.openat2] = nameof(SystemCallNumber.openat2),
        [SystemCallNumber.mount_setattr] = nameof(SystemCallNumber.mount_setattr),
    };

    internal static string Of(long number) => Names.TryGetValue(number, out string? name) ? name : $"system call {number}";
}
