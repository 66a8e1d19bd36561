using LibContainer.Configuration;
using LibContainer.Cgroups;
using LibContainer.TestUtilities;

namespace LibContainer.Tests;

public sealed class MetricTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_is_counted_when_it_starts_while_it_runs_and_when_it_has_ended()
    {
        Requires.Root();
        await using Application application = new();
        await using IContainer container = await application.Runtime.CreateAsync("counted", Application.Configuration, Cancellation);
        application.Measurements.Of("libcontainer.starts").Should().BeEmpty("it is created only");

        await using ContainerProcess process = await container.StartAsync(new ProcessConfiguration("cat"), Application.Piped, Cancellation);
        application.Measurements.Of("libcontainer.starts").Select(measured => (measured.Value, measured.Unit)).Should().Equal((1, "{container}"));
        RecordedMeasurement duration = application.Measurements.Of("libcontainer.start.duration").Should().ContainSingle().Which;
        duration.Unit.Should().Be("s");
        duration.Value.Should().BeInRange(1e-4, 300);
        application.Measurements.Of("libcontainer.running").Select(measured => measured.Value).Should().Equal(1);

        process.StandardInput.Close();
        (await container.WaitForExitAsync(Cancellation)).IsSuccess.Should().BeTrue();
        application.Measurements.Of("libcontainer.running").Select(measured => measured.Value).Should().Equal(1, -1);
        application.Measurements.Of("libcontainer.start.failures").Should().BeEmpty();
        application.Measurements.Of("libcontainer.oom_kills").Should().BeEmpty();
    }

    [Fact]
    public async Task A_start_that_failed_is_counted_by_its_step()
    {
        Requires.Root();
        await using Application application = new();

        await FluentActions.Awaiting(() => application.Runtime.RunAsync(Application.Configuration, new ProcessConfiguration("/no/such"))).Should().ThrowAsync<ContainerStartException>();

        RecordedMeasurement failure = application.Measurements.Of("libcontainer.start.failures").Should().ContainSingle().Which;
        failure.Value.Should().Be(1);
        failure.Tags.Should().BeEquivalentTo(new Dictionary<string, object?> { ["libcontainer.step"] = "ExecuteStep", ["error.type"] = $"LC{(int)ContainerErrorCode.ProgramNotFound:0000}" });
        application.Measurements.Of("libcontainer.starts").Should().BeEmpty();
        application.Measurements.Of("libcontainer.start.duration").Should().BeEmpty("it would be that of something else");
        application.Measurements.Of("libcontainer.running").Should().BeEmpty();
    }

    [Fact]
    public async Task Processes_that_were_killed_for_lack_of_memory_are_counted()
    {
        Requires.Root();
        RequiresController("memory");
        await using Application application = new();

        ContainerRunResult result = await application.Runtime.RunAsync(
            Application.Configuration with { Resources = new ResourceConfiguration { Memory = new MemoryResources { LimitBytes = 16 << 20, MemoryAndSwapBytes = 16 << 20 } } },
            new ProcessConfiguration("tail", "/dev/zero"), cancellationToken: Cancellation);

        result.ExitStatus.Reason.Should().Be(ContainerExitReason.OutOfMemory);
        application.Measurements.Of("libcontainer.oom_kills").Select(measured => (measured.Value, measured.Unit)).Should().Equal((1, "{process}"));
    }

    [Fact]
    public async Task CPU_time_and_memory_are_those_of_each_container_that_runs()
    {
        Requires.Root();
        RequiresController("memory");
        RequiresController("cpuacct", "cpu");
        await using Application application = new();
        await using IContainer first = await application.Runtime.CreateAsync("first", Application.Configuration, Cancellation), second = await application.Runtime.CreateAsync("second", Application.Configuration, Cancellation);
        foreach (IContainer container in new[] { first, second })
        {
            ContainerProcess process = await container.StartAsync(
                new ProcessConfiguration("sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; cat"), Application.Piped, Cancellation);
            using StreamReader output = new(process.StandardOutput, leaveOpen: true);
            (await output.ReadLineAsync(Cancellation)).Should().Be("done");
        }

        application.Measurements.Observe();
        foreach ((string instrument, string unit) in new[] { ("libcontainer.container.cpu.time", "s"), ("libcontainer.container.memory.usage", "By") })
        {
            IReadOnlyList<RecordedMeasurement> measured = application.Measurements.Of(instrument);
            measured.Select(one => one.Tags["container.id"]).Should().BeEquivalentTo(["first", "second"]);
            measured.Should().OnlyContain(one => one.Value > 0 && one.Unit == unit);
        }

        await first.KillAsync(Cancellation);
        application.Measurements.Observe();
        application.Measurements.Of("libcontainer.container.memory.usage").Skip(2).Select(one => one.Tags["container.id"]).Should().Equal("second");
    }

    private static void RequiresController(params string[] names)
        => Requires.Host(ContainerCgroup.Hierarchies.Any(hierarchy => names.Any(hierarchy.Controllers.Contains)), $"a cgroup controller {string.Join(" or ", names)}");
}
