#if !RUNTIME_FREE
using System.Runtime.InteropServices;
#endif

namespace LibContainer.Linux;

/// <summary>
/// The number of a system call on each machine, spelled as in <c>asm/unistd.h</c> without the prefix. A test compares both with those headers.
/// </summary>
/// <param name="x64">On x86-64.</param>
/// <param name="arm64">On arm64.</param>
internal readonly struct SystemCallNumber(short x64, short arm64)
{
    public static SystemCallNumber read => new(0, 63);
    public static SystemCallNumber write => new(1, 64);
    public static SystemCallNumber close => new(3, 57);
    public static SystemCallNumber lseek => new(8, 62);
    public static SystemCallNumber mmap => new(9, 222);
    public static SystemCallNumber munmap => new(11, 215);
    public static SystemCallNumber rt_sigaction => new(13, 134);
    public static SystemCallNumber rt_sigprocmask => new(14, 135);
    public static SystemCallNumber ioctl => new(16, 29);
    public static SystemCallNumber getpid => new(39, 172);
    public static SystemCallNumber socket => new(41, 198);
    public static SystemCallNumber sendto => new(44, 206);
    public static SystemCallNumber recvfrom => new(45, 207);
    public static SystemCallNumber sendmsg => new(46, 211);
    public static SystemCallNumber recvmsg => new(47, 212);
    public static SystemCallNumber execve => new(59, 221);
    public static SystemCallNumber wait4 => new(61, 260);
    public static SystemCallNumber kill => new(62, 129);
    public static SystemCallNumber fcntl => new(72, 25);
    public static SystemCallNumber flock => new(73, 32);
    public static SystemCallNumber getcwd => new(79, 17);
    public static SystemCallNumber chdir => new(80, 49);
    public static SystemCallNumber fchdir => new(81, 50);
    public static SystemCallNumber umask => new(95, 166);
    public static SystemCallNumber ptrace => new(101, 117);
    public static SystemCallNumber setpgid => new(109, 154);
    public static SystemCallNumber setsid => new(112, 157);
    public static SystemCallNumber setgroups => new(116, 159);
    public static SystemCallNumber setresuid => new(117, 147);
    public static SystemCallNumber setresgid => new(119, 149);
    public static SystemCallNumber capset => new(126, 91);
    public static SystemCallNumber rt_sigtimedwait => new(128, 137);
    public static SystemCallNumber fstatfs => new(138, 44);
    public static SystemCallNumber pivot_root => new(155, 41);
    public static SystemCallNumber prctl => new(157, 167);
    public static SystemCallNumber chroot => new(161, 51);
    public static SystemCallNumber mount => new(165, 40);
    public static SystemCallNumber umount2 => new(166, 39);
    public static SystemCallNumber sethostname => new(170, 161);
    public static SystemCallNumber gettid => new(186, 178);
    public static SystemCallNumber sched_setaffinity => new(203, 122);
    public static SystemCallNumber getdents64 => new(217, 61);
    public static SystemCallNumber clock_gettime => new(228, 113);
    public static SystemCallNumber exit_group => new(231, 94);
    public static SystemCallNumber waitid => new(247, 95);
    public static SystemCallNumber keyctl => new(250, 219);
    public static SystemCallNumber inotify_add_watch => new(254, 27);
    public static SystemCallNumber inotify_rm_watch => new(255, 28);
    public static SystemCallNumber openat => new(257, 56);
    public static SystemCallNumber mkdirat => new(258, 34);
    public static SystemCallNumber mknodat => new(259, 33);
    public static SystemCallNumber fchownat => new(260, 54);
    public static SystemCallNumber linkat => new(265, 37);
    public static SystemCallNumber symlinkat => new(266, 36);
    public static SystemCallNumber readlinkat => new(267, 78);
    public static SystemCallNumber unshare => new(272, 97);
    public static SystemCallNumber ppoll => new(271, 73);
    public static SystemCallNumber eventfd2 => new(290, 19);
    public static SystemCallNumber dup3 => new(292, 24);
    public static SystemCallNumber inotify_init1 => new(294, 26);
    public static SystemCallNumber prlimit64 => new(302, 261);
    public static SystemCallNumber setns => new(308, 268);
    public static SystemCallNumber renameat2 => new(316, 276);
    public static SystemCallNumber bpf => new(321, 280);
    public static SystemCallNumber statx => new(332, 291);
    public static SystemCallNumber pidfd_send_signal => new(424, 424);
    public static SystemCallNumber open_tree => new(428, 428);
    public static SystemCallNumber move_mount => new(429, 429);
    public static SystemCallNumber fsopen => new(430, 430);
    public static SystemCallNumber fsconfig => new(431, 431);
    public static SystemCallNumber fsmount => new(432, 432);
    public static SystemCallNumber pidfd_open => new(434, 434);
    public static SystemCallNumber clone3 => new(435, 435);
    public static SystemCallNumber close_range => new(436, 436);
    public static SystemCallNumber openat2 => new(437, 437);
    public static SystemCallNumber mount_setattr => new(442, 442);

    public short X64 => x64;

    public short Arm64 => arm64;

#if RUNTIME_FREE_X64 // an executable for one machine: a constant
    public static implicit operator long(SystemCallNumber number) => number.X64;
#elif RUNTIME_FREE_ARM64
    public static implicit operator long(SystemCallNumber number) => number.Arm64;
#else
    // One assembly for every machine. The JIT and ilc know the field's value and fold all of this into a constant.
    private static readonly Architecture Machine = RuntimeInformation.ProcessArchitecture;

    public static implicit operator long(SystemCallNumber number) => Machine switch
    {
        Architecture.X64 => number.X64,
        Architecture.Arm64 => number.Arm64,
        _ => throw new PlatformNotSupportedException($"LibContainer knows the system calls of x64 and arm64, and not those of {Machine}."),
    };
#endif
}
