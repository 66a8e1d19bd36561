namespace LibContainer.Linux;

/// <summary>
/// Constants of the kernel's user API, in its spelling, that the launcher needs (it can reference nothing) or that Tmds.LibC lacks.
/// A test compares each with the machine's own headers.
/// </summary>
internal static class Uapi
{
    // include/uapi/asm-generic/fcntl.h (the values that x86 and arm64 share), include/uapi/linux/fcntl.h
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 0x1;
    public const int O_RDWR = 0x2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int RENAME_NOREPLACE = 1;
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_RECURSIVE = 0x8000;

    // include/uapi/linux/stat.h
    public const int S_IFMT = 0xF000;
    public const int S_IFIFO = 0x1000;
    public const int S_IFDIR = 0x4000;
    public const int S_IFREG = 0x8000;
    public const int S_IFCHR = 0x2000;
    public const int S_IFBLK = 0x6000;
    public const int S_IFLNK = 0xA000;
    public const int S_IFSOCK = 0xC000;
    public const int UTIME_OMIT = 0x3FFFFFFE; // sys/stat.h
    public const int STATX_TYPE = 0x1;

    // include/uapi/linux/openat2.h
    public const int RESOLVE_NO_XDEV = 0x01;
    public const int RESOLVE_NO_MAGICLINKS = 0x02;
    public const int RESOLVE_NO_SYMLINKS = 0x04;
    public const int RESOLVE_BENEATH = 0x08;
    public const int RESOLVE_IN_ROOT = 0x10;

    // include/uapi/linux/mount.h
    public const int MS_RDONLY = 0x1;
    public const int MS_NOSUID = 0x2;
    public const int MS_NODEV = 0x4;
    public const int MS_NOEXEC = 0x8;
    public const int MS_REC = 0x4000;
    public const int MS_PRIVATE = 0x40000;
    public const int MNT_DETACH = 2;
    public const int OPEN_TREE_CLONE = 1;
    public const int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    public const int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    public const int MOUNT_ATTR_RDONLY = 0x1;
    public const int MOUNT_ATTR_NOSUID = 0x2;
    public const int MOUNT_ATTR_NODEV = 0x4;
    public const int MOUNT_ATTR_NOEXEC = 0x8;
    public const int MOUNT_ATTR_NOATIME = 0x10;
    public const int MOUNT_ATTR__ATIME = 0x70;
    public const int FSOPEN_CLOEXEC = 1;
    public const int FSMOUNT_CLOEXEC = 1;
    public const int FSCONFIG_SET_STRING = 1;
    public const int FSCONFIG_CMD_CREATE = 6;

    // include/uapi/linux/sched.h
    public const long CLONE_NEWNS = 0x00020000;
    public const long CLONE_NEWCGROUP = 0x02000000;
    public const long CLONE_NEWUTS = 0x04000000;
    public const long CLONE_NEWIPC = 0x08000000;
    public const long CLONE_NEWUSER = 0x10000000;
    public const long CLONE_NEWPID = 0x20000000;
    public const long CLONE_NEWNET = 0x40000000;
    public const long CLONE_NEWTIME = 0x00000080;
    public const long CLONE_INTO_CGROUP = 0x200000000;
    public const long CLONE_FILES = 0x00000400;
    public const long CLONE_PARENT = 0x00008000;
    public const long CLONE_PIDFD = 0x00001000;

    // include/uapi/linux/prctl.h
    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_KEEPCAPS = 8;
    public const int PR_SET_NAME = 15;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_RAISE = 2;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    // include/uapi/linux/capability.h
    public const int _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    // include/uapi/linux/eventfd.h, asm-generic/poll.h
    public const int EFD_NONBLOCK = 0x800;
    public const int EFD_CLOEXEC = 0x80000;
    public const int POLLIN = 1;

    // include/uapi/linux/inotify.h
    public const uint IN_DELETE = 0x200;
    public const uint IN_ONLYDIR = 0x1000000;
    public const int IN_NONBLOCK = 0x800;
    public const int IN_CLOEXEC = 0x80000;

    // include/uapi/linux/nsfs.h
    public const int NS_GET_NSTYPE = 0xB703;

    // include/uapi/linux/close_range.h
    public const int CLOSE_RANGE_UNSHARE = 2;
    public const int CLOSE_RANGE_CLOEXEC = 4;

    // include/uapi/linux/if_tun.h (the values that x86 and arm64 share)
    public const int TUNSETIFF = 0x400454CA;
    public const int TUNSETPERSIST = 0x400454CB;
    public const int IFF_TUN = 0x1;
    public const int IFF_TAP = 0x2;
    public const int IFF_NO_PI = 0x1000;
    public const int IFF_TUN_EXCL = 0x8000;

    // include/uapi/linux/sockios.h, include/uapi/linux/if.h, socket.h
    public const int SIOCSIFFLAGS = 0x8914;
    public const int SIOCGIFINDEX = 0x8933;
    public const int IFF_UP = 1;
    public const int AF_INET = 2;
    public const int AF_NETLINK = 16;
    public const int NETLINK_ROUTE = 0;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SO_ATTACH_FILTER = 26;
    public const int SCM_RIGHTS = 1;
    public const int MSG_PEEK = 0x2;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_WAITALL = 0x100;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_CTRUNC = 0x8;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;

    // include/uapi/linux/mman.h
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;

    // include/uapi/linux/memfd.h
    public const int MFD_EXEC = 0x10;

    // include/uapi/linux/wait.h, include/uapi/linux/pidfd.h
    public const int P_PID = 1;
    public const int P_PIDFD = 3;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const long PIDFD_GET_INFO = 0xC040FF0B; // _IOWR(0xFF, 11, 64 bytes): the first published size (Linux 6.13, exit since 6.15)
    public const int PIDFD_INFO_EXIT = 8;

    // asm-generic/ioctls.h (the values that x86 and arm64 share), asm-generic/termbits.h
    public const int TIOCSCTTY = 0x540E;
    public const int TIOCSPGRP = 0x5410;
    public const int TIOCGWINSZ = 0x5413;
    public const int TIOCSWINSZ = 0x5414;
    public const int TIOCGPTPEER = 0x5441;
    public const int TIOCSPTLCK = 0x40045431;
    public const uint TCGETS2 = 0x802C542A;
    public const uint TCSETSW2 = 0x402C542C;
    public const uint IGNBRK = 0x1;
    public const uint BRKINT = 0x2;
    public const uint PARMRK = 0x8;
    public const uint ISTRIP = 0x20;
    public const uint INLCR = 0x40;
    public const uint IGNCR = 0x80;
    public const uint ICRNL = 0x100;
    public const uint IXON = 0x400;
    public const uint OPOST = 0x1;
    public const uint ISIG = 0x1;
    public const uint ICANON = 0x2;
    public const uint ECHO = 0x8;
    public const uint ECHONL = 0x40;
    public const uint IEXTEN = 0x8000;
    public const uint CSIZE = 0x30;
    public const uint CS8 = 0x30;
    public const uint PARENB = 0x100;
    public const int VTIME = 5;
    public const int VMIN = 6;

    // include/uapi/linux/bpf_common.h, include/uapi/linux/bpf.h
    public const int BPF_LD = 0x00;
    public const int BPF_LDX = 0x01;
    public const int BPF_JMP = 0x05;
    public const int BPF_ALU64 = 0x07;
    public const int BPF_RET = 0x06;
    public const int BPF_W = 0x00;
    public const int BPF_H = 0x08;
    public const int BPF_ABS = 0x20;
    public const int BPF_MEM = 0x60;
    public const int BPF_K = 0x00;
    public const int BPF_X = 0x08;
    public const int BPF_AND = 0x50;
    public const int BPF_RSH = 0x70;
    public const int BPF_MOV = 0xB0;
    public const int BPF_JA = 0x00;
    public const int BPF_JEQ = 0x10;
    public const int BPF_JSET = 0x40;
    public const int BPF_JNE = 0x50;
    public const int BPF_EXIT = 0x90;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_PROG_ATTACH = 8;
    public const int BPF_PROG_DETACH = 9;
    public const int BPF_PROG_GET_FD_BY_ID = 13;
    public const int BPF_PROG_QUERY = 16;
    public const int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    public const int BPF_CGROUP_DEVICE = 6;
    public const int BPF_F_ALLOW_MULTI = 0x2;
    public const int BPF_F_REPLACE = 0x4;
    public const int BPF_DEVCG_ACC_MKNOD = 0x1;
    public const int BPF_DEVCG_ACC_READ = 0x2;
    public const int BPF_DEVCG_ACC_WRITE = 0x4;
    public const int BPF_DEVCG_DEV_BLOCK = 0x1;
    public const int BPF_DEVCG_DEV_CHAR = 0x2;

    // include/uapi/linux/time.h
    public const int CLOCK_MONOTONIC = 1;

    // include/uapi/linux/magic.h
    public const int DEVPTS_SUPER_MAGIC = 0x1CD1;
    public const int PROC_SUPER_MAGIC = 0x9FA0;
    public const int SYSFS_MAGIC = 0x62656572;

    // asm-generic/signal.h
    public const int SIGKILL = 9;
    public const int SIGCHLD = 17;
    public const int SIGSTOP = 19;
    public const int SIG_SETMASK = 2;

    // asm-generic/errno-base.h, errno.h
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int EMFILE = 24;
    public const int ENOSYS = 38;
    public const int ECONNRESET = 104;
    public const int ECANCELED = 125;

    // include/linux/statfs.h, include/uapi/linux/keyctl.h
    public const int ST_RDONLY = 1;
    public const int KEYCTL_JOIN_SESSION_KEYRING = 1;
}
