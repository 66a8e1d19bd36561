using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Linux.Tests.Abi;

/// <summary>
/// Every number that is copied from the kernel, compared by the C compiler with this machine's own headers, and with the other machine's: an assembly
/// is for both, and nothing that differs may be a constant in it.
/// </summary>
public sealed class HeaderTests
{
    private const string Includes = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdio.h>
        #include <signal.h>
        #include <errno.h>
        #include <spawn.h>
        #include <poll.h>
        #include <sys/eventfd.h>
        #include <sys/inotify.h>
        #include <fcntl.h>
        #include <dirent.h>
        #include <sys/socket.h>
        #include <sys/mman.h>
        #include <sys/stat.h>
        #include <sys/wait.h>
        #include <sys/resource.h>
        #include <sys/statvfs.h>
        #include <sys/vfs.h>
        #include <sys/syscall.h>
        #include <linux/mount.h>
        #include <linux/openat2.h>
        #include <linux/sched.h>
        #include <linux/prctl.h>
        #include <linux/capability.h>
        #include <linux/close_range.h>
        #include <linux/sockios.h>
        #include <linux/if.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/if_link.h>
        #include <linux/if_addr.h>
        #include <linux/if_tun.h>
        #include <linux/neighbour.h>
        #include <linux/veth.h>
        #include <linux/nsfs.h>
        #include <linux/memfd.h>
        #include <linux/keyctl.h>
        #include <linux/stat.h>
        #include <linux/types.h>
        #include <linux/magic.h>
        #include <linux/bpf.h>
        #include <time.h>
        #include <asm/termios.h>
        #define MNT_DETACH 2 /* sys/mount.h, which cannot be included beside linux/mount.h; see Detaching_is_what_sys_mount_h_says */
        #if __has_include(<sys/pidfd.h>)
        #include <sys/pidfd.h>
        #endif

        """;

    /// <summary>Newer than the headers of distributions that build us. Checked where the header has them.</summary>
    private static readonly string[] MayBeNewer = ["MFD_EXEC", "PIDFD_GET_INFO", "PIDFD_INFO_EXIT"];

    public static TheoryData<Architecture> Machines => [Architecture.X64, Architecture.Arm64];

    [Theory, MemberData(nameof(Machines))]
    public void Constants_are_those_of_the_headers(Architecture machine)
        => Compile(machine, Literals(typeof(Uapi)).Concat(Literals(typeof(Rtnetlink))).Select(field => Assertion(field.Name, field.Name, Text(field))));

    [Theory, MemberData(nameof(Machines))]
    public void Detaching_is_what_sys_mount_h_says(Architecture machine)
    {
        RequiresHeaders(machine);

        TryCompile(machine, "#include <sys/mount.h>\n", [Assertion("MNT_DETACH", "MNT_DETACH", Number(Uapi.MNT_DETACH))], out string errors)
            .Should().BeTrue(errors);
    }

    [Theory, MemberData(nameof(Machines))]
    public void System_call_numbers_are_those_of_the_headers(Architecture machine)
    {
        PropertyInfo[] calls = [.. typeof(SystemCallNumber).GetProperties(BindingFlags.Public | BindingFlags.Static)];
        calls.Should().NotBeEmpty();
        Compile(machine, calls.Select(call =>
        {
            SystemCallNumber number = (SystemCallNumber)call.GetValue(null)!;
            return Assertion(call.Name, $"__NR_{call.Name}", Number(machine == Architecture.Arm64 ? number.Arm64 : number.X64));
        }));
    }

    [Fact]
    public void A_system_call_has_the_number_of_the_machine_that_it_is_made_on()
    {
        long here = SystemCallNumber.execve;

        here.Should().Be(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 221 : 59);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Error_numbers_are_those_of_the_headers(Architecture machine)
        => Compile(machine, Enum.GetValues<Errno>().Select(error => Assertion(error.ToString(), error.ToString(), Number((int)error))));

    [Theory, MemberData(nameof(Machines))]
    public void Signals_are_those_of_the_headers(Architecture machine)
        => Compile(machine, Enum.GetValues<Signal>().Select(signal => Assertion(signal.ToString(), signal.ToString(), Number((int)signal))));

    [Theory, MemberData(nameof(Machines))]
    public void Mount_flags_are_those_of_the_headers(Architecture machine) => Compile(machine,
    [
        Assertion("ReadOnly", "MS_RDONLY", Number((long)MountFlags.ReadOnly)), Assertion("NoSuid", "MS_NOSUID", Number((long)MountFlags.NoSuid)),
        Assertion("NoDev", "MS_NODEV", Number((long)MountFlags.NoDev)), Assertion("NoExec", "MS_NOEXEC", Number((long)MountFlags.NoExec)),
        Assertion("NoAtime", "MS_NOATIME", Number((long)MountFlags.NoAtime)), Assertion("Recursive", "MS_REC", Number((long)MountFlags.Recursive)),
        Assertion("Private", "MS_PRIVATE", Number((long)MountFlags.Private)), Assertion("Slave", "MS_SLAVE", Number((long)MountFlags.Slave)), Assertion("StrictAtime", "MS_STRICTATIME", Number((long)MountFlags.StrictAtime)),
    ]);

    [Theory, MemberData(nameof(Machines))]
    public void Capabilities_are_those_of_the_headers(Architecture machine)
    {
        IEnumerable<string> assertions = Enum.GetValues<CapabilitySet>().Where(capability => capability is not (CapabilitySet.None or CapabilitySet.All)).Select(capability =>
        {
            string name = string.Concat(capability.ToString().Select(letter => char.IsAsciiLetterUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));
            return Assertion(name, $"CAP{name}", Number(System.Numerics.BitOperations.Log2((ulong)capability)));
        });

        Compile(machine, assertions.Append(Assertion("last", "CAP_LAST_CAP", Number(40))));
    }

    [Theory, MemberData(nameof(Machines))]
    public void Namespaces_and_limits_are_those_of_the_headers(Architecture machine) => Compile(machine,
    [
        Assertion("Mount", "CLONE_NEWNS", Number((long)NamespaceKinds.Mount)), Assertion("Cgroup", "CLONE_NEWCGROUP", Number((long)NamespaceKinds.Cgroup)),
        Assertion("Uts", "CLONE_NEWUTS", Number((long)NamespaceKinds.Uts)), Assertion("Ipc", "CLONE_NEWIPC", Number((long)NamespaceKinds.Ipc)),
        Assertion("Pid", "CLONE_NEWPID", Number((long)NamespaceKinds.Pid)), Assertion("Network", "CLONE_NEWNET", Number((long)NamespaceKinds.Network)),
        Assertion("Cpu", "RLIMIT_CPU", Number((long)ResourceKind.Cpu)), Assertion("FileSize", "RLIMIT_FSIZE", Number((long)ResourceKind.FileSize)),
        Assertion("Data", "RLIMIT_DATA", Number((long)ResourceKind.Data)), Assertion("Stack", "RLIMIT_STACK", Number((long)ResourceKind.Stack)),
        Assertion("Core", "RLIMIT_CORE", Number((long)ResourceKind.Core)), Assertion("ResidentSet", "RLIMIT_RSS", Number((long)ResourceKind.ResidentSet)),
        Assertion("Processes", "RLIMIT_NPROC", Number((long)ResourceKind.Processes)), Assertion("OpenFiles", "RLIMIT_NOFILE", Number((long)ResourceKind.OpenFiles)),
        Assertion("LockedMemory", "RLIMIT_MEMLOCK", Number((long)ResourceKind.LockedMemory)), Assertion("AddressSpace", "RLIMIT_AS", Number((long)ResourceKind.AddressSpace)),
        Assertion("Locks", "RLIMIT_LOCKS", Number((long)ResourceKind.Locks)), Assertion("PendingSignals", "RLIMIT_SIGPENDING", Number((long)ResourceKind.PendingSignals)),
        Assertion("MessageQueueBytes", "RLIMIT_MSGQUEUE", Number((long)ResourceKind.MessageQueueBytes)), Assertion("Nice", "RLIMIT_NICE", Number((long)ResourceKind.Nice)),
        Assertion("RealtimePriority", "RLIMIT_RTPRIO", Number((long)ResourceKind.RealtimePriority)), Assertion("RealtimeTimeout", "RLIMIT_RTTIME", Number((long)ResourceKind.RealtimeTimeout)),
    ]);

    /// <summary>Sizes and offsets that the launcher and the handles rely on, where they are written down as numbers.</summary>
    [Theory, MemberData(nameof(Machines))]
    public void Structures_are_laid_out_as_the_code_says(Architecture machine) => Compile(machine,
    [
        "_Static_assert(sizeof(struct clone_args) == 88, \"clone_args\");",
        "_Static_assert(sizeof(struct open_how) == 24, \"open_how\");",
        "_Static_assert(sizeof(struct mount_attr) == 32, \"mount_attr\");",
        "_Static_assert(sizeof(struct statx) == 256 && offsetof(struct statx, stx_mode) == 28, \"statx\");",
        "_Static_assert(offsetof(struct statx, stx_rdev_major) == 128 && offsetof(struct statx, stx_rdev_minor) == 132, \"statx device\");",
        "_Static_assert(offsetof(struct dirent64, d_reclen) == 16 && offsetof(struct dirent64, d_name) == 19, \"dirent64\");",
        "_Static_assert(offsetof(struct statfs, f_type) == 0, \"statfs type\");",
        "_Static_assert(sizeof(struct statfs) == 120 && offsetof(struct statfs, f_flags) == 80, \"statfs\");",
        "_Static_assert(sizeof(struct winsize) == 8 && offsetof(struct winsize, ws_col) == 2, \"winsize\");",
        "_Static_assert(sizeof(struct termios2) == 44 && offsetof(struct termios2, c_cc) == 17, \"termios2\");",
        "_Static_assert(sizeof(struct nlmsghdr) == 16 && offsetof(struct nlmsghdr, nlmsg_type) == 4 && offsetof(struct nlmsghdr, nlmsg_flags) == 6, \"nlmsghdr\");",
        "_Static_assert(offsetof(struct nlmsghdr, nlmsg_seq) == 8 && offsetof(struct nlmsghdr, nlmsg_pid) == 12, \"nlmsghdr sequence\");",
        "_Static_assert(sizeof(struct nlmsgerr) == 20 && offsetof(struct nlmsgerr, msg) == 4 && sizeof(struct nlattr) == 4, \"nlmsgerr\");",
        "_Static_assert(sizeof(struct sockaddr_nl) == 12 && offsetof(struct sockaddr_nl, nl_pid) == 4 && offsetof(struct sockaddr_nl, nl_groups) == 8, \"sockaddr_nl\");",
        "_Static_assert(sizeof(struct ifinfomsg) == 16 && offsetof(struct ifinfomsg, ifi_index) == 4 && offsetof(struct ifinfomsg, ifi_flags) == 8, \"ifinfomsg\");",
        "_Static_assert(offsetof(struct ifinfomsg, ifi_change) == 12, \"ifinfomsg change\");",
        "_Static_assert(sizeof(struct ifaddrmsg) == 8 && offsetof(struct ifaddrmsg, ifa_flags) == 2 && offsetof(struct ifaddrmsg, ifa_scope) == 3, \"ifaddrmsg\");",
        "_Static_assert(offsetof(struct ifaddrmsg, ifa_index) == 4, \"ifaddrmsg index\");",
        "_Static_assert(sizeof(struct rtmsg) == 12 && offsetof(struct rtmsg, rtm_table) == 4 && offsetof(struct rtmsg, rtm_protocol) == 5, \"rtmsg\");",
        "_Static_assert(offsetof(struct rtmsg, rtm_scope) == 6 && offsetof(struct rtmsg, rtm_type) == 7 && offsetof(struct rtmsg, rtm_flags) == 8, \"rtmsg scope\");",
        "_Static_assert(sizeof(struct ndmsg) == 12 && offsetof(struct ndmsg, ndm_ifindex) == 4 && offsetof(struct ndmsg, ndm_state) == 8, \"ndmsg\");",
        "_Static_assert(offsetof(struct rtnl_link_stats64, rx_bytes) == 16 && offsetof(struct rtnl_link_stats64, tx_dropped) == 56, \"rtnl_link_stats64\");",
        "_Static_assert(sizeof(struct ifreq) == 40 && offsetof(struct ifreq, ifr_flags) == 16, \"ifreq\");",
        "_Static_assert(sizeof(struct msghdr) == 56 && offsetof(struct msghdr, msg_controllen) == 40 && offsetof(struct msghdr, msg_flags) == 48, \"msghdr\");",
        "_Static_assert(sizeof(struct cmsghdr) == 16 && CMSG_SPACE(4) == 24 && CMSG_LEN(4) == 20, \"cmsghdr\");",
        "_Static_assert(offsetof(siginfo_t, si_code) == 8 && offsetof(siginfo_t, si_status) == 24 && sizeof(siginfo_t) == 128, \"siginfo\");",
        "_Static_assert(sizeof(struct __user_cap_header_struct) == 8 && sizeof(struct __user_cap_data_struct) == 12, \"capabilities\");",
        "_Static_assert(sizeof(struct rlimit) == 16 && sizeof(sigset_t) == 128, \"limits\");",
        "_Static_assert(sizeof(posix_spawnattr_t) <= 512 && sizeof(posix_spawn_file_actions_t) <= 512, \"spawn\");",
        "_Static_assert(POSIX_SPAWN_SETSIGMASK == 8 && POSIX_SPAWN_SETSIGDEF == 4, \"spawn flags\");",
        "_Static_assert(POSIX_SPAWN_SETSID == 0x80, \"spawn session\");",
        "_Static_assert(sizeof(struct bpf_insn) == 8 && offsetof(struct bpf_insn, off) == 2 && offsetof(struct bpf_insn, imm) == 4, \"bpf_insn\");",
        "_Static_assert(offsetof(struct bpf_cgroup_dev_ctx, major) == 4 && offsetof(struct bpf_cgroup_dev_ctx, minor) == 8, \"bpf_cgroup_dev_ctx\");",
        "_Static_assert(offsetof(union bpf_attr, insns) == 8 && offsetof(union bpf_attr, license) == 16, \"BPF_PROG_LOAD\");",
        "_Static_assert(offsetof(union bpf_attr, log_level) == 24 && offsetof(union bpf_attr, log_buf) == 32, \"BPF_PROG_LOAD log\");",
        "_Static_assert(offsetof(union bpf_attr, prog_name) == 48 && offsetof(union bpf_attr, prog_id) == 0, \"BPF_PROG_LOAD name\");",
        "_Static_assert(offsetof(union bpf_attr, attach_type) == 8 && offsetof(union bpf_attr, replace_bpf_fd) == 16, \"BPF_PROG_ATTACH\");",
        "_Static_assert(offsetof(union bpf_attr, query.attach_type) == 4 && offsetof(union bpf_attr, query.prog_ids) == 16, \"BPF_PROG_QUERY\");",
        "_Static_assert(offsetof(union bpf_attr, query.prog_cnt) == 24 && sizeof(union bpf_attr) >= 64, \"BPF_PROG_QUERY count\");",
        "_Static_assert(sizeof(struct inotify_event) == 16 && offsetof(struct inotify_event, len) == 12, \"inotify_event\");",
        "_Static_assert(CLD_EXITED == 1 && CLD_KILLED == 2 && CLD_DUMPED == 3, \"child codes\");",
    ]);

    /// <summary>The C library's is another one. arm64 has no use for a restorer, and a place for it.</summary>
    [Theory, MemberData(nameof(Machines))]
    public void The_kernels_own_sigaction_is_laid_out_as_the_code_says(Architecture machine)
    {
        RequiresHeaders(machine);

        TryCompile(machine, "#include <stddef.h>\n#include <asm/signal.h>\n",
        [
            "_Static_assert(sizeof(struct sigaction) == 32 && offsetof(struct sigaction, sa_flags) == 8, \"sigaction\");",
            "_Static_assert(offsetof(struct sigaction, sa_mask) == 24 && sizeof(sigset_t) == 8, \"sigaction mask\");",
        ], out string errors).Should().BeTrue(errors);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_wrong_number_is_noticed(Architecture machine)
    {
        RequiresHeaders(machine);

        TryCompile(machine, Includes, [Assertion("wrong", "O_CLOEXEC", "1")], out string errors).Should().BeFalse();
        errors.Should().Contain("wrong");
    }

    private static IEnumerable<FieldInfo> Literals(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).Where(field => field.IsLiteral);

    private static string Text(FieldInfo field) => Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)!;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Assertion(string what, string expression, string value)
    {
        string assertion = $"_Static_assert((long long)({expression}) == {value}LL, \"{what} is not {value}\");";
        return MayBeNewer.Contains(expression) ? $"#ifdef {expression}\n{assertion}\n#endif" : assertion;
    }

    private static void Compile(Architecture machine, IEnumerable<string> assertions)
    {
        RequiresHeaders(machine);

        TryCompile(machine, Includes, assertions, out string errors).Should().BeTrue(errors);
    }

    /// <summary>Where a distribution has the headers of another machine: /usr/TRIPLET/include, and the package.</summary>
    private static (string Triplet, string Package, string Macro) Cross(Architecture machine) => machine == Architecture.Arm64
        ? ("aarch64-linux-gnu", "libc6-dev-arm64-cross", "__aarch64__")
        : ("x86_64-linux-gnu", "libc6-dev-amd64-cross", "__x86_64__");

    private static void RequiresHeaders(Architecture machine)
    {
        Requires.Program("gcc");
        if (machine != RuntimeInformation.ProcessArchitecture)
            Requires.File($"/usr/{Cross(machine).Triplet}/include/sys/socket.h", Cross(machine).Package);
    }

    private static bool TryCompile(Architecture machine, string includes, IEnumerable<string> assertions, out string errors)
    {
        using TemporaryDirectory folder = new();
        StringBuilder source = new StringBuilder(includes).AppendJoin('\n', assertions).Append('\n');
        File.WriteAllText(folder["abi.c"], source.ToString());
        Command.Result result = Command.Run("gcc", ["-std=gnu11", "-fsyntax-only", .. ForMachine(machine), folder["abi.c"]]);
        errors = result.Error;
        return result.ExitCode == 0;
    }

    /// <summary>
    /// This machine's compiler with the other's headers: numbers, sizes and offsets of types that the headers themselves define are the other's, because
    /// both have the same basic types, and no code is made.
    /// </summary>
    private static string[] ForMachine(Architecture machine)
    {
        if (machine == RuntimeInformation.ProcessArchitecture)
            return [];
        string own = Command.Run("gcc", "-print-file-name=include").Output.Trim(); // stddef.h is the compiler's
        return
        [
            "-nostdinc", "-isystem", own, "-isystem", $"/usr/{Cross(machine).Triplet}/include",
            $"-U{Cross(RuntimeInformation.ProcessArchitecture).Macro}", $"-D{Cross(machine).Macro}",
        ];
    }
}
