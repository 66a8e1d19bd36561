using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Containers whose first process is the library's own init.</summary>
public sealed class InitProcessTests
{
    private static readonly ContainerConfiguration Container = Sandbox.Default with { InitProcess = true };

    public InitProcessTests() => Requires.Root();

    [Fact]
    public void The_program_is_its_child()
        => Sandbox.Script("echo $$ $PPID; cat /proc/1/comm", Container).Lines.Should().Equal("2 1", "init");

    /// <summary>A program whose parent has ended is left to the first process, here sleep, which reaps nobody.</summary>
    /// <remarks>For a moment each child that has ended is a zombie, of a parent that does reap: what is waited for stays.</remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_nobody_else_reaps_it_does(bool hasInit)
        => Sandbox.Exec(Sandbox.Default with { InitProcess = hasInit }, new ProcessConfiguration("/bin/sh", "-c", "(sleep 0.2 &); exec sleep 1000"), new ExecOptions
        {
            Started = launched =>
            {
                using RunningContainer container = RunningContainer.Of(launched);
                string[] programs = [];
                bool IsAsExpected() => (programs = container.Script("ps -eo stat=,args=").Lines).Any(program => program.EndsWith(" sleep 1000", StringComparison.Ordinal))
                    && !programs.Any(program => program.Contains("sleep 0.2", StringComparison.Ordinal))
                    && programs.Any(program => program.StartsWith('Z')) == !hasInit;

                SpinWait.SpinUntil(IsAsExpected, TimeSpan.FromSeconds(30)).Should().BeTrue(string.Join('\n', programs));
                launched.Kill();
            },
        });

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public void It_ends_as_the_program_does(string script, int code) => Sandbox.Script(script, Container).Status.ExitCode.Should().Be(code);

    [Theory]
    [InlineData(Signal.SIGTERM, "echo ready; exec sleep 1000", 143)]
    [InlineData(Signal.SIGINT, "echo ready; exec sleep 1000", 130)]
    [InlineData(Signal.SIGUSR1, "trap 'exit 5' USR1; echo ready; while true; do sleep 0.1; done", 5)]
    public void Signals_reach_the_program_whether_it_has_a_handler_or_not(Signal signal, string script, int code)
    {
        (Microsoft.Win32.SafeHandles.SafeFileHandle read, Microsoft.Win32.SafeHandles.SafeFileHandle write) = Pipe.Create();
        using (read)
        using (write)
            Namespaces.Exec(Container, new ProcessConfiguration("/bin/sh", "-c", script), new ExecOptions
            {
                StandardOutput = StandardStream.FromHandle(write),
                Started = launched =>
                {
                    Descriptor.Read(read, new byte[16]).Should().BePositive();
                    launched.TrySendSignal(signal).Should().BeTrue();
                },
            }).ExitCode.Should().Be(code);
    }

    [Fact]
    public void It_holds_nothing_open_and_has_no_right_that_the_program_has_not() => Sandbox.Exec(Container, new ProcessConfiguration("/bin/sh", "-c", "echo ready; read end"), new ExecOptions
    {
        StandardInput = StandardStream.Null,
        StandardOutput = StandardStream.Null,
        Started = launched =>
        {
            SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{launched.Id}/comm") == "init\n", TimeSpan.FromSeconds(30)).Should().BeTrue();
            SpinWait.SpinUntil(() => !File.ReadAllText($"/proc/{launched.Id}/maps").Contains("libcontainer-steps", StringComparison.Ordinal) && Directory.GetFileSystemEntries($"/proc/{launched.Id}/fd").Length == 0, TimeSpan.FromSeconds(30)).Should().BeTrue();
            File.ReadLines($"/proc/{launched.Id}/status").Should().Contain(["CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"]);
        },
    });

    [Fact]
    public void A_program_that_cannot_be_run_is_told()
        => FluentActions.Invoking(() => Sandbox.Run(Container, new ProcessConfiguration("/nosuch"))).Should().Throw<LaunchException>().Which.Step.Should().BeOfType<ExecuteStep>();

    [Fact]
    public void At_a_terminal_the_program_is_in_the_foreground()
    {
        Requires.Program("script");
        using ScriptSession session = new($"{Repository.NsInit} run --tty --init -- sh -c 'ps -o pid=,pgid=,tpgid= -p $$; exec cat'; echo code $?");
        session.Expect(" 2       2       2");
        session.Type("line\n");
        session.Expect("line\nline\n"); // the terminal's echo, and cat's: dash passes over a Ctrl-C that comes while ps ends
        session.Type("\u0003");

        session.WaitForExit().Should().Be(0);
        session.Shown.Should().EndWith("code 130\n");
    }

    [Fact]
    public void It_can_be_entered() => EnteredContainer.Run(container => container.Script("tr '\\0' ' ' < /proc/2/cmdline").Output.Should().StartWith("/bin/sh -c echo ready"), Container);

    [Fact]
    public void Where_there_is_none_that_is_said_before_anything_is_made()
    {
        FluentActions.Invoking(() => Namespaces.Plan(Container with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid }, new ProcessConfiguration("/bin/true"))).Should().Throw<ConfigurationException>()
            .WithMessage("initProcess: an init needs a PID namespace of the container's own*");
        FluentActions.Invoking(() => Namespaces.Exec(Container, new ProcessConfiguration("/bin/true"), new ExecOptions { CreateCommand = _ => InitCommand.Self() })).Should().Throw<ConfigurationException>()
            .WithMessage("initProcess: a program that sets the container up in the launcher's place is its first process itself");
    }
}
