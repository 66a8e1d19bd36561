using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>A start that is cancelled, wherever it is.</summary>
public sealed class CancellationTests : IAsyncDisposable
{
    private const int Times = 50, AtOnce = 4; // most of a start and its undoing waits for the kernel

    private readonly TestRuntime _test = new();

    public CancellationTests() => Requires.Root();

    private static ContainerConfiguration Connected { get; } = TestRuntime.Userland with
    {
        Networks = [LoopbackNetwork.Instance, new VethNetwork()],
        NameResolution = new NameResolutionConfiguration(),
        Resources = new() { PidsLimit = 100 },
    };

    private static string[] Interfaces() => [.. Directory.GetDirectories("/sys/class/net").Order()];

    private static string[] Directories() => [.. new[] { "/run/libcontainer/names", "/run/libcontainer/notify" }.Where(Directory.Exists).SelectMany(Directory.GetDirectories).Order()];

    [Fact]
    public async Task At_each_step_it_is_as_if_it_had_never_begun()
    {
        string[] interfaces = Interfaces();
        int steps = await StepsOfOneAsync();
        string[] directories = Directories();
        Footprint before = await FootprintAsync();
        int[] canceledBehind = new int[steps + 1];

        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(first => Task.Factory.StartNew(
            async () =>
            {
                for (int step = first; step < steps; step += AtOnce)
                    for (int time = 0; time < Times; time++)
                        await CancelAtAsync(step, $"step-{step}-{time}", canceledBehind);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        TestContext.Current.TestOutputHelper?.WriteLine($"cancelled behind so many steps, so often: {string.Join(", ", canceledBehind.Select((count, step) => $"{step}: {count}"))}");
        _test.Left().Should().BeEmpty();
        Directories().Should().Equal(directories);
        // The kernel takes a network namespace apart some time after its last process: one of another test may have been there before.
        SpinWait.SpinUntil(() => !Interfaces().Except(interfaces).Any(), TimeSpan.FromSeconds(10)).Should().BeTrue(string.Join(' ', Interfaces().Except(interfaces)));
        (await FootprintAsync()).Should().Be(before);
    }

    private async Task CancelAtAsync(int step, string id, int[] canceledBehind)
    {
        using CancellationTokenSource source = new();
        using StepClock clock = new();
        await using IContainer container = await _test.Runtime.CreateAsync(id, Connected);
        ContainerState before = _test.Runtime.Store.Read(id);
        Task<ContainerProcess> start = container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Clock = clock }, source.Token);
        while (!start.IsCompleted && clock.Begun < step)
            Thread.SpinWait(50); // steps take microseconds
        await source.CancelAsync();
        try
        {
            await start; // it was through before it heard of that
        }
        catch (ContainerCanceledException)
        {
            Interlocked.Increment(ref canceledBehind[clock.Steps.Length]);
            container.Status.Should().Be(ContainerStatus.Created);
            ContainerState after = _test.Runtime.Store.Read(id);
            (after.Process, after.Exit).Should().Be((null, null));
            ContainerCgroup.OfPaths(before.Cgroup).Exists.Should().BeFalse();
        }
    }

    private async Task<int> StepsOfOneAsync()
    {
        using StepClock clock = new();
        await using IContainer container = await _test.Runtime.CreateAsync("first", Connected);
        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Clock = clock });
        return clock.Steps.Length;
    }

    /// <summary>Nobody listens for interfaces any more: that has descriptors of its own, for a second.</summary>
    private static async Task<Footprint> FootprintAsync()
    {
        await Task.Run(Sandbox.AwaitListener);
        return Footprint.Take();
    }

    [Fact]
    public async Task A_start_that_was_cancelled_can_be_begun_again()
    {
        await using IContainer container = await CanceledAsync();

        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);

        container.Status.Should().Be(ContainerStatus.Running);
    }

    /// <summary>Again until one was: a start may be through before it hears of it.</summary>
    private async Task<IContainer> CanceledAsync()
    {
        while (true)
        {
            IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
            using CancellationTokenSource source = new();
            using StepClock clock = new();
            Task<ContainerProcess> start = container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Clock = clock }, source.Token);
            SpinWait.SpinUntil(() => start.IsCompleted || clock.Begun > 0);
            await source.CancelAsync();
            try
            {
                await start;
            }
            catch (ContainerCanceledException)
            {
                return container;
            }
            await container.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
