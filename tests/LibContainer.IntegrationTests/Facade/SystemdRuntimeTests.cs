using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>Containers on a host whose cgroups are systemd's.</summary>
[Trait("Machine", "systemd")]
public sealed class SystemdRuntimeTests : IAsyncDisposable
{
    private const int Rounds = 50;

    private readonly TestRuntime _test = new();
    private readonly ContainerRuntime _runtime;
    private readonly ProbeRoot _root;

    public SystemdRuntimeTests()
    {
        Requires.Root();
        _root = new ProbeRoot();
        _runtime = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = _test.StateDirectory });
    }

    /// <summary>The scope that a container's cgroup is in.</summary>
    private static string ScopeOf(IContainer container) => Path.GetDirectoryName(container.Configuration.CgroupPath!)!;

    private static bool IsThere(string cgroup) => Directory.Exists($"/sys/fs/cgroup{cgroup}");

    [Fact]
    public async Task A_life_with_all_that_can_be_done_to_it()
    {
        await using IContainer container = await _runtime.CreateAsync("life", TestRuntime.Userland with { Resources = new() { PidsLimit = 20 } });
        ScopeOf(container).Should().Match("/system.slice/libcontainer-*.scope");
        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);

        await container.PauseAsync();
        container.Status.Should().Be(ContainerStatus.Paused);
        await container.ResumeAsync();
        await container.UpdateAsync(new() { PidsLimit = 30 });
        (await container.GetStatsAsync(CgroupStatistics.Pids)).Resources.Pids!.Limit.Should().Be(30);
        (await container.GetProcessesAsync()).Should().ContainSingle();
        using (ContainerProcess more = await container.ExecAsync(new ProcessConfiguration("sh", "-c", "exit 4")))
            (await more.WaitForExitAsync()).ExitCode.Should().Be(4);
        ContainerExitStatus exit = await container.StopAsync(TimeSpan.FromMilliseconds(200));

        (exit.Reason, exit.Signal).Should().Be((ContainerExitReason.Signaled, Signal.SIGKILL), "pid 1 without a handler does not hear SIGTERM");
        await container.DeleteAsync();
        _test.States().Should().BeEmpty();
        IsThere(container.Configuration.CgroupPath!).Should().BeFalse();
    }

    [Fact]
    public async Task All_of_a_runtime_are_in_one_scope_which_goes_with_the_last_of_them()
    {
        IContainer first = await _runtime.CreateAsync("first", TestRuntime.Userland), second = await _runtime.CreateAsync("second", TestRuntime.Userland);
        string scope = ScopeOf(first);
        ScopeOf(second).Should().Be(scope);
        await first.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Detached = true });
        await second.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);
        Command.Run("systemctl", "show", "-P", "Delegate", Path.GetFileName(scope)).Output.Should().Be("yes\n");

        await _runtime.DisposeAsync();

        IsThere(scope).Should().BeTrue("one is detached");
        await using (IContainer opened = await _test.Runtime.OpenAsync("first"))
        {
            opened.Status.Should().Be(ContainerStatus.Running);
            await opened.KillAsync();
        }
        SpinWait.SpinUntil(() => !IsThere(scope), TimeSpan.FromSeconds(10)).Should().BeTrue();
        await _test.Runtime.DeleteAsync("first");
    }

    [Fact]
    public async Task A_slice_is_where_the_scope_is_and_another_scope_takes_the_place_of_one_that_was_stopped()
    {
        await using ContainerRuntime runtime = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = _test.StateDirectory, CgroupParent = "lct-a.slice" });
        await using IContainer first = await runtime.CreateAsync("first", TestRuntime.Userland);
        string scope = ScopeOf(first);
        scope.Should().Match("/lct.slice/lct-a.slice/libcontainer-*.scope");
        Command.Run("systemctl", "stop", Path.GetFileName(scope)).ExitCode.Should().Be(0);
        SpinWait.SpinUntil(() => !IsThere(scope), TimeSpan.FromSeconds(10)).Should().BeTrue();

        await using IContainer second = await runtime.CreateAsync("second", TestRuntime.Userland);

        ScopeOf(second).Should().Match("/lct.slice/lct-a.slice/libcontainer-*.scope").And.NotBe(scope);
        await second.StartAsync(new ProcessConfiguration("true"), TestRuntime.Quiet);
        (await second.WaitForExitAsync()).Usage.CpuTime.Should().BePositive();
    }

    [Fact]
    public async Task Bad_input_is_answered_before_systemd_is_asked_for_anything()
    {
        await using ContainerRuntime runtime = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = _test.StateDirectory, CgroupParent = "lct-bad.slice" });

        await FluentActions.Awaiting(() => runtime.CreateAsync("bad", TestRuntime.Userland with { Resources = new() { PidsLimit = -2 } })).Should().ThrowAsync<ContainerConfigurationException>();

        Command.Run("systemctl", "list-units", "--all", "--no-legend", "lct-bad.slice").Output.Should().BeEmpty();
        await using IContainer good = await runtime.CreateAsync("good", TestRuntime.Userland);
        Command.Run("systemctl", "list-units", "--all", "--no-legend", "lct-bad.slice").Output.Should().NotBeEmpty();
    }

    [Fact]
    public async Task The_lack_of_memory_and_a_kill_are_told_apart_and_what_was_used_is_known()
    {
        ContainerConfiguration small = _root.Container with { Resources = new() { Memory = MemoryResources.WithoutSwap(16 << 20) } };
        List<ContainerExitReason> reasons = [];
        int withPeak = 0, withTime = 0;
        for (int i = 0; i < Rounds; i++)
        {
            ContainerExitStatus exit = (await _runtime.RunAsync(small, new ProcessConfiguration("/probe", "touch", $"{64 << 20}"))).ExitStatus;
            reasons.Add(exit.Reason);
            withPeak += exit.Usage.PeakMemoryBytes is null ? 0 : 1;
            withTime += exit.Usage.CpuTime is null ? 0 : 1;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', reasons.CountBy(reason => reason))}; peak {withPeak}, time {withTime} of {Rounds}");

        reasons.Should().OnlyContain(reason => reason == ContainerExitReason.OutOfMemory);
        (withPeak, withTime).Should().Be((Rounds, Rounds));
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        await _test.DisposeAsync();
        _root.Dispose();
    }
}
