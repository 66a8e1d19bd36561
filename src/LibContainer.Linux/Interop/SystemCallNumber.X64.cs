namespace LibContainer.Linux;

/// <summary>System call numbers of x86-64, spelled as in <c>asm/unistd_64.h</c> without the prefix. A test compares them with that header.</summary>
internal static class SystemCallNumber
{
    public const long read = 0;
    public const long write = 1;
    public const long close = 3;
    public const long mmap = 9;
    public const long ioctl = 16;
    public const long socket = 41;
    public const long sendto = 44;
    public const long recvfrom = 45;
    public const long sendmsg = 46;
    public const long recvmsg = 47;
    public const long execve = 59;
    public const long fcntl = 72;
    public const long getcwd = 79;
    public const long chdir = 80;
    public const long fchdir = 81;
    public const long umask = 95;
    public const long setsid = 112;
    public const long setgroups = 116;
    public const long setresuid = 117;
    public const long setresgid = 119;
    public const long capset = 126;
    public const long fstatfs = 138;
    public const long pivot_root = 155;
    public const long prctl = 157;
    public const long chroot = 161;
    public const long mount = 165;
    public const long umount2 = 166;
    public const long sethostname = 170;
    public const long gettid = 186;
    public const long exit_group = 231;
    public const long waitid = 247;
    public const long keyctl = 250;
    public const long openat = 257;
    public const long mkdirat = 258;
    public const long mknodat = 259;
    public const long fchownat = 260;
    public const long symlinkat = 266;
    public const long ppoll = 271;
    public const long dup3 = 292;
    public const long prlimit64 = 302;
    public const long statx = 332;
    public const long pidfd_send_signal = 424;
    public const long open_tree = 428;
    public const long move_mount = 429;
    public const long fsopen = 430;
    public const long fsconfig = 431;
    public const long fsmount = 432;
    public const long pidfd_open = 434;
    public const long clone3 = 435;
    public const long close_range = 436;
    public const long openat2 = 437;
    public const long mount_setattr = 442;
}
