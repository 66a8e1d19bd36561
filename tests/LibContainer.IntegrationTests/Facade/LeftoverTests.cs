using System.Diagnostics;
using System.Globalization;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>Programs that are killed with containers in their hands, and what becomes of those.</summary>
public sealed class LeftoverTests : IAsyncDisposable
{
    private readonly TestRuntime _test = new();

    public LeftoverTests() => Requires.Root();

    /// <summary>Ids of all processes that have a text among their arguments.</summary>
    private static int[] Marked(string mark) => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0).Where(id => id > 0 && IsMarked(id, mark))];

    private static bool IsMarked(int id, string mark)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Any(argument => argument.Contains(mark, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }

    private static void AwaitLine(Process host, string line)
    {
        while (host.StandardOutput.ReadLine() is { } read)
            if (read == line)
                return;
        throw new InvalidOperationException($"the host ended: {host.StandardError.ReadToEnd()}");
    }

    /// <summary>One that compiles as it goes: it ends before better code would pay.</summary>
    private Process StartHost(string mark)
    {
        ProcessStartInfo start = new(Repository.TestHost, ["runtime", _test.StateDirectory, _test.CgroupParent, mark]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>At moments of create, start, exec and delete, with children inside that fork twice and begin sessions of their own.</summary>
    [Fact]
    public async Task Wherever_a_host_is_killed_nothing_lives_on_and_one_collection_leaves_nothing()
    {
        const int Kills = 200, AtOnce = 2, MostDeeds = 30; // of three containers at once: what two of them are at is anybody's guess
        await using ContainerRuntime other = _test.Another();
        await using IContainer alive = await other.CreateAsync("alive", TestRuntime.Userland), waiting = await other.CreateAsync("waiting", TestRuntime.Userland);
        await alive.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);
        string[] statesOfAlive = [.. _test.States().Order()], cgroupsOfAlive = [.. _test.Cgroups().Order()];
        Random random = new(8);
        TimeSpan longest = TimeSpan.Zero;
        int collected = 0;
        for (int kill = 0; kill < Kills; kill += AtOnce)
        {
            string mark = $"98765.{Environment.ProcessId}{kill:000}";
            Process[] hosts = [.. Enumerable.Range(0, AtOnce).Select(_ => StartHost(mark))];
            foreach (Process host in hosts)
                AwaitLine(host, "ready");
            foreach (Process host in hosts)
            {
                for (int deed = random.Next(MostDeeds); deed > 0; deed--)
                    host.StandardOutput.ReadLine();
                host.Kill();
                host.WaitForExit();
                host.Dispose();
            }
            long killed = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Marked(mark).Length == 0, TimeSpan.FromSeconds(10)).Should().BeTrue($"of host {kill} there are still {string.Join(' ', Marked(mark))}");
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(killed).Ticks));
            collected += (await _test.Runtime.CollectLeftoversAsync()).ContainerIds.Length;

            _test.States().Order().Should().Equal(statesOfAlive, $"after host {kill}");
            _test.Cgroups().Order().Should().Equal(cgroupsOfAlive, $"after host {kill}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"the longest took {longest.TotalMilliseconds:0} ms; {collected} containers were collected");
        collected.Should().BePositive();
        (alive.Status, waiting.Status).Should().Be((ContainerStatus.Running, ContainerStatus.Created));
        await waiting.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);
    }

    [Fact]
    public async Task A_detached_container_lives_on_until_somebody_deletes_it()
    {
        Command.Result started = Command.Run(Repository.TestHost, "detached", _test.StateDirectory, _test.CgroupParent, "left");
        started.Should().Be(new Command.Result(0, "", ""));
        (await _test.Runtime.CollectLeftoversAsync()).ContainerIds.Should().BeEmpty();

        await using (IContainer opened = await _test.Runtime.OpenAsync("left"))
        {
            opened.Status.Should().Be(ContainerStatus.Running);
            (await opened.GetProcessesAsync()).Should().ContainSingle(process => process.IdInContainer == 1);
            using ContainerProcess more = await opened.ExecAsync(new ProcessConfiguration("sh", "-c", "exit 4"));
            (await more.WaitForExitAsync()).ExitCode.Should().Be(4);
            await FluentActions.Awaiting(() => opened.DeleteAsync()).Should().ThrowAsync<ContainerStatusException>();

            ContainerExitStatus exit = await opened.KillAsync();
            exit.Usage.CpuTime.Should().BePositive("its cgroup is there until it is deleted");
            (await _test.IdsAsync()).Should().Equal("left");
            await opened.DeleteAsync();
        }
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task A_detached_container_outlives_the_object_that_has_started_it()
    {
        ContainerRuntime runtime = _test.Another();
        IContainer container = await runtime.CreateAsync("mine", TestRuntime.Userland);
        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet with { Detached = true });
        await runtime.DisposeAsync();

        await using IContainer opened = await _test.Runtime.OpenAsync("mine");
        opened.Status.Should().Be(ContainerStatus.Running);
        await _test.Runtime.DeleteAsync("mine", force: true);
        _test.Left().Should().BeEmpty();
    }

    /// <summary>Nobody takes its children along: the collector does, by the cgroup.</summary>
    [Fact]
    public async Task Without_process_ids_of_its_own_the_collector_ends_what_is_left()
    {
        string mark = $"87654.{Environment.ProcessId}";
        ContainerConfiguration shared = TestRuntime.Userland with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid };
        ContainerState state;
        ContainerRuntime dead = _test.Another();
        OwnContainer container = (OwnContainer)await dead.CreateAsync("dead", shared);
        await container.StartAsync(new ProcessConfiguration("sh", "-c", $"setsid sleep {mark} & exec sleep {mark}"), TestRuntime.Quiet);
        SpinWait.SpinUntil(() => Marked(mark).Length == 2 && Marked(mark).All(id => File.ReadAllText($"/proc/{id}/comm") == "sleep\n"), TimeSpan.FromSeconds(10)).Should().BeTrue();
        state = _test.Runtime.Store.Read("dead");
        container.LoseOwnership(); // as the kernel does for a program that was killed

        CollectedLeftovers collected = await _test.Runtime.CollectLeftoversAsync();

        collected.ContainerIds.Should().Equal("dead");
        Marked(mark).Should().BeEmpty();
        ContainerCgroup.OfPaths(state.Cgroup).Exists.Should().BeFalse();
        await dead.DisposeAsync();
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task A_cgroup_that_is_another_containers_by_now_is_left_alone()
    {
        ContainerConfiguration named = TestRuntime.Userland with { CgroupPath = $"{_test.CgroupParent}/named" };
        ContainerRuntime dead = _test.Another();
        ((OwnContainer)await dead.CreateAsync("dead", named)).LoseOwnership();
        await using IContainer alive = await _test.Runtime.CreateAsync("alive", named);
        await alive.StartAsync(new ProcessConfiguration("sleep", "1000"), TestRuntime.Quiet);

        (await _test.Runtime.CollectLeftoversAsync()).ContainerIds.Should().Equal("dead");

        alive.Status.Should().Be(ContainerStatus.Running);
        await dead.DisposeAsync();
    }

    [Fact]
    public async Task The_command_removes_what_is_left_and_says_what()
    {
        ContainerRuntime dead = _test.Another();
        ((OwnContainer)await dead.CreateAsync("dead", TestRuntime.Userland)).LoseOwnership();
        await using IContainer alive = await _test.Runtime.CreateAsync("alive", TestRuntime.Userland);

        Command.Result collected = Command.Run(Repository.NsInit, "gc", "--state-directory", _test.StateDirectory);

        (collected.ExitCode, collected.Error).Should().Be((0, ""));
        collected.Output.Split('\n').Should().Contain("container dead").And.NotContain("container alive");
        (await _test.IdsAsync()).Should().Equal("alive");
        await dead.DisposeAsync();
    }

    /// <summary>In the state directory that all of this machine share: others' leftovers go with it.</summary>
    [Fact]
    public async Task The_command_removes_what_a_command_left_that_was_killed()
    {
        await using ContainerRuntime shared = ContainerRuntime.Create();
        string mark = $"98764.{Environment.ProcessId}";
        using Process host = Process.Start(new ProcessStartInfo(Repository.NsInit, ["run", "--memory", "64M", "--", "sh", "-c", $"echo ready; exec sleep {mark}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        AwaitLine(host, "ready");
        ContainerInformation? found = null;
        for (DateTime deadline = DateTime.UtcNow.AddSeconds(10); found is null && DateTime.UtcNow < deadline;) // the program may speak before that it runs is written down
            await foreach (ContainerInformation information in shared.ListAsync())
                if (information.Arguments.Any(argument => argument.Contains(mark)))
                    found = information;
        found!.Status.Should().Be(ContainerStatus.Running);
        ContainerCgroup cgroup = ContainerCgroup.OfPaths(shared.Store.Read(found.Id).Cgroup);
        cgroup.GetProcessIds().Should().Contain(found.ProcessId!.Value);

        host.Kill();
        host.WaitForExit();
        Command.Result collected = Command.Run(Repository.NsInit, "gc");

        (collected.ExitCode, collected.Error).Should().Be((0, ""));
        collected.Output.Split('\n').Should().Contain($"container {found.Id}");
        cgroup.Exists.Should().BeFalse();
        Marked(mark).Should().BeEmpty();
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
