using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary><c>nsinit run --tty</c> at a real terminal, and what becomes of that terminal.</summary>
public sealed class TerminalCommandTests
{
    // What the terminal is like before and after belongs to the session, not to the container.
    private static string Around(string command) => $"stty rows 31 cols 97; before=$(stty -g); {command}; echo code $?; test \"$before\" = \"$(stty -g)\" && echo settings kept";

    private static string Run(string shell) => $"{Repository.NsInit} run --tty -- {shell}";

    private static ScriptSession Start(string command)
    {
        Requires.Root();
        Requires.Program("script");
        return new ScriptSession(Around(command));
    }

    [Fact]
    public void The_program_has_a_terminal_of_the_containers_own_as_large_as_the_hosts()
    {
        using ScriptSession session = Start(Run("/bin/sh -c 'tty; stty size; stat -c \"%t:%T %U\" /dev/console; exit 7'"));

        session.WaitForExit().Should().Be(0);
        session.Shown.Should().Be("/dev/pts/0\n31 97\n88:0 root\ncode 7\nsettings kept\n");
    }

    [Fact]
    public void A_shell_is_interactive_and_control_c_stops_what_it_runs_and_not_itself()
    {
        using ScriptSession session = Start(Run("/bin/sh -i"));

        session.Expect("# ");
        session.Type("echo pid is $$\r");
        session.Expect("pid is 1\n");
        // The command says so itself, when it is in the foreground; before that Control-C would be for the shell.
        session.Type("sh -c 'echo bef''ore; exec sleep 1000'; echo af''ter $?\r");
        session.Expect("before\n");
        session.Type("\x03");
        session.Expect("^C");
        session.Type("echo still here: $?\r");
        session.Expect("still here: 130\n");
        session.Type("exit 9\r");

        session.WaitForExit().Should().Be(0);
        session.Shown.Should().NotContain("after").And.EndWith("code 9\nsettings kept\n");
    }

    [Fact]
    public void The_terminal_is_as_it_was_when_the_container_is_killed_from_outside()
    {
        using ScriptSession session = Start(Run("/bin/sh -c 'stty size; echo up; read nothing'"));

        session.Expect("up\n");
        FindContainer(session).TrySendSignal(Signal.SIGKILL).Should().BeTrue();

        session.WaitForExit().Should().Be(0);
        session.Shown.Should().EndWith("code 137\nsettings kept\n");
    }

    [Fact]
    public void A_terminal_that_changes_its_size_changes_the_containers()
    {
        using TemporaryDirectory folder = new();
        using ScriptSession session = Start(
            $"mkfifo {folder["go"]}; (read go < {folder["go"]}; stty rows 40 cols 120 < /dev/tty) & "
            + Run("/bin/sh -c 'trap \"stty size; exit 0\" WINCH; echo up; sleep 1000 & wait'"));

        session.Expect("up\n");
        File.WriteAllText(folder["go"], "go\n");
        session.WaitForExit().Should().Be(0);
        session.Shown.Should().Contain("40 120\ncode 0\n");
    }

    [Fact]
    public void An_error_is_a_sentence_at_a_terminal_and_nothing_else()
    {
        using ScriptSession session = Start(Run("nope"));

        session.WaitForExit().Should().Be(0);
        session.Shown.Should().Be(
            "nsinit: execve nope in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin: ENOENT (No such file or directory)\ncode 127\nsettings kept\n");
    }

    /// <summary>As when a window is closed: the program's terminal ends with the one that it is shown on, and nsinit does not crash over it.</summary>
    [Fact]
    public void A_terminal_that_is_hung_up_ends_the_container()
    {
        using ScriptSession session = Start(Run("/bin/sh -c 'echo up; while echo more; do sleep 0.02; done'"));
        session.Expect("up\n");
        PidFd container = FindContainer(session);

        session.HangUp();

        using (container)
            Readiness.Wait([container], TimeSpan.FromSeconds(30)).Should().Equal(true);
    }

    [Fact]
    public void Without_a_terminal_there_is_one_sentence()
    {
        Requires.Root();

        Command.Run(Repository.NsInit, "run", "--tty", "--", "/bin/sh").Should().Be(new Command.Result(1, "", "nsinit: process.terminal: standard input is not a terminal\n"));
    }

    /// <summary>The first descendant that has another process id inside.</summary>
    private static PidFd FindContainer(ScriptSession session) => PidFd.Open(session.Processes.First(id =>
        File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("NSpid:", StringComparison.Ordinal)).Split('\t').Length > 2));
}
