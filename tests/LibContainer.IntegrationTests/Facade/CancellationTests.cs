using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>A start that is cancelled, wherever it is.</summary>
public sealed class CancellationTests : IAsyncDisposable
{
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
        const int Times = 50;
        // It is looked at from a network of its own: a kernel that is about to remove an interface shows it until then.
        using StepClock clock = new();
        ImmutableArray<LaunchStep> steps = await StepsOfOneAsync(clock);
        await using IContainer container = await _test.Runtime.CreateAsync("x", Connected);
        string state = await StateAsync();
        string[] interfaces = Interfaces();
        Footprint before = await FootprintAsync();
        SortedDictionary<int, int> canceledAt = [];
        int ran = 0;

        for (int step = 0; step <= steps.Length; step++)
            for (int time = 0; time < Times; time++)
            {
                using CancellationTokenSource source = new();
                Task<ContainerProcess> start = container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Clock = clock }, source.Token);
                SpinWait.SpinUntil(() => start.IsCompleted || clock.Begun >= step);
                await source.CancelAsync();
                try
                {
                    await start;
                    ran++; // it was through before it heard of that: the container is used up, and another one takes its place
                    break;
                }
                catch (ContainerCanceledException)
                {
                    canceledAt[clock.Steps.Length] = canceledAt.GetValueOrDefault(clock.Steps.Length) + 1;
                }
                container.Status.Should().Be(ContainerStatus.Created);
                _test.Cgroups().Should().BeEmpty();
                Directories().Should().BeEmpty();
            }

        TestContext.Current.TestOutputHelper?.WriteLine($"{ran} ran; cancelled behind so many steps, so often: {string.Join(", ", canceledAt.Select(entry => $"{entry.Key}: {entry.Value}"))}");
        (await StateAsync()).Should().Be(state);
        SpinWait.SpinUntil(() => Interfaces().SequenceEqual(interfaces), TimeSpan.FromSeconds(10)).Should().BeTrue(string.Join(' ', Interfaces()));
        (await FootprintAsync()).Should().Be(before);

        async Task<string> StateAsync() => await File.ReadAllTextAsync(Path.Combine(_test.StateDirectory, "containers/x/state.json"));
    }

    private async Task<ImmutableArray<LaunchStep>> StepsOfOneAsync(StepClock clock)
    {
        await using IContainer container = await _test.Runtime.CreateAsync("first", Connected);
        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Clock = clock });
        return [.. clock.Steps.Select(step => step.Step)];
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
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        using CancellationTokenSource source = new();
        using StepClock clock = new();
        Task<ContainerProcess> start = container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Clock = clock }, source.Token);
        SpinWait.SpinUntil(() => start.IsCompleted || clock.Begun > 0);
        await source.CancelAsync();
        await FluentActions.Awaiting(() => start).Should().ThrowAsync<ContainerCanceledException>();

        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);

        container.Status.Should().Be(ContainerStatus.Running);
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
