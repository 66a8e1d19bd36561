using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A container that another program than the launcher sets up, from inside.</summary>
public sealed class OwnInitTests : IDisposable
{
    private readonly ProbeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_host_can_be_its_own_init()
    {
        Requires.Root();

        Command.Run(Repository.OwnInit).Should().Be(new Command.Result(0, "hello from own, pid 1\n", ""));
        Command.Run(Repository.OwnInit, "/bin/sh", "-c", "exit 7").ExitCode.Should().Be(7);
        Command.Run("dotnet", Repository.OwnInit + ".dll").Output.Should().Be("hello from own, pid 1\n");
    }

    [Fact]
    public void It_is_held_to_all_that_the_launcher_is_held_to()
    {
        Requires.Root();

        (int passed, string failures) = ContainerTests.RunWith(Repository.OwnInit);

        failures.Should().BeEmpty();
        passed.Should().BeGreaterThan(90);
    }

    /// <summary>The wire is lines of text: a shell can be an init.</summary>
    [Fact]
    public void Any_program_can_be_the_init()
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        string script = $"""
            read -r configuration <&3
            read -r word <&3
            echo "$configuration" > {folder["configuration"]}
            echo "$word $console $data_path $pipe" > {folder["words"]}
            echo exec >&3
            exec /bin/sh -c 'echo from inside; exit 7' 3>&-
            """;

        using MemoryStream output = new();
        ExitStatus status = Namespaces.Exec(_root.Container, new ProcessConfiguration("/any"), new ExecOptions
        {
            CreateCommand = _ => new InitCommand("/bin/sh", ["sh", "-c", script]),
            StandardOutput = StandardStream.FromStream(output),
        });

        status.ExitCode.Should().Be(7);
        System.Text.Encoding.UTF8.GetString(output.ToArray()).Should().Be("from inside\n");
        File.ReadAllText(folder["words"]).Should().Be("go   3\n");
        (ContainerConfiguration container, ProcessConfiguration process) = ConfigurationJson.Read(File.ReadAllBytes(folder["configuration"]));
        process.Arguments.Should().Equal("/any");
        container.Hostname.Should().Be("probe");
    }

    [Theory]
    [InlineData("exit 3", "the init /bin/sh ended before it ran the program (exit code 3)")]
    [InlineData("kill -9 $$; exit 4", "the init /bin/sh ended before it ran the program (exit code 4)")] // the first process of a PID namespace cannot be killed from inside
    [InlineData("echo exec >&3; echo '{\"step\":\"execve /any\",\"errno\":2}' >&3; exit 1", "execve /any: ENOENT (No such file or directory)")]
    [InlineData("echo '{\"step\":\"dance\",\"errno\":1}' >&3; exit 1", "dance: EPERM (Operation not permitted)")]
    [InlineData("echo '{\"message\":\"no reason\"}' >&3; exit 1", "no reason")]
    [InlineData("echo nonsense >&3; exit 1", "the init said what is no error of one: nonsense")]
    [InlineData("exec 3>&-; exit 5", "the init /bin/sh ended before it ran the program (exit code 5)")]
    public void An_init_that_fails_is_one_sentence_and_nothing_is_left(string script, string sentence)
    {
        Requires.Root();
        Exec("true; " + script, out _);
        Footprint before = Footprint.Take();

        LaunchException error = Exec(script, out bool started)!;

        error.Message.Should().Be(sentence);
        (error.Step is Launch.Steps.ExecuteStep).Should().Be(sentence.StartsWith("execve", StringComparison.Ordinal));
        started.Should().BeFalse();
        Footprint.Take().Should().Be(before);
    }

    private LaunchException? Exec(string script, out bool started)
    {
        bool wasStarted = false;
        try
        {
            Namespaces.Exec(_root.Container, new ProcessConfiguration("/any"), new ExecOptions
            {
                CreateCommand = _ => new InitCommand("/bin/sh", ["sh", "-c", script]),
                Started = _ => wasStarted = true,
            });
            return null;
        }
        catch (LaunchException error)
        {
            return error;
        }
        finally
        {
            started = wasStarted;
        }
    }

    [Fact]
    public void Findings_of_an_init_are_findings()
    {
        Requires.Root();

        FluentActions.Invoking(() => Namespaces.Exec(_root.Container, new ProcessConfiguration("/any"), new ExecOptions
        {
            CreateCommand = _ => new InitCommand("/bin/sh", ["sh", "-c", "echo '{\"findings\":[{\"path\":\"a\",\"message\":\"b\"},{\"path\":\"c\",\"message\":\"d\"}]}' >&3"]),
        })).Should().Throw<ConfigurationException>().WithMessage("a: b; c: d");
    }

    [Theory]
    [InlineData("/nowhere/init", "init.path: '/nowhere/init' is no file on this host")]
    [InlineData("init", "init.path: 'init' is not an absolute path")]
    [InlineData("/usr", "init.path: '/usr' is no file on this host")]
    public void A_create_command_that_is_not_there_is_told_before_anything_is_made(string path, string sentence)
    {
        Requires.Root();

        FluentActions.Invoking(() => Namespaces.Exec(_root.Container, new ProcessConfiguration("/any"), new ExecOptions { CreateCommand = _ => new InitCommand(path, ["init"]) }))
            .Should().Throw<ConfigurationException>().WithMessage(sentence);
    }

    [Fact]
    public void A_create_command_that_cannot_be_run_is_told_by_the_step()
    {
        Requires.Root();

        FluentActions.Invoking(() => Namespaces.Exec(_root.Container, new ProcessConfiguration("/any"), new ExecOptions { CreateCommand = _ => new InitCommand("/etc/passwd", ["init"]) }))
            .Should().Throw<LaunchException>().WithMessage("execve /etc/passwd: EACCES (Permission denied)");
    }

    /// <summary>End of file in the place of go.</summary>
    [Fact]
    public void A_host_that_dies_between_clone_and_go_takes_its_init_along()
    {
        Requires.Root();
        (SafeHandle ours, SafeHandle theirs) = SocketPair.Create();
        using (theirs)
        {
            using (ours)
                Descriptor.Write(ours, ConfigurationJson.WriteLine(_root.Container with { Namespaces = NamespaceKinds.Default }, new ProcessConfiguration("/probe")));
            LaunchPlan.Builder plan = new((ulong)NamespaceKinds.Default);
            plan.Add(new Launch.Steps.ExecuteStep([Repository.OwnInit], [Repository.OwnInit, "init"], ["pipe=3"]));
            using LaunchedProcess init = Launcher.Shared.Start(plan.Build(), new LaunchOptions { MoreDescriptors = [theirs] });

            init.WaitForExit().ExitCode.Should().Be(1);
        }
    }

    [Theory]
    [InlineData("", "nsinit: pipe: init was called outside an Exec: there is no variable of this name\n")]
    [InlineData("pipe=", "nsinit: pipe: init was called outside an Exec: there is no variable of this name\n")]
    [InlineData("pipe=three", "nsinit: pipe: 'three' is not the number of a descriptor behind the streams\n")]
    [InlineData("pipe=0", "nsinit: pipe: '0' is not the number of a descriptor behind the streams\n")]
    [InlineData("pipe=999", "nsinit: pipe: descriptor 999 is not open, or is no socket of an Exec\n")]
    [InlineData("pipe=7", "nsinit: pipe: descriptor 7 is not open, or is no socket of an Exec\n")]
    public void Init_outside_an_exec_is_one_sentence(string variable, string sentence)
        => Command.Run("/bin/sh", "-c", $"exec 7</dev/null; {variable} exec {Repository.NsInit} init").Should().Be(new Command.Result(1, "", sentence));

    [Fact]
    public async Task A_cancelled_start_ends_the_init()
    {
        Requires.Root();
        using CancellationTokenSource cancelled = new();
        using TemporaryDirectory folder = new();
        ExecOptions options = new() { CreateCommand = _ => new InitCommand("/bin/sh", ["sh", "-c", $"echo > {folder["up"]}; exec sleep 1000"]) };
        Footprint before = Footprint.Take();

        Task run = Task.Run(() => Namespaces.Exec(_root.Container, new ProcessConfiguration("/any"), options, cancelled.Token));
        SpinWait.SpinUntil(() => File.Exists(folder["up"]), TimeSpan.FromSeconds(30)).Should().BeTrue();
        cancelled.Cancel();

        await FluentActions.Awaiting(() => run).Should().ThrowAsync<OperationCanceledException>();
        Footprint.Take().Should().Be(before);
    }
}
