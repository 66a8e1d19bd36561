using System.Runtime.InteropServices;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Launch.Tests;

/// <summary>The steps as ordinary C#, against a kernel that writes down what it is asked.</summary>
public sealed unsafe class InterpreterTests
{
    /// <summary>One of each, as rooms make them.</summary>
    public static TheoryData<LaunchStep> Steps =>
    [
        new SetPropagationStep(MountFlags.Private | MountFlags.Recursive),
        new OpenRootTreeStep("/images/one"),
        new OpenRootTreeStep("/images/one", MountFlags.NoDev),
        new OpenRootTreeStep("/images/one", MountFlags.NoDev | MountFlags.ReadOnly),
        new NewSessionKeyringStep(),
        new OpenRootMemoryStep("1m"),
        new OpenRootMemoryStep("1m", "a:b:c:s0"),
        new MountStep("proc", "/proc", "proc", MountFlags.NoSuid),
        new MountStep("tmpfs", "/dev", "tmpfs", MountFlags.NoSuid, "mode=755"),
        new MountStep("shm", "/dev/shm", "tmpfs", MountFlags.NoSuid) { IsInNewDirectory = true },
        new BindStep("/usr", "/usr", MountFlags.ReadOnly | MountFlags.Recursive),
        new BindStep("/etc/hosts", "/etc/hosts", MountFlags.None, IsFile: true),
        new ReadOnlyPathStep("/proc/sys"),
        new ReadOnlyMountStep("/dev"),
        new ReadOnlyRootStep(),
        new PivotRootStep(),
        new ChangeRootStep(),
        new ResetSignalsStep(),
        new AnnounceExecStep(),
        new UnmountStep("/proc"),
        new OpenTerminalStep(0, 0),
        new OpenTerminalStep(24, 80),
        new UseTerminalStep("/dev/pts/7", 0, 0),
        new UseTerminalStep("/dev/pts/7", 24, 80),
        new OpenTerminalStep(24, 80, Controls: false),
        new UseTerminalStep("/dev/pts/7", 0, 0, Controls: false),
        new ControlTerminalStep(),
        new BindTerminalStep("console"),
        new OwnTerminalStep(1000),
        new SetLabelStep("AppArmor profile a", "apparmor/exec", "exec a"),
        new OpenDirectoryStep("/dev"),
        new OpenDirectoryStep("/"),
        new MakeNodeStep("null", NodeType.Character, 1, 3, 0x1B6),
        new MakeNodeStep("disk", NodeType.Block, 8, 1, 0x1B0, 0, 6),
        new MakeSymbolicLinkStep("fd", "/proc/self/fd"),
        new WriteFileStep("hosts", ""),
        new SetUmaskStep(0x12),
        new NewSessionStep(),
        new SetHostnameStep("box"),
        new InterfaceUpStep("lo"),
        new JoinNamespaceStep("/proc/self/ns/net", 0x40000000),
        new OpenNetlinkStep(),
        new JoinCgroupStep(0, "/sys/fs/cgroup/cpu/x"),
        new EnterNamespacesStep(0, 0x20000000, 7),
        new SetCpuAffinityStep("0,8", [1, 1]),
        new SetCpuAffinityStep("0,8", [1, 1], MayBeNone: true),
        new ForkStep(),
        new ExecuteStep(["/x"], ["x"], ["A=b"], TellsProcessId: true),
        new InitStep(HasTerminal: false),
        new InitStep(HasTerminal: true),
        new SetResourceLimitStep("RLIMIT_NOFILE", 7, 1024, 4096),
        new LimitCapabilitiesStep(0b101, 4),
        new KeepCapabilitiesStep(true),
        new SetCapabilitiesStep(1, 3, 0),
        new SetAmbientCapabilitiesStep(0b11),
        new SetGroupsStep([5, 6]),
        new SetIdsStep(1000, 100),
        new SetParentDeathSignalStep(Signal.SIGKILL),
        new SetDumpableStep(false),
        new SetNoNewPrivilegesStep(),
        new CloseOnExecStep(3),
    ];

    /// <summary>What a plan prints is what happens: the list beside each step is no second truth.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_makes_the_system_calls_that_it_names(LaunchStep step)
    {
        RecordedKernel kernel = new();

        kernel.Run(Plan(step)).Report.Errno.Should().Be(0);

        IEnumerable<string> expected = step switch
        {
            WriteFileStep => ["openat"], // nothing to write into an empty file
            ForkStep => ["clone3"], // for who goes on: the child
            _ => step.SystemCalls,
        };
        kernel.Names.Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_that_fails_at_any_call_reports_that_call_and_leaves_no_descriptor_but_the_kept(LaunchStep step)
    {
        RecordedKernel whole = new();
        whole.Run(Plan(step));

        for (int failing = 0; failing < whole.Calls.Count; failing++)
        {
            int count = 0;
            RecordedKernel kernel = new((_, _) => count++ == failing ? -(long)Errno.EPERM : null);
            StepReport report = kernel.Run(Plan(step)).Report;

            ((Errno)report.Errno).Should().Be(Errno.EPERM, "call {0} failed", failing);
            SystemCallNames.Of(report.Call).Should().Be(whole.Calls[failing].Name);
            kernel.Calls.Should().HaveCount(failing + 1, "nothing is tried after a failure");
            kernel.Open.Should().BeSubsetOf(whole.Open);
        }
    }

    [Fact]
    public void A_mount_goes_onto_the_descriptor_and_never_onto_a_name()
    {
        List<string?> mounts = [];
        RecordedKernel kernel = new((name, call) =>
        {
            if (name == "mount")
                mounts.Add($"{RecordedKernel.Call.Text(call.A)} {RecordedKernel.Call.Text(call.B)} {RecordedKernel.Call.Text(call.C)} {call.D} {RecordedKernel.Call.Text(call.E)}");
            return null;
        });

        kernel.Run(Plan(new MountStep("shm", "/dev/shm", "tmpfs", MountFlags.NoSuid | MountFlags.NoExec, "mode=1777")));

        mounts.Should().Equal("shm . tmpfs 10 mode=1777");
        kernel.Calls[1].Should().Match<RecordedKernel.Call>(call => call.Name == "fchdir" && call.A == 100);
    }

    [Fact]
    public void What_nobody_else_has_been_in_need_not_be_looked_through()
    {
        RecordedKernel kernel = new();

        kernel.Run(Plan(new OpenDirectoryStep("/dev"), new MountStep("shm", "/dev/shm", "tmpfs", MountFlags.NoSuid) { IsInNewDirectory = true })).Report.Errno.Should().Be(0);

        kernel.Names.Should().Equal("openat2", "mkdirat", "fchdir", "mount");
        kernel.Calls.Skip(1).Take(2).Should().OnlyContain(call => call.A == 100, "that is the directory which the plan has opened");
    }

    [Theory]
    [InlineData("/proc", "proc", true)]
    [InlineData("/sys", "sysfs", true)]
    [InlineData("/data", "tmpfs", false)]
    public void Destinations_are_resolved_inside_the_root_and_proc_never_through_a_link(string destination, string type, bool noLinks)
    {
        ulong resolve = 0;
        string? path = null;
        RecordedKernel kernel = new((name, call) =>
        {
            if (name == "openat2")
                (path, resolve) = (RecordedKernel.Call.Text(call.B), ((ulong*)call.C)[2]);
            return null;
        });

        kernel.Run(Plan(new MountStep("x", destination, type, MountFlags.None)));

        path.Should().Be(destination[1..], "the root's descriptor is where it starts");
        ((resolve & Uapi.RESOLVE_IN_ROOT) != 0).Should().BeTrue();
        ((resolve & Uapi.RESOLVE_NO_MAGICLINKS) != 0).Should().BeTrue();
        ((resolve & Uapi.RESOLVE_NO_SYMLINKS) != 0).Should().Be(noLinks);
    }

    [Fact]
    public void Missing_directories_are_made_one_by_one()
    {
        HashSet<string> there = ["a"];
        List<string> made = [];
        RecordedKernel kernel = new((name, call) =>
        {
            if (name == "openat2" && !there.Contains(RecordedKernel.Call.Text(call.B)!))
                return -(long)Errno.ENOENT;
            if (name == "mkdirat")
            {
                made.Add($"{RecordedKernel.Call.Text(call.B)} {call.C}");
                there.Add(made.Count == 1 ? "a/b" : "a/b/c");
            }
            return null;
        });

        kernel.Run(Plan(new OpenDirectoryStep("/a/b/c", 0x1ED))).Report.Errno.Should().Be(0);

        made.Should().Equal("b 493", "c 493");
        kernel.Open.Should().HaveCount(1, "only the directory itself stays open");
    }

    /// <summary>A link that leads nowhere looks missing to openat2 and there to mkdirat. Following it would make directories elsewhere.</summary>
    [Fact]
    public void Nothing_is_made_through_a_dangling_link()
    {
        RecordedKernel kernel = new((name, _) => name switch
        {
            "openat2" => -(long)Errno.ENOENT,
            "mkdirat" => -(long)Errno.EEXIST,
            _ => null,
        });

        StepReport report = kernel.Run(Plan(new MountStep("x", "/evil/x", "tmpfs", MountFlags.None))).Report;

        ((Errno)report.Errno).Should().Be(Errno.ENOENT);
        kernel.Names.Should().NotContain("mount");
        kernel.Open.Should().BeEmpty();
    }

    [Fact]
    public void A_directory_is_masked_by_an_empty_file_system_and_a_file_by_the_hosts_null()
    {
        RecordedKernel directory = new();
        directory.Run(Plan(new MaskPathStep("/proc/acpi")));
        directory.Names.Should().Equal("openat2", "fchdir", "mount");

        RecordedKernel file = new((name, call) => name == "fchdir" ? -(long)Errno.ENOTDIR : name == "statx" ? Stat(call, Uapi.S_IFCHR, 1, 3) : null);
        file.Run(Plan(new MaskPathStep("/proc/kcore"), new MaskPathStep("/proc/keys"))).Report.Errno.Should().Be(0);
        file.Names.Should().Equal("openat2", "fchdir", "openat", "statx", "open_tree", "mount_setattr", "move_mount", "openat2", "fchdir", "open_tree", "move_mount");
    }

    [Fact]
    public void Masking_with_something_that_is_not_null_is_refused()
    {
        RecordedKernel kernel = new((name, call) => name == "fchdir" ? -(long)Errno.ENOTDIR : name == "statx" ? Stat(call, Uapi.S_IFCHR, 1, 5) : null);

        ((Errno)kernel.Run(Plan(new MaskPathStep("/proc/kcore"))).Report.Errno).Should().Be(Errno.EEXIST);
        kernel.Names.Should().NotContain("move_mount");
    }

    [Theory]
    [InlineData(typeof(MaskPathStep))]
    [InlineData(typeof(ReadOnlyPathStep))]
    public void A_path_that_is_not_there_needs_no_protection(Type type)
    {
        RecordedKernel kernel = new((name, _) => name == "openat2" ? -(long)Errno.ENOENT : null);

        kernel.Run(Plan((LaunchStep)Activator.CreateInstance(type, "/proc/none")!)).Report.Errno.Should().Be(0);
        kernel.Names.Should().Equal("openat2");
    }

    /// <summary>The inode is the host's, and uid 0 inside owns it.</summary>
    [Fact]
    public void What_masks_a_file_cannot_be_changed()
    {
        ulong set = 0;
        RecordedKernel kernel = new((name, call) =>
        {
            if (name == "mount_setattr")
                set = ((ulong*)call.D)[0];
            return name == "fchdir" ? -(long)Errno.ENOTDIR : name == "statx" ? Stat(call, Uapi.S_IFCHR, 1, 3) : null;
        });

        kernel.Run(Plan(new MaskPathStep("/proc/kcore")));

        (set & Uapi.MOUNT_ATTR_RDONLY).Should().Be(Uapi.MOUNT_ATTR_RDONLY);
        (set & Uapi.MOUNT_ATTR_NODEV).Should().Be(0, "it has to open as /dev/null does");
    }

    [Theory]
    [InlineData(false, "set 5 recursive, clear 1")]
    [InlineData(true, "set 5 recursive")]
    public void A_root_that_was_read_only_is_never_made_writable(bool wasReadOnly, string expected)
    {
        List<string> changes = [];
        RecordedKernel kernel = new((name, call) =>
        {
            if (name == "fstatfs")
                ((ulong*)call.B)[10] = wasReadOnly ? 1u : 0u;
            if (name == "mount_setattr")
                changes.Add(((ulong*)call.D)[0] != 0 ? $"set {((ulong*)call.D)[0]}{((call.C & Uapi.AT_RECURSIVE) != 0 ? " recursive" : "")}" : $"clear {((ulong*)call.D)[1]}");
            return null;
        });

        kernel.Run(Plan(new OpenRootTreeStep("/r", MountFlags.ReadOnly | MountFlags.NoDev))).Report.Errno.Should().Be(0);

        string.Join(", ", changes).Should().Be(expected);
    }

    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(1, 5, 17)]
    public void A_node_that_exists_is_accepted_when_it_is_the_same_device(int major, int minor, int errno)
    {
        RecordedKernel kernel = new((name, call) => name == "mknodat" ? -(long)Errno.EEXIST : name == "statx" ? Stat(call, Uapi.S_IFCHR, (uint)major, (uint)minor) : null);

        kernel.Run(Plan(new MakeNodeStep("null", NodeType.Character, 1, 3, 0x1B6))).Report.Errno.Should().Be((ushort)errno);
    }

    [Theory]
    [InlineData(1, 3, 0x103)]
    [InlineData(136, 300, 0x10882C)]
    [InlineData(4095, 1048575, 0xFFFFFFFF)]
    public void Device_numbers_are_packed_as_the_kernel_packs_them(int major, int minor, long packed)
    {
        RecordedKernel kernel = new();

        kernel.Run(Plan(new MakeNodeStep("n", NodeType.Character, major, minor, 0)));

        kernel.Calls[0].D.Should().Be(packed);
    }

    internal static LaunchPlan Plan(params LaunchStep[] steps)
    {
        LaunchPlan.Builder plan = new();
        foreach (LaunchStep step in steps)
            plan.Add(step);
        return plan.Build();
    }

    private static long Stat(RecordedKernel.Call call, int type, uint major, uint minor)
    {
        byte* buffer = (byte*)call.E;
        *(ushort*)(buffer + 28) = (ushort)type;
        *(uint*)(buffer + 128) = major;
        *(uint*)(buffer + 132) = minor;
        return 0;
    }
}
