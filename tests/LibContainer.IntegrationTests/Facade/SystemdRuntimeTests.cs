using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>Containers whose cgroups systemd makes, and removes as soon as nobody is in them.</summary>
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

    private static string UnitOf(IContainer container) => container.Configuration.CgroupPath!;

    [Fact]
    public async Task A_life_with_all_that_can_be_done_to_it()
    {
        await using IContainer container = await _runtime.CreateAsync("life", TestRuntime.Userland with { Resources = new() { PidsLimit = 20 } });
        UnitOf(container).Should().StartWith(":libcontainer:life-");
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
