using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>Steps that the real kernel refuses: the sentence names step, call where the step has several, and errno; and nothing is left.</summary>
public sealed class StepFailureTests
{
    private const ulong Namespaces = 0x20000 | 0x4000000 | 0x20000000 | 0x40000000; // mount, UTS, PID, network

    private static readonly LaunchStep Private = new SetPropagationStep(MountFlags.Private | MountFlags.Recursive);
    private static readonly LaunchStep Root = new OpenRootMemoryStep("1m");
    private static readonly LaunchStep Powerless = new SetCapabilitiesStep(0, 0, 0);

    public static TheoryData<string, LaunchStep[]> Failures => new()
    {
        { "mount / slave: EINVAL (Invalid argument)", [new SetPropagationStep(MountFlags.Private | MountFlags.Slave)] }, // private and slave at once
        { "open_tree /nowhere as the root: ENOENT (No such file or directory)", [Private, new OpenRootTreeStep("/nowhere")] },
        { "fsopen tmpfs as the root (size=much,mode=0755): fsconfig: EINVAL (Invalid argument)", [Private, new OpenRootMemoryStep("much")] },
        { "mount nosuchfs on /x: ENODEV (No such device)", [Private, Root, new MountStep("none", "/x", "nosuchfs", MountFlags.None)] },
        { "mount tmpfs on /x (size=much): EINVAL (Invalid argument)", [Private, Root, new MountStep("none", "/x", "tmpfs", MountFlags.None, "size=much")] },
        { "bind /nowhere on /x (ro): open_tree: ENOENT (No such file or directory)", [Private, Root, new BindStep("/nowhere", "/x", MountFlags.ReadOnly)] },
        { "bind /etc/hostname on /x: move_mount: EINVAL (Invalid argument): a directory can only be bound onto a directory, and a file onto a file", [Private, Root, new BindStep("/etc/hostname", "/x", MountFlags.None)] },
        { "mask /x: openat2: EBADF (Bad file descriptor)", [Private, new MaskPathStep("/x")] },
        { "bind /x on itself (ro): openat2: EBADF (Bad file descriptor)", [Private, new ReadOnlyPathStep("/x")] },
        { "mount_setattr /x (ro): EINVAL (Invalid argument)", [Private, Root, new OpenDirectoryStep("/x"), new ReadOnlyMountStep("/x")] }, // no mount
        { "mount_setattr / (ro): EBADF (Bad file descriptor)", [Private, new ReadOnlyRootStep()] },
        { "pivot_root to the root, and unmount the host's: fchdir: EBADF (Bad file descriptor)", [Private, new PivotRootStep(KeepsDescriptors: true)] },
        { "chroot to the root: fchdir: EBADF (Bad file descriptor)", [Private, new ChangeRootStep()] },
        { "umount2 /proc of the host: EPERM (Operation not permitted)", [Private, Powerless, new UnmountStep("/proc")] },
        { "openat2 /dev/pts/ptmx, a terminal for streams 0 to 2: EBADF (Bad file descriptor)", [new OpenTerminalStep(0, 0)] },
        { "openat2 /dev/pts/ptmx, a terminal for streams 0 to 2 (1 rows, 2 columns): fstatfs: EXDEV (Invalid cross-device link): there is no devpts at /dev/pts", [Private, Root, new OpenDirectoryStep("/dev/pts"), new WriteFileStep("ptmx", ""), new OpenTerminalStep(1, 2)] },
        { "openat /dev/zero, the terminal for streams 0 to 2: ioctl: ENOTTY (Inappropriate ioctl for device): it is not a terminal", [new UseTerminalStep("/dev/zero", 0, 0)] },
        { "bind the terminal on console: openat: EBADF (Bad file descriptor)", [new BindTerminalStep("console")] },
        { "fchownat of the terminal to 5: EPERM (Operation not permitted)", [Powerless, new OwnTerminalStep(5)] },
        { "write /proc/thread-self/attr/nosuch: x: openat2: ENOENT (No such file or directory)", [new SetLabelStep("x", "nosuch", "x")] },
        { "openat2 /x, made if missing (mode 0755): EBADF (Bad file descriptor)", [Private, new OpenDirectoryStep("/x")] },
        { "mknodat n c 1:3 (mode 0666): EBADF (Bad file descriptor)", [new MakeNodeStep("n", NodeType.Character, 1, 3, 0x1B6)] },
        { "mknodat n c 1:3 (mode 0666): statx: EEXIST (File exists): something else is there under that name", [Private, Root, new OpenDirectoryStep("/"), new OpenDirectoryStep("/n"), new OpenDirectoryStep("/"), new MakeNodeStep("n", NodeType.Character, 1, 3, 0x1B6)] },
        { "symlinkat n to x: EBADF (Bad file descriptor)", [new MakeSymbolicLinkStep("n", "x")] },
        { "openat and write n (1 bytes): EEXIST (File exists)", [Private, Root, new OpenDirectoryStep("/"), new WriteFileStep("n", "x"), new WriteFileStep("n", "y")] },
        { "setsid: EPERM (Operation not permitted)", [new NewSessionStep(), new NewSessionStep()] },
        { $"sethostname {new string('h', 65)}: EINVAL (Invalid argument)", [new SetHostnameStep(new string('h', 65))] },
        { "setns /nosuch CLONE_NEWNET: openat: ENOENT (No such file or directory)", [new JoinNamespaceStep("/nosuch", 0x40000000)] },
        { "setns /proc/self/ns/uts CLONE_NEWNET: EINVAL (Invalid argument): it is no namespace of that kind", [new JoinNamespaceStep("/proc/self/ns/uts", 0x40000000)] },
        { "socket AF_NETLINK NETLINK_ROUTE, for the host: EMFILE (Too many open files)", [new SetResourceLimitStep("RLIMIT_NOFILE", 7, 0, 0), new OpenNetlinkStep()] },
        { "ioctl SIOCSIFFLAGS nosuch up: ENODEV (No such device)", [new InterfaceUpStep("nosuch")] },
        { "prlimit64 RLIMIT_CORE 2:1: EINVAL (Invalid argument)", [new SetResourceLimitStep("RLIMIT_CORE", 4, 2, 1)] },
        { "prctl PR_CAPBSET_DROP, 1 times: bounding set 0000000000000002: EPERM (Operation not permitted)", [Powerless, new LimitCapabilitiesStep(2, 1)] },
        { "setgroups 5: EPERM (Operation not permitted)", [Powerless, new SetGroupsStep([5])] },
        { "setresgid 0, setresuid 5: setresuid: EPERM (Operation not permitted)", [Powerless, new SetIdsStep(5, 0)] },
        { "capset effective 0000000000000001 permitted 0000000000000001 inheritable 0000000000000000: EPERM (Operation not permitted)", [Powerless, new SetCapabilitiesStep(1, 1, 0)] },
        { "prctl PR_CAP_AMBIENT 0000000000000001: EPERM (Operation not permitted)", [Powerless, new SetAmbientCapabilitiesStep(1)] },
        { "prctl PR_SET_PDEATHSIG 99: EINVAL (Invalid argument)", [new SetParentDeathSignalStep((Signal)99)] },
        { "write 0 to tasks of /sys/fs/cgroup/memory/x: EINVAL (Invalid argument)", [new JoinCgroupStep(0, "/sys/fs/cgroup/memory/x")] }, // no descriptor came for it
        { "setns of process 1 CLONE_NEWPID: EINVAL (Invalid argument)", [new EnterNamespacesStep(0, 0x20000000, 1)] }, // likewise
        { "sched_setaffinity 8191: EINVAL (Invalid argument): the cgroup allows none of these CPUs, or the machine has none of them", [new SetCpuAffinityStep("8191", [.. new byte[1023], 0x80])] },
        { "clone3 CLONE_PARENT|CLONE_PIDFD, the child goes on: EINVAL (Invalid argument)", [new ForkStep()] }, // the first process of a process id namespace has no siblings
        { "clone3, the child goes on and this process is its init: EAGAIN (Resource temporarily unavailable): a limit on the number of processes is reached", [new SetResourceLimitStep("RLIMIT_NPROC", 6, 0, 0), new SetIdsStep(65533, 65533), new InitStep(HasTerminal: false)] },
        { "ioctl TIOCSCTTY: ENOTTY (Inappropriate ioctl for device)", [new ControlTerminalStep()] },
        { "unshare CLONE_NEWCGROUP: EPERM (Operation not permitted)", [Powerless, new NewCgroupNamespaceStep()] },
        { "chdir /nowhere: ENOENT (No such file or directory)", [new ChangeDirectoryStep("/nowhere")] },
        { "execve /nowhere: ENOENT (No such file or directory)", [] },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_refused_step_is_told_with_its_object_and_errno(string sentence, LaunchStep[] steps)
    {
        Requires.Root();
        LaunchPlan.Builder plan = new(Namespaces);
        foreach (LaunchStep step in steps)
            plan.Add(step);
        plan.Add(new ExecuteStep(["/nowhere"], ["nowhere"], []));

        FluentActions.Invoking(() => Launcher.Shared.Start(plan.Build(), new LaunchOptions())).Should().Throw<LaunchException>().Which.Message.Should().Be(sentence);
    }

    /// <summary>
    /// Steps that a kernel as it is has no reason to refuse: strace answers in its place, in the container's process. The number is that of the call among those of its name in the plan of
    /// <c>nsinit run</c>; what other processes of the run ask for that often, they can do without.
    /// </summary>
    [Theory]
    [InlineData("keyctl", 1, "EDQUOT", "keyctl KEYCTL_JOIN_SESSION_KEYRING, a new one: EDQUOT (Disk quota exceeded)")]
    [InlineData("umask", 2, "EPERM", "umask 0022: EPERM (Operation not permitted)")]
    [InlineData("close_range", 4, "EINVAL", "close_range 3 and up, on exec: EINVAL (Invalid argument)")]
    [InlineData("sendto", 1, "EPERM", "sendto, recvmsg: wait for the host's go: EPERM (Operation not permitted)")]
    public void A_step_that_has_no_reason_to_fail_is_told_as_well(string call, int number, string errno, string sentence)
    {
        Requires.Root();
        Requires.Program("strace");
        string[] command = ["run", "--user", "65534", "--", "/bin/true"];

        Command.Result result = Command.Run("strace", ["-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error={errno}:when={number}", Repository.NsInit, .. command]);

        result.Should().Be(new Command.Result(1, "", $"nsinit: {sentence}\n"));
    }

    /// <summary>
    /// Likewise, with a container that keeps a capability: its launcher has not dropped any, and makes fewer calls of that name than the container does before these.
    /// </summary>
    [Theory]
    [InlineData("PR_SET_DUMPABLE, SUID_DUMP_DISABLE", "prctl PR_SET_DUMPABLE 0")]
    [InlineData("PR_SET_KEEPCAPS, 1", "prctl PR_SET_KEEPCAPS 1")]
    [InlineData("PR_SET_NO_NEW_PRIVS, 1", "prctl PR_SET_NO_NEW_PRIVS")]
    public void A_change_of_rights_that_has_no_reason_to_fail_is_told_as_well(string arguments, string step)
    {
        Requires.Root();
        Requires.Program("strace");
        using ProbeRoot root = new();
        using TemporaryDirectory folder = new();
        Command.Run("strace", ["-ff", "-qq", "-o", folder["trace"], "-e", "trace=prctl", Repository.TestHost, "limited", root.Path]).Should().Be(new Command.Result(0, "", ""));
        int number = 1 + Directory.GetFiles(folder.Path).Select(File.ReadAllLines)
            .Select(calls => Array.FindIndex(calls, call => call.StartsWith($"prctl({arguments}", StringComparison.Ordinal))).Max();
        number.Should().BeGreaterThan(40, "it comes behind the bounding set");

        Command.Run("strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=prctl", "-e", $"inject=prctl:error=EPERM:when={number}", Repository.TestHost, "limited", root.Path])
            .Should().Be(new Command.Result(1, "", $"{step}: EPERM (Operation not permitted)\n"));
    }

    /// <summary>A launcher that may not drop its bounding set leaves that to each container, which says so.</summary>
    [Fact]
    public void A_bounding_set_that_cannot_be_dropped_is_told_as_well()
    {
        Requires.Root();
        Requires.Program("strace");

        Command.Run("strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=prctl", "-e", "inject=prctl:error=EPERM:when=30", Repository.NsInit, "run", "--", "/bin/true"]).Error
            .Should().Be("nsinit: prctl PR_CAPBSET_DROP, 41 times unless born without: bounding set 0000000000000000: EPERM (Operation not permitted)\n");
    }

    /// <summary>In a process that is its own init; its runtime asks for the same and can do without.</summary>
    [Fact]
    public void Signals_that_cannot_be_reset_are_told_as_well()
    {
        Requires.Root();
        Requires.Program("strace");

        Command.Run("strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=rt_sigprocmask", "-e", "inject=rt_sigprocmask:error=EPERM", Repository.OwnInit, "/bin/true"]).Error
            .Should().Contain("rt_sigaction, rt_sigprocmask: signals as the kernel has them: rt_sigprocmask: EPERM (Operation not permitted)");
    }

    [Fact]
    public void A_host_that_is_gone_is_told_by_the_steps_that_speak_to_it()
    {
        (SafeFileHandle host, SafeFileHandle init) = SocketPair.Create();
        using (init)
        {
            host.Dispose();
            using PlanRunner runner = new(init);

            Failure(runner, new AwaitGoStep()).Should().Be("recvfrom: wait for the host's go: ECANCELED (Operation canceled): the host is gone");
            Failure(runner, new AnnounceExecStep()).Should().Be("sendto: tell the host that the program is next: EPIPE (Broken pipe)");
        }

        static string Failure(PlanRunner runner, LaunchStep step)
        {
            LaunchPlan.Builder plan = new();
            plan.Add(step);
            return FluentActions.Invoking(() => runner.Run(plan.Build())).Should().Throw<LaunchException>().Which.Message;
        }
    }

    /// <summary>A kind of step that is new is made to fail, too.</summary>
    [Fact]
    public void Every_kind_of_step_is_made_to_fail()
    {
        Type[] injected =
        [
            typeof(NewSessionKeyringStep), typeof(SetUmaskStep), typeof(CloseOnExecStep), typeof(SetDumpableStep), typeof(KeepCapabilitiesStep), typeof(SetNoNewPrivilegesStep),
            typeof(SynchronizeStep), typeof(ResetSignalsStep), typeof(AwaitGoStep), typeof(AnnounceExecStep),
        ];
        IEnumerable<Type> refused = Failures.Select(row => row.Data.Item2.LastOrDefault()?.GetType() ?? typeof(ExecuteStep));
        IEnumerable<Type> kinds = typeof(LaunchStep).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LaunchStep)) && type != typeof(SetUserStep)); // that one is only shown

        kinds.Except(refused).Except(injected).Should().BeEmpty();
    }
}
