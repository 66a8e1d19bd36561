using System.Text;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>What can be done to a container, from its creation to its end.</summary>
public class ContainerLifeTests : IAsyncDisposable
{
    private readonly TestRuntime _test = new();

    public ContainerLifeTests() => Requires.Root();

    private async Task<IContainer> StartAsync(string id, string script, ContainerConfiguration? configuration = null)
    {
        IContainer container = await _test.Runtime.CreateAsync(id, configuration ?? TestRuntime.Userland);
        await container.StartAsync(new ProcessConfiguration("sh", "-c", script), TestRuntime.Quiet);
        return container;
    }

    /// <summary>A shell that ends with 5 when it is asked, from when this returns: before it has said so it would not hear it, being pid 1.</summary>
    private async Task<IContainer> StartListeningAsync(string id)
    {
        IContainer container = await _test.Runtime.CreateAsync(id, TestRuntime.Userland);
        ContainerProcess process = await container.StartAsync(
            new ProcessConfiguration("sh", "-c", "trap 'exit 5' TERM; echo ready; while true; do sleep 0.01; done"), TestRuntime.Quiet with { StandardOutput = StandardStream.Pipe });
        (await new StreamReader(process.StandardOutput).ReadLineAsync()).Should().Be("ready");
        return container;
    }

    [Fact]
    public async Task From_its_creation_to_its_deletion()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("one", TestRuntime.Userland);
        (container.Id, container.Status, container.ProcessId).Should().Be(("one", ContainerStatus.Created, null));

        using ContainerProcess process = await container.StartAsync(new ProcessConfiguration("sh", "-c", "read line; echo \"got $line\"; exit 3"), ContainerStartOptions.Pipes);
        (container.Status, container.ProcessId).Should().Be((ContainerStatus.Running, process.Id));
        await process.StandardInput.WriteAsync("hello\n"u8.ToArray());
        (await new StreamReader(process.StandardOutput).ReadToEndAsync()).Should().Be("got hello\n");

        ContainerExitStatus exit = await container.WaitForExitAsync();
        (exit.Reason, exit.ExitCode, exit.Signal, exit.IsSuccess).Should().Be((ContainerExitReason.Exited, 3, null, false));
        (container.Status, container.ExitStatus).Should().Be((ContainerStatus.Stopped, exit));

        await container.DeleteAsync();
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task A_list_shows_what_each_is_doing()
    {
        await using IContainer created = await _test.Runtime.CreateAsync("a", TestRuntime.Userland), running = await StartAsync("b", "exec sleep 1000"), paused = await StartAsync("c", "exec sleep 1000"), stopped = await StartAsync("d", "exit 4");
        await paused.PauseAsync();
        await stopped.WaitForExitAsync();

        List<ContainerInformation> all = [];
        await foreach (ContainerInformation found in _test.Runtime.ListAsync())
            all.Add(found);

        all.Select(found => (found.Id, found.Status)).Should().Equal(("a", ContainerStatus.Created), ("b", ContainerStatus.Running), ("c", ContainerStatus.Paused), ("d", ContainerStatus.Stopped));
        all[1].ProcessId.Should().Be(running.ProcessId);
        all[1].Arguments.Should().Equal("sh", "-c", "exec sleep 1000");
        all[3].ExitStatus!.ExitCode.Should().Be(4);
    }

    [Fact]
    public async Task Another_program_opens_enters_stops_and_deletes_it()
    {
        await using IContainer container = await StartListeningAsync("shared");
        await using ContainerRuntime other = _test.Another();
        await using IContainer opened = await other.OpenAsync("shared");
        opened.Status.Should().Be(ContainerStatus.Running);
        opened.ProcessId.Should().Be(container.ProcessId);
        opened.Configuration.Hostname.Should().Be(TestRuntime.Userland.Hostname);

        using (ContainerProcess more = await opened.ExecAsync(new ProcessConfiguration("sh", "-c", "exit 6")))
            (await more.WaitForExitAsync()).ExitCode.Should().Be(6);
        ContainerExitStatus exit = await opened.StopAsync();

        (exit.Reason, exit.ExitCode).Should().Be((ContainerExitReason.Exited, 5));
        exit.Usage.CpuTime.Should().BePositive("who has started it writes down what it had used");
        (await container.WaitForExitAsync()).Should().Be(exit);
        await other.DeleteAsync("shared");
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_does_not_end_when_it_is_asked_is_killed()
    {
        await using IContainer container = await StartAsync("deaf", "trap '' TERM; sleep 1000 & wait");

        ContainerExitStatus exit = await container.StopAsync(TimeSpan.FromMilliseconds(50));

        (exit.Reason, exit.Signal).Should().Be((ContainerExitReason.Signaled, Signal.SIGKILL));
    }

    [Fact]
    public async Task One_that_is_paused_can_be_stopped_and_killed()
    {
        await using IContainer asked = await StartListeningAsync("asked"), killed = await StartAsync("killed", "exec sleep 1000");
        await asked.PauseAsync();
        await killed.PauseAsync();

        (await asked.StopAsync()).ExitCode.Should().Be(5);
        (await killed.KillAsync()).Signal.Should().Be(Signal.SIGKILL);
    }

    [Fact]
    public async Task It_stands_still_while_it_is_paused()
    {
        await using IContainer container = await StartAsync("still", "while true; do :; done");
        await container.PauseAsync();
        container.Status.Should().Be(ContainerStatus.Paused);
        TimeSpan? used = (await container.GetStatsAsync(CgroupStatistics.Cpu)).Resources.Cpu!.Usage;
        await _test.Runtime.RunAsync(TestRuntime.Userland, new ProcessConfiguration("sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")); // meanwhile another one works
        (await container.GetStatsAsync(CgroupStatistics.Cpu)).Resources.Cpu!.Usage.Should().Be(used);

        await container.ResumeAsync();

        container.Status.Should().Be(ContainerStatus.Running);
        SpinWait.SpinUntil(() => container.GetStatsAsync(CgroupStatistics.Cpu).Result.Resources.Cpu!.Usage > used, TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    [Fact]
    public async Task Its_limits_can_be_changed_and_its_statistics_say_so()
    {
        await using IContainer container = await StartAsync("limited", "exec sleep 1000", TestRuntime.Userland with { Resources = new() { Memory = new() { LimitBytes = 64 << 20 }, PidsLimit = 10 } });

        await container.UpdateAsync(new ResourceConfiguration { Memory = new() { LimitBytes = 32 << 20 }, PidsLimit = 20 });

        CgroupStats stats = (await container.GetStatsAsync()).Resources;
        (stats.Memory!.LimitBytes, stats.Pids!.Limit, stats.Pids.Current).Should().Be((32UL << 20, 20UL, 1UL));
    }

    [Fact]
    public async Task Its_processes_are_told_as_the_host_and_as_it_sees_them()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("several", TestRuntime.Userland);
        using ContainerProcess process = await container.StartAsync(new ProcessConfiguration("sh", "-c", "sleep 1000 & echo; wait"), ContainerStartOptions.Pipes);
        process.StandardOutput.ReadByte();
        SpinWait.SpinUntil(() => container.GetProcessesAsync().Result.Any(found => found.Name == "sleep"), TimeSpan.FromSeconds(10)).Should().BeTrue();

        IReadOnlyList<ContainerProcessInformation> processes = await container.GetProcessesAsync();

        processes.Select(found => (found.IdInContainer, found.Name)).Should().BeEquivalentTo([(1, "sh"), (2, "sleep")]);
        processes.Single(found => found.IdInContainer == 1).Id.Should().Be(process.Id);
        processes.Single(found => found.Name == "sleep").Arguments.Should().Equal("sleep", "1000");
    }

    [Fact]
    public async Task It_tells_what_happens_to_it()
    {
        IContainer container = await _test.Runtime.CreateAsync("told", TestRuntime.Userland with { Resources = new() { Memory = new() { LimitBytes = 16 << 20, MemoryAndSwapBytes = 16 << 20 } } });
        IAsyncEnumerable<ContainerEvent> events = container.WatchAsync();
        await container.StartAsync(new ProcessConfiguration("sh", "-c", "head -c 64m /dev/zero | tail -c 64m > /dev/null; exec sleep 1000"), TestRuntime.Quiet);
        SpinWait.SpinUntil(() => container.GetStatsAsync(CgroupStatistics.Memory).Result.Resources.Memory!.Events!.OutOfMemoryKills > 0, TimeSpan.FromSeconds(20)).Should().BeTrue();
        await container.PauseAsync();
        await container.ResumeAsync();
        await container.DisposeAsync();

        List<ContainerEvent> told = [];
        await foreach (ContainerEvent happened in events)
            told.Add(happened);

        told.Select(happened => happened.Kind).Should().Contain([ContainerEventKind.OutOfMemoryKill, ContainerEventKind.Paused, ContainerEventKind.Resumed]);
        told[0].Kind.Should().Be(ContainerEventKind.Started);
        told[^1].Kind.Should().Be(ContainerEventKind.Exited);
        told[^1].ExitStatus!.Usage.OutOfMemoryKills.Should().Be(1);
    }

    [Fact]
    public async Task A_runtime_that_is_disposed_takes_its_containers_along()
    {
        ContainerRuntime runtime = _test.Another();
        IContainer running = await runtime.CreateAsync("r", TestRuntime.Userland), created = await runtime.CreateAsync("c", TestRuntime.Userland);
        await running.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);

        await runtime.DisposeAsync();

        _test.Left().Should().BeEmpty();
        created.Status.Should().Be(ContainerStatus.Created);
    }

    [Fact]
    public async Task What_it_does_is_explained_before()
    {
        string plan = _test.Runtime.Explain(TestRuntime.Userland, new ProcessConfiguration("echo", "hello")).ToString();

        plan.Should().Contain("clone3").And.Contain("pivot_root").And.Contain("execve echo");
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task Without_process_ids_of_its_own_its_children_end_with_it_too()
    {
        ContainerConfiguration shared = TestRuntime.Userland with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid };
        ContainerRunResult run = await _test.Runtime.RunAsync(shared, new ProcessConfiguration("sh", "-c", "setsid sleep 1000 > /dev/null 2>&1 & echo $!"));

        int child = int.Parse(run.StandardOutput, System.Globalization.CultureInfo.InvariantCulture);
        // Where process 1 reaps nobody, what has ended is a zombie of its.
        (ProcessStartTime.Read(child) is { } start && ProcessStartTime.IsRunning(child, start)).Should().BeFalse();
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task A_terminal_is_a_stream_of_the_process()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("terminal", TestRuntime.Userland);
        await using ContainerProcess process = await container.StartAsync(new ProcessConfiguration("sh", "-c", "tty; stty size") { Terminal = new TerminalConfiguration { Rows = 12, Columns = 34 } }, ContainerStartOptions.Terminal);

        string shown = await new StreamReader(process.Terminal!, Encoding.UTF8).ReadToEndAsync();

        shown.Should().Be("/dev/pts/0\r\n12 34\r\n");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _test.DisposeAsync();
    }
}
