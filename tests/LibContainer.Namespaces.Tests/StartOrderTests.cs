using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Tests;

/// <summary>The order of a start: what has to come before what, and why.</summary>
public sealed class StartOrderTests
{
    private static readonly ContainerConfiguration Container = new() { Root = RootFileSystem.Directory("/srv/root"), Hostname = "web", ReadOnlyRoot = true };

    private static readonly ProcessConfiguration Process = new("/bin/true", "x") { UserId = 1000, GroupId = 100, AdditionalGroupIds = [5] };

    [Theory]
    // Mounts of the container must not show on the host.
    [InlineData(typeof(SetPropagationStep), typeof(OpenRootTreeStep))]
    [InlineData(typeof(SetPropagationStep), typeof(MountStep))]
    [InlineData(typeof(OpenRootTreeStep), typeof(MountStep))]
    [InlineData(typeof(MountStep), typeof(MaskPathStep))]
    [InlineData(typeof(MountStep), typeof(MakeNodeStep))]
    [InlineData(typeof(MaskPathStep), typeof(PivotRootStep))]
    [InlineData(typeof(ReadOnlyPathStep), typeof(PivotRootStep))]
    // What is done with the host's rights, before they go.
    [InlineData(typeof(InterfaceUpStep), typeof(SetIdsStep))]
    [InlineData(typeof(SetHostnameStep), typeof(SetIdsStep))]
    [InlineData(typeof(PivotRootStep), typeof(SetIdsStep))]
    [InlineData(typeof(ReadOnlyRootStep), typeof(SetIdsStep))]
    [InlineData(typeof(SetResourceLimitStep), typeof(SetIdsStep))]
    [InlineData(typeof(LimitCapabilitiesStep), typeof(SetIdsStep))]
    [InlineData(typeof(SetGroupsStep), typeof(SetIdsStep))]
    // A root is filled first, and is the container's own when it becomes read-only.
    [InlineData(typeof(PivotRootStep), typeof(ReadOnlyRootStep))]
    [InlineData(typeof(MakeNodeStep), typeof(ReadOnlyRootStep))]
    // Nobody looks into the process before it is what it shall be.
    [InlineData(typeof(SetDumpableStep), typeof(SetIdsStep))]
    // Sets that the change of ids would clear.
    [InlineData(typeof(SetIdsStep), typeof(SetCapabilitiesStep))]
    // The user's rights decide where it may go, and in which root.
    [InlineData(typeof(SetIdsStep), typeof(ChangeDirectoryStep))]
    [InlineData(typeof(SetCapabilitiesStep), typeof(ChangeDirectoryStep))]
    [InlineData(typeof(PivotRootStep), typeof(ChangeDirectoryStep))]
    [InlineData(typeof(SetCapabilitiesStep), typeof(SetNoNewPrivilegesStep))]
    public void Every_step_of_one_kind_comes_before_every_step_of_another(Type first, Type then)
    {
        List<Type> kinds = [.. Plan(Container, Process).Select(step => step.GetType())];

        kinds.Should().Contain(first).And.Contain(then);
        kinds.LastIndexOf(first).Should().BeLessThan(kinds.IndexOf(then));
    }

    [Fact]
    public void The_process_dies_with_its_host_from_the_first_step_on()
        => Plan(Container, Process)[0].Should().Be(new SetParentDeathSignalStep(Signal.SIGKILL));

    [Fact]
    public void No_terminal_of_the_host_is_left_when_anything_is_mounted()
        => Plan(Container, Process)[1].Should().Be(new NewSessionStep());

    [Fact]
    public void The_last_three_steps_leave_nothing_of_the_host()
        => Plan(Container, Process)[^3..].Should().Equal(
            new LaunchStep[] { new SetNoNewPrivilegesStep(), new CloseOnExecStep(3), new ExecuteStep(["/bin/true"], Process.Arguments, Process.Environment) },
            SameStep);

    [Fact]
    public void Descriptors_are_closed_also_when_rights_may_be_gained()
    {
        LaunchStep[] steps = Plan(Container, Process with { NoNewPrivileges = false });

        steps.Should().NotContain(step => step is SetNoNewPrivilegesStep);
        steps[^2].Should().Be(new CloseOnExecStep(3));
    }

    [Fact]
    public void Another_user_keeps_its_capabilities_across_the_change_and_dies_with_the_host_after_it()
        => Identity(Process).Should().Equal(
            new LaunchStep[]
            {
                new KeepCapabilitiesStep(true), new SetGroupsStep([5]), new SetIdsStep(1000, 100), new KeepCapabilitiesStep(false),
                new SetCapabilitiesStep(0, 0, 0), new SetParentDeathSignalStep(Signal.SIGKILL),
            },
            SameStep);

    [Fact]
    public void Another_group_alone_clears_the_death_signal_too_but_no_capability()
        => Identity(Process with { UserId = 0, AdditionalGroupIds = [] }).Should().Equal(
            new LaunchStep[]
            {
                new SetGroupsStep([]), new SetIdsStep(0, 100), new SetCapabilitiesStep(0, 0, 0),
                new SetParentDeathSignalStep(Signal.SIGKILL),
            },
            SameStep);

    [Fact]
    public void Root_stays_root_with_no_group_of_the_hosts()
        => Identity(Process with { UserId = 0, GroupId = 0, AdditionalGroupIds = [] }).Should().Equal(
            new LaunchStep[] { new SetGroupsStep([]), new SetIdsStep(0, 0), new SetCapabilitiesStep(0, 0, 0) }, SameStep);

    [Fact]
    public void The_bounding_set_of_the_configuration_is_the_one_that_stays()
        => Plan(Container, Process with { Capabilities = CapabilityConfiguration.Of(CapabilitySet.Kill) }).OfType<LimitCapabilitiesStep>()
            .Should().ContainSingle().Which.Keep.Should().Be(1UL << 5);

    [Fact]
    public void The_umask_is_nothing_while_the_root_is_made_and_the_programs_own_behind_it()
    {
        LaunchStep[] steps = Plan(Container, Process with { Umask = 0x3F });

        steps.OfType<SetUmaskStep>().Should().Equal(new SetUmaskStep(0), new SetUmaskStep(0x3F));
        int pivot = Array.IndexOf(steps, new PivotRootStep());
        Array.IndexOf(steps, new SetUmaskStep(0)).Should().BeLessThan(Array.FindIndex(steps, step => step is MountStep or OpenDirectoryStep));
        Array.IndexOf(steps, new SetUmaskStep(0x3F)).Should().BeGreaterThan(pivot);
    }

    [Fact]
    public void Without_a_host_name_none_is_set()
        => Plan(Container with { Hostname = null }, Process).Should().NotContain(step => step is SetHostnameStep);

    [Fact]
    public void Without_a_network_no_interface_is_touched()
        => Plan(Container with { Networks = [] }, Process).Should().NotContain(step => step is InterfaceUpStep);

    [Fact]
    public void A_writable_root_stays_writable()
        => Plan(Container with { ReadOnlyRoot = false }, Process).Should().NotContain(step => step is ReadOnlyRootStep);

    [Fact]
    public void The_program_starts_in_its_working_directory_and_with_its_own_command_line()
    {
        LaunchStep[] steps = Plan(Container, new ProcessConfiguration("ls", "-l") { WorkingDirectory = "/w", Environment = ["PATH=/a:/b", "X=1"] });

        steps.Should().ContainSingle(step => step is ChangeDirectoryStep).Which.Should().Be(new ChangeDirectoryStep("/w"));
        ExecuteStep execute = steps[^1].Should().BeOfType<ExecuteStep>().Subject;
        execute.Candidates.Should().Equal("/a/ls", "/b/ls");
        execute.Arguments.Should().Equal("ls", "-l");
        execute.Environment.Should().Equal("PATH=/a:/b", "X=1");
    }

    private static LaunchStep[] Plan(ContainerConfiguration container, ProcessConfiguration process) => [.. StartOrder.Plan(container, process).Steps];

    /// <summary>From behind the limits to the umask.</summary>
    private static IEnumerable<LaunchStep> Identity(ProcessConfiguration process)
        => Plan(Container, process).SkipWhile(step => step is not SetResourceLimitStep).SkipWhile(step => step is SetResourceLimitStep).TakeWhile(step => step is not SetUmaskStep);

    /// <summary>Lists in a step are compared by what is in them.</summary>
    private static bool SameStep(LaunchStep one, LaunchStep other) => (one, other) switch
    {
        (SetGroupsStep a, SetGroupsStep b) => a.GroupIds.SequenceEqual(b.GroupIds),
        (ExecuteStep a, ExecuteStep b) => a.Candidates.SequenceEqual(b.Candidates) && a.Arguments.SequenceEqual(b.Arguments) && a.Environment.SequenceEqual(b.Environment),
        _ => one == other,
    };

    [Fact]
    public void A_user_to_be_looked_up_is_shown_behind_the_wait_for_the_host()
    {
        LaunchStep[] steps = [.. StartOrder.Plan(new ContainerConfiguration { Root = RootFileSystem.HostUserland() }, new ProcessConfiguration("/x") { User = "web" }).Steps];

        int wait = Array.FindIndex(steps, step => step is SynchronizeStep), user = Array.FindIndex(steps, step => step is SetUserStep);
        wait.Should().BeGreaterThan(Array.FindIndex(steps, step => step is PivotRootStep)).And.BeLessThan(user);
        steps[user].Description.Should().Be("setgroups, setresgid, setresuid of web, looked up in the container");
        steps.Should().NotContain(step => step is SetIdsStep);
    }

    [Fact]
    public void The_two_halves_of_a_start_are_the_whole()
    {
        ContainerConfiguration container = new() { Root = RootFileSystem.Directory("/r"), Hostname = "h", ReadOnlyRoot = true };
        ProcessConfiguration byName = new("/x") { Terminal = new(), User = "web", Environment = ["HOME=/h"], AdditionalGroupIds = [9] };
        ProcessConfiguration byNumber = byName with { User = null, UserId = 5, GroupId = 6, AdditionalGroupIds = [7, 9] };

        IEnumerable<LaunchStep> halves = StartOrder.BeforeGo(container, byName).Steps.Where(step => step is not SynchronizeStep)
            .Concat(StartOrder.AfterGo(container, byName, new ResolvedUser(5, 6, [7], "/home")).Steps);

        halves.Should().Equal(StartOrder.Plan(container, byNumber).Steps);
    }

    /// <summary>/proc is the host's only then, and a label is written through it.</summary>
    [Fact]
    public void Labels_come_before_anything_is_mounted_and_the_keyrings_before_the_keyring()
    {
        List<LaunchStep> steps = [.. Plan(Container, Process with { AppArmorProfile = "p", SELinuxLabel = "l" })];

        steps.FindLastIndex(step => step is SetLabelStep).Should().BeLessThan(steps.FindIndex(step => step is SetPropagationStep));
        steps.FindIndex(step => step is SetLabelStep { Attribute: "keycreate" }).Should().BePositive().And.BeLessThan(steps.FindIndex(step => step is NewSessionKeyringStep));
    }

    [Fact]
    public void A_terminal_is_the_users_while_there_are_the_rights_to_give_it_away()
    {
        List<LaunchStep> steps = [.. Plan(Container, Process with { Terminal = new() })];

        steps.IndexOf(new OwnTerminalStep(1000)).Should().BePositive().And.BeLessThan(steps.FindIndex(step => step is SetIdsStep));
        Plan(Container, Process with { Terminal = new() { Path = "/dev/pts/1" } }).Should().NotContain(step => step is OwnTerminalStep, "that one is the host's");
        Plan(Container, Process with { Terminal = new(), UserId = 0 }).Should().NotContain(step => step is OwnTerminalStep, "it is root's already");
    }

    [Theory]
    [InlineData("A=1", "A=1 HOME=/home")]
    [InlineData("HOME=/mine", "HOME=/mine")]
    public void A_looked_up_user_brings_a_home_where_there_is_none(string entry, string expected)
        => StartOrder.AfterGo(new ContainerConfiguration { Root = RootFileSystem.Directory("/r") }, new ProcessConfiguration("/x") { User = "web", Environment = [entry] }, new ResolvedUser(5, 6, [], "/home"))
            .Steps.OfType<ExecuteStep>().Single().Environment.Should().Equal(expected.Split(' '));
}
