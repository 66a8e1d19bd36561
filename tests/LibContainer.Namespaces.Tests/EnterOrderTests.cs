using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Tests;

/// <summary>The order in which a program is added to a container: what has to come before what, and why.</summary>
public sealed class EnterOrderTests
{
    private static readonly ProcessConfiguration Process = new("/bin/true", "x")
    {
        UserId = 1000,
        GroupId = 100,
        AdditionalGroupIds = [5],
        Terminal = new TerminalConfiguration(24, 80),
        AppArmorProfile = "docker-default",
    };

    [Theory]
    // Nobody looks into the process from inside.
    [InlineData(typeof(SetDumpableStep), typeof(EnterNamespacesStep))]
    // What needs the host's rights, or the host's /proc.
    [InlineData(typeof(SetLabelStep), typeof(EnterNamespacesStep))]
    [InlineData(typeof(SetResourceLimitStep), typeof(EnterNamespacesStep))]
    [InlineData(typeof(LimitCapabilitiesStep), typeof(SetIdsStep))]
    // A terminal is the container's, opened with rights that the user need not have, and is the user's by then.
    [InlineData(typeof(EnterNamespacesStep), typeof(OpenTerminalStep))]
    [InlineData(typeof(OpenTerminalStep), typeof(SetIdsStep))]
    [InlineData(typeof(OwnTerminalStep), typeof(SetIdsStep))]
    // Nothing can be seen from inside before it has lost all that a program of the container does not have.
    [InlineData(typeof(EnterNamespacesStep), typeof(ForkStep))]
    [InlineData(typeof(SetIdsStep), typeof(ForkStep))]
    [InlineData(typeof(SetCapabilitiesStep), typeof(ForkStep))]
    [InlineData(typeof(ChangeDirectoryStep), typeof(ForkStep))]
    [InlineData(typeof(SetNoNewPrivilegesStep), typeof(ForkStep))]
    // The user's rights decide where it may go.
    [InlineData(typeof(SetIdsStep), typeof(ChangeDirectoryStep))]
    // Who leads a session is the process that stays; with the other one the session would end.
    [InlineData(typeof(ForkStep), typeof(NewSessionStep))]
    [InlineData(typeof(NewSessionStep), typeof(ControlTerminalStep))]
    public void Every_step_of_one_kind_comes_before_every_step_of_another(Type first, Type then)
    {
        List<Type> kinds = [.. Plan(NamespaceKinds.Default, Process).Select(step => step.GetType())];

        kinds.Should().Contain(first).And.Contain(then);
        kinds.LastIndexOf(first).Should().BeLessThan(kinds.IndexOf(then));
    }

    [Fact]
    public void The_process_dies_with_its_host_from_the_first_step_on_and_so_does_its_child()
    {
        LaunchStep[] steps = Plan(NamespaceKinds.Default, Process);

        steps[0].Should().Be(new SetParentDeathSignalStep(Signal.SIGKILL));
        steps[Array.IndexOf(steps, new ForkStep()) + 1].Should().Be(new SetParentDeathSignalStep(Signal.SIGKILL));
    }

    [Fact]
    public void Without_process_ids_of_the_containers_own_one_process_does_it_all()
        => Plan(NamespaceKinds.Mount, Process).Should().NotContain(step => step is ForkStep).And.Contain(step => step is NewSessionStep);

    [Fact]
    public void What_a_thread_of_the_host_may_have_of_its_own_is_entered_in_any_case()
        => Plan(NamespaceKinds.Mount, Process).OfType<EnterNamespacesStep>().Single()
            .Should().Be(new EnterNamespacesStep(0, (ulong)(NamespaceKinds.Mount | NamespaceKinds.Network | NamespaceKinds.Uts | NamespaceKinds.Ipc), 42));

    /// <summary>Whoever enters one has every capability in it, and every one in the bounding set: user_namespaces(7).</summary>
    [Fact]
    public void The_bounding_set_is_limited_in_the_user_namespace_that_the_program_runs_in()
    {
        LaunchPlan plan = EnterOrder.Plan(42, NamespaceKinds.Default | NamespaceKinds.User, null, Process);
        List<Type> kinds = [.. plan.Steps.Select(step => step.GetType())];

        kinds.IndexOf(typeof(LimitCapabilitiesStep)).Should().BeGreaterThan(kinds.IndexOf(typeof(EnterNamespacesStep)));
        plan.ToString().Should().Contain("CLONE_NEWUSER");
    }

    [Fact]
    public void Groups_are_left_alone_where_nobody_may_set_them()
        => EnterOrder.Plan(42, NamespaceKinds.User, null, Process, maySetGroups: false).Steps.Should().NotContain(step => step is SetGroupsStep);

    [Fact]
    public void A_terminal_of_the_host_is_opened_while_its_name_is_the_hosts()
    {
        List<Type> kinds = [.. Plan(NamespaceKinds.Default, Process with { Terminal = new TerminalConfiguration { Path = "/dev/pts/3" } }).Select(step => step.GetType())];

        kinds.IndexOf(typeof(UseTerminalStep)).Should().BeInRange(1, kinds.IndexOf(typeof(EnterNamespacesStep)));
        kinds.Should().NotContain(typeof(OwnTerminalStep), "it stays whose it is");
    }

    /// <summary>Before and after the cgroup is joined; what joins is in the container tests, since a cgroup has to be there.</summary>
    [Theory]
    [InlineData("0", "1", "0 wait 1 setns")]
    [InlineData("0", null, "0 wait setns")]
    [InlineData(null, "1", "wait 1 setns")]
    [InlineData(null, null, "wait setns")]
    public void Cpus_are_chosen_before_all_that_takes_time_and_again_before_the_namespaces_are_entered(string? initial, string? final, string expected)
        => string.Join(' ', Plan(NamespaceKinds.Default, Process with { ExecCpuAffinity = new(initial, final) }).Select(step => step switch
        {
            SetCpuAffinityStep affinity => affinity.Cpus,
            SynchronizeStep => "wait",
            EnterNamespacesStep => "setns",
            _ => null,
        }).OfType<string>()).Should().Be(expected);

    [Fact]
    public void A_program_that_is_the_first_one_has_no_such_step()
        => StartOrder.Plan(new ContainerConfiguration { Root = RootFileSystem.HostUserland() }, Process with { ExecCpuAffinity = new("0", "0") }).Steps.Should().NotContain(step => step is SetCpuAffinityStep);

    private static LaunchStep[] Plan(NamespaceKinds different, ProcessConfiguration process) => [.. EnterOrder.Plan(42, different, null, process).Steps];
}
