using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

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
        { "mount / private: EINVAL (Invalid argument)", [new SetPropagationStep(MountFlags.Private | (MountFlags)0x80000)] }, // private and slave at once
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
        { "pivot_root to the root, and unmount the host's: fchdir: EBADF (Bad file descriptor)", [Private, new PivotRootStep()] },
        { "openat2 /x, made if missing (mode 0755): EBADF (Bad file descriptor)", [Private, new OpenDirectoryStep("/x")] },
        { "mknodat n c 1:3 (mode 0666): EBADF (Bad file descriptor)", [new MakeNodeStep("n", NodeType.Character, 1, 3, 0x1B6)] },
        { "mknodat n c 1:3 (mode 0666): statx: EEXIST (File exists): something else is there under that name", [Private, Root, new OpenDirectoryStep("/"), new OpenDirectoryStep("/n"), new OpenDirectoryStep("/"), new MakeNodeStep("n", NodeType.Character, 1, 3, 0x1B6)] },
        { "symlinkat n to x: EBADF (Bad file descriptor)", [new MakeSymbolicLinkStep("n", "x")] },
        { "openat and write n (1 bytes): EEXIST (File exists)", [Private, Root, new OpenDirectoryStep("/"), new WriteFileStep("n", "x"), new WriteFileStep("n", "y")] },
        { "setsid: EPERM (Operation not permitted)", [new NewSessionStep(), new NewSessionStep()] },
        { $"sethostname {new string('h', 65)}: EINVAL (Invalid argument)", [new SetHostnameStep(new string('h', 65))] },
        { "ioctl SIOCSIFFLAGS nosuch up: ENODEV (No such device)", [new InterfaceUpStep("nosuch")] },
        { "prlimit64 RLIMIT_CORE 2:1: EINVAL (Invalid argument)", [new SetResourceLimitStep("RLIMIT_CORE", 4, 2, 1)] },
        { "prctl PR_CAPBSET_DROP, 1 times: bounding set 0000000000000002: EPERM (Operation not permitted)", [Powerless, new LimitCapabilitiesStep(2, 1)] },
        { "setgroups 5: EPERM (Operation not permitted)", [Powerless, new SetGroupsStep([5])] },
        { "setresgid 0, setresuid 5: setresuid: EPERM (Operation not permitted)", [Powerless, new SetIdsStep(5, 0)] },
        { "capset effective 0000000000000001 permitted 0000000000000001 inheritable 0000000000000000: EPERM (Operation not permitted)", [Powerless, new SetCapabilitiesStep(1, 1, 0)] },
        { "prctl PR_CAP_AMBIENT 0000000000000001: EPERM (Operation not permitted)", [Powerless, new SetAmbientCapabilitiesStep(1)] },
        { "prctl PR_SET_PDEATHSIG 99: EINVAL (Invalid argument)", [new SetParentDeathSignalStep((Signal)99)] },
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
}
