using System.Diagnostics;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>Why a container ended, and what it had used.</summary>
public class ExitReasonTests : IAsyncDisposable
{
    private readonly TestRuntime _test = new();
    private readonly ProbeRoot _root;

    public ExitReasonTests()
    {
        Requires.Root();
        _root = new ProbeRoot();
    }

    private ContainerConfiguration WithMemory(long bytes) => _root.Container with { Resources = new() { Memory = new() { LimitBytes = bytes, MemoryAndSwapBytes = bytes } } };

    private async Task<ContainerExitStatus> RunAsync(ContainerConfiguration configuration, string script, TimeSpan? limit = null)
        => (await _test.Runtime.RunAsync(configuration, new ProcessConfiguration("sh", "-c", script), new ContainerRunOptions { TimeLimit = limit })).ExitStatus;

    [Theory]
    [InlineData("exit 0", false, ContainerExitReason.Exited, 0, null)]
    [InlineData("exit 7", false, ContainerExitReason.Exited, 7, null)]
    [InlineData("exit 137", false, ContainerExitReason.Exited, 137, null)]
    [InlineData("exec timeout -s SEGV 0.01 sleep 1000", true, ContainerExitReason.Exited, 124, null)]
    [InlineData("kill -TERM $$", true, ContainerExitReason.Exited, 143, Signal.SIGTERM)] // pid 1 is the init, which ends with the code
    public async Task By_itself(string script, bool hasInit, ContainerExitReason reason, int code, Signal? signal)
    {
        ContainerExitStatus exit = await RunAsync(TestRuntime.Userland with { InitProcess = hasInit }, script);

        (exit.Reason, exit.ExitCode, exit.Signal).Should().Be((reason, code, signal));
    }

    [Fact]
    public async Task By_a_signal()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid });
        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);
        container.TrySendSignal(Signal.SIGUSR1).Should().BeTrue();

        ContainerExitStatus exit = await container.WaitForExitAsync();

        (exit.Reason, exit.ExitCode, exit.Signal, exit.ToString()).Should().Be((ContainerExitReason.Signaled, 138, Signal.SIGUSR1, "killed by SIGUSR1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_its_time_limit_with_all_that_it_has_started(bool hasProcessIds)
    {
        ContainerConfiguration configuration = TestRuntime.Userland with { Namespaces = hasProcessIds ? NamespaceKinds.Default : NamespaceKinds.Default & ~NamespaceKinds.Pid };

        ContainerExitStatus exit = await RunAsync(configuration, "setsid sleep 1000 & sleep 1000", TimeSpan.FromMilliseconds(100));

        (exit.Reason, exit.Signal, exit.ToString()).Should().Be((ContainerExitReason.TimeLimit, Signal.SIGKILL, "killed by SIGKILL: time limit"));
        exit.Duration.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(99));
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task By_the_caller()
    {
        const string Id = "canceled";
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == "LibContainer",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            ActivityStopped = activity => _ = Id.Equals(activity.GetTagItem("container.id")) && started.TrySetResult(),
        };
        ActivitySource.AddActivityListener(listener);
        using CancellationTokenSource source = new();
        Task<ContainerRunResult> run = _test.Runtime.RunAsync(
            TestRuntime.Userland, new ProcessConfiguration("sh", "-c", "echo; exec sleep 1000"),
            new ContainerRunOptions { Id = Id, StandardOutput = StandardStream.FromStream(new CancelingStream(source, started.Task)) }, source.Token);

        ContainerCanceledException error = (await FluentActions.Awaiting(() => run).Should().ThrowAsync<ContainerCanceledException>()).Which;

        (error.ExitStatus!.Reason, error.ExitStatus.Signal, error.CancellationToken).Should().Be((ContainerExitReason.Canceled, Signal.SIGKILL, source.Token));
        run.IsCanceled.Should().BeTrue();
        _test.Left().Should().BeEmpty();
    }

    /// <summary>Whoever writes to it cancels, as soon as the start is through: a program can write before that, and a start that is cancelled then has no exit status.</summary>
    private sealed class CancelingStream(CancellationTokenSource source, Task started) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await started;
            await source.CancelAsync();
        }
    }

    [Fact]
    public async Task By_a_step_of_its_start()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        ContainerStartException error = (await FluentActions.Awaiting(() => container.StartAsync(new ProcessConfiguration("true") { WorkingDirectory = "/nosuch" })).Should().ThrowAsync<ContainerStartException>()).Which;

        (error.Code, error.Error, error.Step).Should().Be((ContainerErrorCode.StartFailed, Errno.ENOENT, "chdir /nosuch"));
        container.ExitStatus!.ToString().Should().Be("start failed at: chdir /nosuch");
    }

    [Fact]
    public async Task By_lack_of_memory_at_its_start()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", WithMemory(4096));
        ContainerStartException error = (await FluentActions.Awaiting(() => container.StartAsync(new ProcessConfiguration("/probe"))).Should().ThrowAsync<ContainerStartException>()).Which;

        error.Code.Should().Be(ContainerErrorCode.StartFailed);
        _test.Cgroups().Should().BeEmpty();
    }

    [Fact]
    public async Task Lack_of_memory_and_a_plain_kill_are_told_apart_each_time()
    {
        const int Rounds = 200;
        ContainerConfiguration small = WithMemory(8 << 20);
        Dictionary<ContainerExitReason, int> byMemory = [], bySignal = [];
        for (int round = 0; round < Rounds; round++)
        {
            ContainerExitStatus exit = (await _test.Runtime.RunAsync(small, new ProcessConfiguration("/probe", "touch", $"{64 << 20}"))).ExitStatus;
            byMemory[exit.Reason] = byMemory.GetValueOrDefault(exit.Reason) + 1;
            exit.Signal.Should().Be(Signal.SIGKILL);

            await using IContainer container = await _test.Runtime.CreateAsync("killed", small);
            await container.StartAsync(new ProcessConfiguration("/probe", "forever"), TestRuntime.Quiet);
            container.TrySendSignal(Signal.SIGKILL).Should().BeTrue();
            exit = await container.WaitForExitAsync();
            bySignal[exit.Reason] = bySignal.GetValueOrDefault(exit.Reason) + 1;
        }

        byMemory.Should().BeEquivalentTo(new Dictionary<ContainerExitReason, int> { [ContainerExitReason.OutOfMemory] = Rounds });
        bySignal.Should().BeEquivalentTo(new Dictionary<ContainerExitReason, int> { [ContainerExitReason.Signaled] = Rounds });
    }

    [Fact]
    public async Task A_program_behind_an_init_that_lacks_memory_is_told_so_too()
    {
        ContainerExitStatus exit = (await _test.Runtime.RunAsync(WithMemory(8 << 20) with { InitProcess = true }, new ProcessConfiguration("/probe", "touch", $"{64 << 20}"))).ExitStatus;

        (exit.Reason, exit.ExitCode, exit.Signal, exit.Usage.OutOfMemoryKills).Should().Be((ContainerExitReason.OutOfMemory, 137, Signal.SIGKILL, 1));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1024)]
    public async Task Its_peak_of_memory_is_what_it_has_touched(int megabytes)
    {
        long touched = Bytes.Mega(megabytes);
        ContainerExitStatus exit = (await _test.Runtime.RunAsync(_root.Container, new ProcessConfiguration("/probe", "touch", $"{touched}"))).ExitStatus;

        exit.IsSuccess.Should().BeTrue();
        TestContext.Current.TestOutputHelper?.WriteLine($"{exit.Usage.PeakMemoryBytes} of {touched}: {100.0 * exit.Usage.PeakMemoryBytes / touched:0.00} %");
        exit.Usage.PeakMemoryBytes.Should().BeInRange(touched, touched + touched / 50);
    }

    [Fact]
    public async Task Forks_that_its_limit_of_processes_has_refused_are_counted()
    {
        ContainerExitStatus exit = await RunAsync(TestRuntime.Userland with { Resources = new() { PidsLimit = 3 } }, "for i in 1 2 3 4 5; do sleep 1000 & done");

        (exit.IsSuccess, exit.Reason).Should().Be((false, ContainerExitReason.Exited), "the shell gives up");
        exit.Usage.RefusedForks.Should().BePositive();
    }

    [Fact]
    public async Task What_it_had_used_stays_when_its_cgroup_is_gone()
    {
        ContainerExitStatus exit = await RunAsync(TestRuntime.Userland, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");

        exit.Usage.CpuTime.Should().BeGreaterThan(TimeSpan.FromMilliseconds(10));
        exit.Usage.BytesRead.Should().NotBeNull();
        exit.Usage.BytesWritten.Should().NotBeNull();
        exit.Usage.OutOfMemoryKills.Should().Be(0);
        exit.Usage.RefusedForks.Should().Be(0);
        exit.ExitedAt.Should().BeAfter(exit.StartedAt!.Value);
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task Output_is_kept_up_to_its_limit_and_the_program_does_not_stop_for_it()
    {
        ContainerRunResult run = await _test.Runtime.RunAsync(TestRuntime.Userland, new ProcessConfiguration("sh", "-c", "yes | head -c 10000000; echo bad >&2"), new ContainerRunOptions { OutputLimitBytes = 1000 });

        (run.ExitStatus.IsSuccess, run.StandardOutput.Length, run.StandardError, run.IsTruncated).Should().Be((true, 1000, "bad\n", true));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _test.DisposeAsync();
        _root.Dispose();
    }
}
