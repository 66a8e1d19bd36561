using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>Two who want the same.</summary>
public sealed class RaceTests : IAsyncDisposable
{
    private const int Rounds = 50, Racers = 4;

    private readonly TestRuntime _test = new();

    public RaceTests() => Requires.Root();

    /// <returns>What became of each.</returns>
    private static async Task<Exception?[]> RaceAsync(Func<int, Task> act)
    {
        using Barrier barrier = new(Racers);
        return await Task.WhenAll(Enumerable.Range(0, Racers).Select(i => Task.Factory.StartNew(async () =>
        {
            barrier.SignalAndWait();
            try
            {
                await act(i);
                return null;
            }
            catch (Exception error)
            {
                return error;
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
    }

    [Fact]
    public async Task Of_those_who_race_for_an_id_one_gets_it()
    {
        ContainerRuntime[] runtimes = [.. Enumerable.Range(0, Racers).Select(_ => _test.Another())];
        for (int round = 0; round < Rounds; round++)
        {
            IContainer?[] made = new IContainer?[Racers];

            Exception?[] errors = await RaceAsync(async i => made[i] = await runtimes[i].CreateAsync("wanted", TestRuntime.Userland));

            errors.Count(error => error is null).Should().Be(1);
            errors.OfType<ContainerExistsException>().Should().HaveCount(Racers - 1).And.OnlyContain(error => error.Code == ContainerErrorCode.AlreadyExists && error.ContainerId == "wanted");
            await made.Single(container => container is not null)!.DisposeAsync();
            _test.Left().Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Of_those_who_delete_one_does()
    {
        for (int round = 0; round < Rounds; round++)
        {
            await using IContainer container = await _test.Runtime.CreateAsync("unwanted", TestRuntime.Userland);
            if (round % 2 == 0)
                await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);

            Exception?[] errors = await RaceAsync(_ => _test.Runtime.DeleteAsync("unwanted", force: true));

            errors.Count(error => error is null).Should().Be(1);
            errors.Where(error => error is not null).Should().AllBeOfType<ContainerNotFoundException>();
            if (round % 2 == 0)
                (await container.WaitForExitAsync()).Reason.Should().Be(ContainerExitReason.Signaled);
            _test.Left().Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Of_those_who_start_one_does()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("once", TestRuntime.Userland);

        Exception?[] errors = await RaceAsync(_ => container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet));

        errors.Count(error => error is null).Should().Be(1);
        errors.OfType<ContainerStatusException>().Should().HaveCount(Racers - 1).And.OnlyContain(error => error.Status == ContainerStatus.Running);
    }

    [Fact]
    public async Task A_deletion_by_force_and_a_start_leave_nothing_whoever_is_first()
    {
        for (int round = 0; round < Rounds; round++)
        {
            await using IContainer container = await _test.Runtime.CreateAsync("contested", TestRuntime.Userland);

            Exception?[] errors = await RaceAsync(i => i == 0 ? _test.Runtime.DeleteAsync("contested", force: true) : i == 1 ? container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet) : Task.CompletedTask);

            errors[0].Should().BeNull();
            if (errors[1] is null)
                (await container.WaitForExitAsync()).Reason.Should().Be(ContainerExitReason.Signaled);
            else
                errors[1].Should().BeOfType<ContainerNotFoundException>();
            _test.Left().Should().BeEmpty();
        }
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
