using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>What is wrong is told with a code and a sentence, and nothing is half made.</summary>
public sealed class BadInputTests : IAsyncDisposable
{
    private static readonly ProcessConfiguration Sleep = new("sleep", "1000");

    private readonly TestRuntime _test = new();

    public BadInputTests() => Requires.Root();

    private async Task<T> ShouldFailAsync<T>(Func<Task> act, ContainerErrorCode code, string sentence)
        where T : Exception, IContainerError
    {
        T error = (await act.Should().ThrowAsync<T>()).Which;
        error.Code.Should().Be(code);
        error.Message.Should().Match($"LC{(int)code:0000}: {sentence}");
        return error;
    }

    [Theory]
    [InlineData("", "the id '' is empty")]
    [InlineData("a/b", "the id 'a/b' has '/' at 1: letters, digits, '_', '-' and '.' of ASCII are allowed")]
    [InlineData("..", "the id '..' does not begin with a letter or digit")]
    [InlineData("ä", "the id 'ä' has 'ä' at 0: *")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", "*has 130 characters, and 128 are the most")]
    public async Task An_id_that_is_none(string id, string sentence)
    {
        await ShouldFailAsync<ContainerException>(() => _test.Runtime.CreateAsync(id, TestRuntime.Userland), ContainerErrorCode.InvalidId, sentence);
        await ShouldFailAsync<ContainerException>(() => _test.Runtime.OpenAsync(id), ContainerErrorCode.InvalidId, sentence);
        await ShouldFailAsync<ContainerException>(() => _test.Runtime.DeleteAsync(id), ContainerErrorCode.InvalidId, sentence);
        _test.Left().Should().BeEmpty();
    }

    [Theory]
    [InlineData(CgroupBackend.Systemd, null, "*cgroupPath*systemd cannot make a cgroup: *")]
    [InlineData(CgroupBackend.Auto, "machine.slice", "*cgroupPath*'machine.slice:libcontainer:x-*' is slice:prefix:name, which is for systemd to make: *")]
    public async Task Cgroups_of_a_systemd_that_is_not_there(CgroupBackend backend, string? parent, string sentence)
    {
        await using ContainerRuntime runtime = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = _test.StateDirectory, CgroupBackend = backend, CgroupParent = parent });

        await ShouldFailAsync<ContainerConfigurationException>(() => runtime.CreateAsync("x", TestRuntime.Userland), ContainerErrorCode.InvalidConfiguration, sentence);

        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task An_id_that_nobody_has()
    {
        await ShouldFailAsync<ContainerNotFoundException>(() => _test.Runtime.OpenAsync("nobody"), ContainerErrorCode.NotFound, "there is no container 'nobody' in *");
        await ShouldFailAsync<ContainerNotFoundException>(() => _test.Runtime.DeleteAsync("nobody", force: true), ContainerErrorCode.NotFound, "there is no container 'nobody' in *");
    }

    [Fact]
    public async Task A_verb_at_the_wrong_time()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        foreach (Func<Task> early in new Func<Task>[]
        {
            () => container.ExecAsync(Sleep), () => container.PauseAsync(), () => container.ResumeAsync(), () => container.StopAsync(), () => container.KillAsync(), () => container.WaitForExitAsync(),
            () => container.GetStatsAsync(), () => container.GetProcessesAsync(), () => container.UpdateAsync(new()), () => Task.FromResult(container.TrySendSignal(Signal.SIGTERM)),
        })
            (await ShouldFailAsync<ContainerStatusException>(early, ContainerErrorCode.WrongStatus, "container 'x' is created: *")).Status.Should().Be(ContainerStatus.Created);

        await container.StartAsync(Sleep, TestRuntime.Quiet);
        foreach (Func<Task> late in new Func<Task>[] { () => container.StartAsync(Sleep), () => container.ResumeAsync(), () => container.DeleteAsync(), () => _test.Runtime.DeleteAsync("x") })
            await ShouldFailAsync<ContainerStatusException>(late, ContainerErrorCode.WrongStatus, "container 'x' is running: *");

        await container.PauseAsync();
        foreach (Func<Task> paused in new Func<Task>[] { () => container.PauseAsync(), () => container.ExecAsync(Sleep), () => container.DeleteAsync() })
            await ShouldFailAsync<ContainerStatusException>(paused, ContainerErrorCode.WrongStatus, "container 'x' is paused: *");
        await container.ResumeAsync();
        container.Status.Should().Be(ContainerStatus.Running, "nothing of that has touched it");

        await container.KillAsync();
        foreach (Func<Task> ended in new Func<Task>[] { () => container.StartAsync(Sleep), () => container.ExecAsync(Sleep), () => container.PauseAsync(), () => container.GetStatsAsync() })
            await ShouldFailAsync<ContainerStatusException>(ended, ContainerErrorCode.WrongStatus, "container 'x' is stopped: *");
        container.TrySendSignal(Signal.SIGTERM).Should().BeFalse();
    }

    [Fact]
    public async Task An_opened_container_is_not_started()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland), opened = await _test.Runtime.OpenAsync("x");

        await ShouldFailAsync<ContainerStatusException>(() => opened.StartAsync(Sleep), ContainerErrorCode.WrongStatus, "container 'x' is created: only the object that has created it can start it");
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_configuration_at_once()
    {
        ContainerConfiguration bad = TestRuntime.Userland with { Hostname = "a b", Resources = new() { PidsLimit = -2, Memory = new() { LimitBytes = -5 } } };

        ContainerConfigurationException error = await ShouldFailAsync<ContainerConfigurationException>(() => _test.Runtime.CreateAsync("x", bad), ContainerErrorCode.InvalidConfiguration, "*");

        error.Findings.Select(finding => finding.Path).Should().BeEquivalentTo("hostname", "resources.pidsLimit", "resources.memory.limitBytes");
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_program_at_once_and_the_container_can_be_started_then()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);

        ContainerConfigurationException error = await ShouldFailAsync<ContainerConfigurationException>(
            () => container.StartAsync(new ProcessConfiguration("") { WorkingDirectory = "here" }), ContainerErrorCode.InvalidConfiguration, "*");

        error.Findings.Select(finding => finding.Path).Should().BeEquivalentTo("process.arguments", "process.workingDirectory");
        container.Status.Should().Be(ContainerStatus.Created);
        await container.StartAsync(Sleep, TestRuntime.Quiet);
    }

    [Theory]
    [InlineData("nosuch", ContainerErrorCode.ProgramNotFound, Errno.ENOENT)]
    [InlineData("/usr", ContainerErrorCode.ProgramNotExecutable, Errno.EACCES)]
    public async Task A_program_that_is_not_there_or_is_none(string program, ContainerErrorCode code, Errno errno)
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);

        ContainerStartException error = await ShouldFailAsync<ContainerStartException>(() => container.StartAsync(new ProcessConfiguration(program)), code, $"container 'x' cannot be started: execve *{errno}*");

        (error.Error, error.Object, error.ContainerId).Should().Be((errno, program, "x"));
        error.FailedStep.Should().BeOfType<ExecuteStep>();
        error.Hint.Should().NotBeEmpty();
        container.Status.Should().Be(ContainerStatus.Stopped);
        (container.ExitStatus!.Reason, container.ExitStatus.FailedStep).Should().Be((ContainerExitReason.StartFailed, error.Step));
        _test.Cgroups().Should().BeEmpty();
        await using IContainer opened = await _test.Runtime.OpenAsync("x");
        opened.ExitStatus!.Reason.Should().Be(ContainerExitReason.StartFailed);
        await container.DisposeAsync();
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task A_program_more_that_is_not_there_leaves_the_container_unharmed()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        await container.StartAsync(Sleep, TestRuntime.Quiet);

        await ShouldFailAsync<ContainerStartException>(() => container.ExecAsync(new ProcessConfiguration("nosuch")), ContainerErrorCode.ProgramNotFound, "*");

        container.Status.Should().Be(ContainerStatus.Running);
    }

    [Fact]
    public async Task What_was_disposed()
    {
        IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        await container.DisposeAsync();
        await container.DisposeAsync();
        ContainerRuntime runtime = _test.Another();
        await runtime.DisposeAsync();
        await runtime.DisposeAsync();

        await ShouldFailAsync<ContainerDisposedException>(() => container.StartAsync(Sleep), ContainerErrorCode.Disposed, "container 'x' was disposed*");
        await ShouldFailAsync<ContainerDisposedException>(() => container.PauseAsync(), ContainerErrorCode.Disposed, "*");
        await ShouldFailAsync<ContainerDisposedException>(() => runtime.CreateAsync("y", TestRuntime.Userland), ContainerErrorCode.Disposed, "the runtime of containers was disposed*");
        await ShouldFailAsync<ContainerDisposedException>(() => runtime.CollectLeftoversAsync(), ContainerErrorCode.Disposed, "*");
        _test.Left().Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_that_is_cancelled()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        CancellationToken cancelled = source.Token;
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);

        ContainerCanceledException error = await ShouldFailAsync<ContainerCanceledException>(() => container.StartAsync(Sleep, cancellationToken: cancelled), ContainerErrorCode.Canceled, "the start of container 'x' was cancelled");
        error.CancellationToken.Should().Be(cancelled);
        await ShouldFailAsync<ContainerCanceledException>(() => _test.Runtime.CreateAsync("y", TestRuntime.Userland, cancelled), ContainerErrorCode.Canceled, "*");
        await ShouldFailAsync<ContainerCanceledException>(() => _test.Runtime.RunAsync(TestRuntime.Userland, Sleep, cancellationToken: cancelled), ContainerErrorCode.Canceled, "*");
        await ShouldFailAsync<ContainerCanceledException>(() => _test.Runtime.OpenAsync("x", cancelled), ContainerErrorCode.Canceled, "*");
        await ShouldFailAsync<ContainerCanceledException>(() => _test.Runtime.DeleteAsync("x", cancellationToken: cancelled), ContainerErrorCode.Canceled, "*");
        await ShouldFailAsync<ContainerCanceledException>(() => _test.Runtime.CollectLeftoversAsync(cancelled), ContainerErrorCode.Canceled, "*");
        (await _test.IdsAsync()).Should().Equal("x");

        await container.StartAsync(Sleep, TestRuntime.Quiet, CancellationToken.None);
        await ShouldFailAsync<ContainerCanceledException>(() => container.WaitForExitAsync(cancelled), ContainerErrorCode.Canceled, "the wait for the end of container 'x' was cancelled");
        container.Status.Should().Be(ContainerStatus.Running, "the wait was cancelled, and not the container");
    }

    [Theory]
    [InlineData("state.json", "", ContainerErrorCode.StateUnreadable)]
    [InlineData("state.json", "garbage", ContainerErrorCode.StateUnreadable)]
    [InlineData("state.json", "{\"version\":1,\"id\":\"y\"}", ContainerErrorCode.StateUnreadable)]
    [InlineData("state.json", "{\"version\":2,\"news\":true}", ContainerErrorCode.StateTooNew)]
    [InlineData("configuration.json", "{}", ContainerErrorCode.StateUnreadable)]
    public async Task A_state_that_is_garbage_or_from_the_future_is_not_touched(string file, string content, ContainerErrorCode code)
    {
        string folder = Path.Combine(_test.StateDirectory, "containers", "x");
        await using (IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland))
        {
            string copy = $"{folder}-copy";
            Directory.CreateDirectory(copy);
            foreach (string one in new[] { StateStore.StateFile, StateStore.ConfigurationFile })
                File.Copy(Path.Combine(folder, one), Path.Combine(copy, one));
            await File.WriteAllTextAsync(Path.Combine(copy, StateStore.OwnerFile), "");
        }
        Directory.Move($"{folder}-copy", folder);
        await File.WriteAllTextAsync(Path.Combine(folder, file), content);

        (await ShouldFailAsync<ContainerException>(() => _test.Runtime.OpenAsync("x"), code, $"{Path.Combine(folder, file)} is *")).Hint.Should().NotBeEmpty();
        await _test.Runtime.CollectLeftoversAsync();

        if (file == "state.json")
        {
            await ShouldFailAsync<ContainerException>(() => _test.Runtime.DeleteAsync("x", force: true), code, "*");
            await foreach (ContainerInformation found in _test.Runtime.ListAsync())
            {
                (found.Id, found.Status).Should().Be(("x", ContainerStatus.Unknown));
                found.Problem.Should().StartWith($"LC{(int)code:0000}: ");
            }
            (await File.ReadAllTextAsync(Path.Combine(folder, file))).Should().Be(content);
        }
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_one()
    {
        using TemporaryDirectory folder = new();
        await File.WriteAllTextAsync(folder["file"], "");
        await using ContainerRuntime onFile = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = folder["file"] }), inProc = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = "/proc/states" });

        await ShouldFailAsync<ContainerException>(() => onFile.CreateAsync("x", TestRuntime.Userland), ContainerErrorCode.StateUnavailable, $"states of containers cannot be kept in {folder["file"]}/containers: *");
        await ShouldFailAsync<ContainerException>(() => inProc.CreateAsync("x", TestRuntime.Userland), ContainerErrorCode.StateUnavailable, "*");
        (await ShouldFailAsync<ContainerException>(() => inProc.RunAsync(TestRuntime.Userland, Sleep), ContainerErrorCode.StateUnavailable, "*")).Hint.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_state_directory_that_is_gone_undoes_the_start()
    {
        IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        Directory.Delete(_test.StateDirectory, recursive: true);

        await ShouldFailAsync<ContainerNotFoundException>(() => container.StartAsync(Sleep), ContainerErrorCode.NotFound, "*");

        _test.Left().Should().BeEmpty();
        await container.DisposeAsync();
    }

    [Fact]
    public async Task A_limit_that_the_kernel_refuses()
    {
        await using IContainer container = await _test.Runtime.CreateAsync("x", TestRuntime.Userland);
        await container.StartAsync(Sleep, TestRuntime.Quiet);

        await ShouldFailAsync<ContainerConfigurationException>(() => container.UpdateAsync(new ResourceConfiguration { Cpu = new() { Cpus = "4000" } }), ContainerErrorCode.InvalidConfiguration, "resources.cpu.cpus: *");
        container.Status.Should().Be(ContainerStatus.Running);
    }

    [Fact]
    public async Task A_time_limit_that_is_none()
        => (await ShouldFailAsync<ContainerConfigurationException>(() => _test.Runtime.RunAsync(TestRuntime.Userland, Sleep, new() { TimeLimit = TimeSpan.Zero, OutputLimitBytes = -1 }), ContainerErrorCode.InvalidConfiguration, "*"))
            .Findings.Select(finding => finding.Path).Should().BeEquivalentTo("timeLimit", "outputLimitBytes");

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
