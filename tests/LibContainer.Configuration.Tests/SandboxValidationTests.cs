namespace LibContainer.Configuration.Tests;

/// <summary>The rules about system calls, hooks, scheduling, and how mounts behave.</summary>
public sealed class SandboxValidationTests
{
    [Fact]
    public void A_filter_with_all_that_there_is_is_good()
        => Valid.Rules(Valid.Container with
        {
            Seccomp = new()
            {
                DefaultAction = SeccompAction.Errno,
                DefaultErrno = 38,
                Architectures = [SeccompArchitecture.X86_64, SeccompArchitecture.X86],
                Flags = SeccompFlags.Log | SeccompFlags.WaitKillable,
                ListenerPath = "/run/agent",
                ListenerMetadata = "a",
                Rules =
                [
                    new() { Names = ["read", "write"], Action = SeccompAction.Allow },
                    new()
                    {
                        Names = ["clone"],
                        Action = SeccompAction.Trace,
                        Errno = 7,
                        Arguments = [new(5, SeccompOperator.MaskedEqual, 3, 1)],
                    },
                ],
            },
        }).Should().BeEmpty();

    [Fact]
    public void A_filter_is_judged_rule_by_rule()
        => Valid.Rules(Valid.Container with
        {
            Seccomp = new()
            {
                DefaultAction = SeccompAction.Allow,
                DefaultErrno = 1,
                Architectures = [SeccompArchitecture.X86, SeccompArchitecture.X86, (SeccompArchitecture)99],
                Flags = (SeccompFlags)0x40,
                ListenerMetadata = "a",
                Rules =
                [
                    new() { Names = [], Action = (SeccompAction)99 },
                    new() { Names = ["a", ""], Action = SeccompAction.Errno, Errno = 65536 },
                    new()
                    {
                        Names = ["a"],
                        Action = SeccompAction.Allow,
                        Arguments = [new(6, SeccompOperator.Equal, 1, 1), new(0, (SeccompOperator)99, 0)],
                    },
                ],
            },
        }).Should().Equal(
            "seccomp.defaultErrno: Allow has no errno",
            "seccomp.architectures[1]: X86 is there twice",
            "seccomp.architectures[2]: 99 is not an instruction set that is known",
            "seccomp.flags: 0x40 is not a flag that is known",
            "seccomp.listenerMetadata: needs a listener: listenerPath",
            "seccomp.rules[0].names: a rule names one system call at least",
            "seccomp.rules[0].action: 99 is not an action that is known",
            "seccomp.rules[1].names[1]: a system call has a name",
            "seccomp.rules[1].errno: 65536 is not from 0 to 65535",
            "seccomp.rules[2].arguments[0].index: 6 is not from 0 to 5",
            "seccomp.rules[2].arguments[0].valueTwo: Equal compares with one value",
            "seccomp.rules[2].arguments[1].operator: 99 is not an operator that is known");

    [Fact]
    public void A_hook_is_a_program_with_arguments_an_environment_and_a_time()
    {
        HookConfiguration hook = new() { Path = "/bin/hook", Arguments = ["hook", ""], Environment = ["A=1"], TimeoutSeconds = 1 };

        Hooks(hook, hook).Should().BeEmpty();
        Hooks(hook, hook with { Path = "hook" }).Should().Equal("hooks.poststart[1].path: 'hook' is not an absolute path");
        Hooks(hook with { Arguments = ["a", "\0"] })
            .Should().Equal("hooks.poststart[0].arguments[1]: contains a NUL character, at which the kernel would stop reading");
        Hooks(hook with { Environment = ["A"] }).Should().Equal("hooks.poststart[0].environment[0]: 'A' is not NAME=value");
        Hooks(hook with { TimeoutSeconds = 0 })
            .Should().Equal("hooks.poststart[0].timeoutSeconds: 0 is not a time: 1 second at least, or null for no limit");

        static IEnumerable<string> Hooks(params HookConfiguration[] hooks)
            => Valid.Rules(Valid.Container with { Hooks = new() { Poststart = [.. hooks] } });
    }

    public static TheoryData<SchedulerConfiguration, string?> Schedulers => new()
    {
        { new() { Policy = SchedulingPolicy.Other, Nice = -20 }, null },
        { new() { Policy = SchedulingPolicy.Batch, Nice = 19, Flags = SchedulingFlags.ResetOnFork }, null },
        { new() { Policy = SchedulingPolicy.Idle }, null },
        { new() { Policy = SchedulingPolicy.Fifo, Priority = 1 }, null },
        { new() { Policy = SchedulingPolicy.RoundRobin, Priority = 99 }, null },
        { new() { Policy = SchedulingPolicy.Deadline, RuntimeNanoseconds = 1, DeadlineNanoseconds = 2, PeriodNanoseconds = 3 }, null },
        { new() { Policy = SchedulingPolicy.Deadline, RuntimeNanoseconds = 1, DeadlineNanoseconds = 1 }, null },
        { new() { Policy = (SchedulingPolicy)99 }, "policy: 99 is not a scheduling policy" },
        { new() { Policy = SchedulingPolicy.Other, Nice = 20 }, "nice: 20 is not from -20 to 19" },
        { new() { Policy = SchedulingPolicy.Idle, Nice = 1 }, "nice: Idle has no nice value" },
        { new() { Policy = SchedulingPolicy.Fifo }, "priority: 0 is not from 1 to 99" },
        { new() { Policy = SchedulingPolicy.Other, Priority = 1 }, "priority: 1 is not from 0 to 0" },
        { new() { Policy = SchedulingPolicy.Other, Flags = (SchedulingFlags)0x80 }, "flags: 0x80 is not a flag that is known" },
        { new() { Policy = SchedulingPolicy.Deadline }, "runtimeNanoseconds: 0 is not from 1 to the deadline, 0" },
        {
            new() { Policy = SchedulingPolicy.Deadline, RuntimeNanoseconds = 1, DeadlineNanoseconds = 3, PeriodNanoseconds = 2 },
            "deadlineNanoseconds: 3 is beyond the period, 2"
        },
    };

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void A_scheduler_has_what_its_policy_has(SchedulerConfiguration scheduler, string? finding)
        => Valid.Rules(Valid.Process with { Scheduler = scheduler })
            .Should().Equal(finding is null ? [] : new[] { "process.scheduler." + finding });

    [Fact]
    public void Only_a_deadline_has_a_runtime()
        => Valid.Rules(Valid.Process with { Scheduler = new() { Policy = SchedulingPolicy.Other, PeriodNanoseconds = 1 } })
            .Should().Equal("process.scheduler: Other has no runtime, deadline and period");

    [Theory]
    [InlineData(-1000, 0, "0", true)]
    [InlineData(1000, 7, "0-3", true)]
    [InlineData(-1001, 8, "-", false)]
    [InlineData(1001, -1, "0-", false)]
    public void Scores_priorities_and_cpus_have_their_ranges(int score, int level, string cpus, bool good)
        => Valid.Rules(Valid.Process with
        {
            OomScoreAdjustment = score,
            IOPriority = new(IOPriorityClass.Idle, level),
            ExecCpuAffinity = new(cpus, cpus),
        }).Select(finding => finding.Split(':')[0]).Should().Equal(good ? [] : new[]
        {
            "process.oomScoreAdjustment", "process.ioPriority.level", "process.execCpuAffinity.initial", "process.execCpuAffinity.final",
        });

    [Fact]
    public void A_class_of_io_and_a_personality_and_a_propagation_are_known()
    {
        Valid.Rules(Valid.Process with { IOPriority = new(0, 0) }).Should().Equal("process.ioPriority.class: 0 is not a class of I/O");
        Valid.Rules(Valid.Container with { Personality = (PersonalityDomain)1, RootPropagation = (MountPropagation)99 }).Should().Equal(
            "rootPropagation: 99 is not a way for mounts to travel", "personality: 1 is not a personality that is known");
    }

    [Fact]
    public void An_annotation_has_a_name()
        => Valid.Rules(Valid.Container with { Annotations = Valid.Container.Annotations.Add("", "a").Add("b", "") })
            .Should().Equal("annotations: an annotation needs a name");

    [Fact]
    public void A_mount_does_not_contradict_itself()
        => Valid.Rules(Valid.Container with
        {
            Mounts =
            [
                new("/a", "tmpfs", "a", MountOptions.NoAtime | MountOptions.RelativeAtime)
                {
                    ClearedOptions = MountOptions.NoAtime,
                    IdMap = new(),
                },
                new("/b", "tmpfs", "b")
                {
                    RecursiveOptions = MountOptions.StrictAtime | MountOptions.NoAtime | MountOptions.Synchronous,
                    ClearedRecursiveOptions = MountOptions.StrictAtime | MountOptions.Silent,
                    ClearedOptions = MountOptions.Recursive | MountOptions.Silent,
                    Propagation = [MountPropagation.Slave, (MountPropagation)99],
                },
                new("/c", "tmpfs", "c", (MountOptions)0x40000000),
            ],
        }).Should().Equal(
            "mounts[0].options: access times are updated never, always or relatively, and not in two of these ways",
            "mounts[0].clearedOptions: NoAtime is both on and off",
            "mounts[0].idMap: only the files of a bind are mapped",
            "mounts[1].clearedOptions: Recursive has no meaning here",
            "mounts[1].recursiveOptions: Synchronous has no meaning here",
            "mounts[1].clearedRecursiveOptions: Silent has no meaning here",
            "mounts[1].recursiveOptions: access times are updated never, always or relatively, and not in two of these ways",
            "mounts[1].clearedRecursiveOptions: StrictAtime is both on and off",
            "mounts[1].propagation[1]: 99 is not a way for mounts to travel",
            "mounts[2].options: 0x40000000 is not a flag that is known");

    [Fact]
    public void A_mount_may_say_all_that_the_specification_has_a_word_for()
        => Valid.Rules(Valid.Container with
        {
            Mounts =
            [
                MountConfiguration.Bind("/a", "/b") with
                {
                    Options = MountOptions.Recursive | MountOptions.NoSuid | MountOptions.NoDirectoryAtime | MountOptions.NoSymlinkFollow
                        | MountOptions.Synchronous | MountOptions.DirectorySynchronous | MountOptions.MandatoryLocks | MountOptions.LazyTime
                        | MountOptions.InodeVersion | MountOptions.Silent | MountOptions.Remount,
                    ClearedOptions = MountOptions.ReadOnly | MountOptions.NoDev | MountOptions.NoExec | MountOptions.StrictAtime,
                    RecursiveOptions = MountOptions.ReadOnly | MountOptions.RelativeAtime | MountOptions.NoSymlinkFollow,
                    ClearedRecursiveOptions = MountOptions.NoSuid | MountOptions.NoDirectoryAtime,
                    Propagation = [MountPropagation.RecursiveSlave, MountPropagation.Shared],
                    IdMap = new() { UserIds = [new(0, 1, 1)], GroupIds = [new(0, 1, 1)], IsRecursive = true },
                },
            ],
        }).Should().BeEmpty();
}
