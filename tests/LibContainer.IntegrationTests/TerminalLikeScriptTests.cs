using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>
/// What is typed at <c>nsinit run --tty -- bash</c> is answered as at <c>script -qc bash</c>: one and the same dialogue with both, at a terminal of the same kind, and all that was shown compared.
/// </summary>
public sealed class TerminalLikeScriptTests
{
    // What it shows depends on nothing but what is typed: no colours, no history, no language, and a prompt with a number to wait for.
    private const string Shell = @"/usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C TERM=dumb INPUTRC=/dev/null HISTFILE= PS1=at-\\#: /bin/bash --norc --noprofile -i";

    /// <summary>
    /// Says that it is in the foreground before it waits there: what is typed earlier is for the shell. And it is one process: a loop of dash cannot be stopped at any time, for it waits
    /// unstoppably, as every caller of vfork(2), for a child that the same Ctrl-Z may have stopped before its execve.
    /// </summary>
    private const string Waiting = "sh -c 'echo rea\"\"dy; exec cat'\r";

    private const string ControlC = "\x03", ControlZ = "\x1A", ControlBackslash = "\x1C";

    private static ScriptSession Start(string command)
        => new($"stty rows 31 cols 97; before=$(stty -g); {command}; echo code $?; test \"$before\" = \"$(stty -g)\" && echo settings kept");

    /// <returns>What was shown, step by step: without a container, and in one.</returns>
    private static (List<string> Script, List<string> Container) Both(Func<ScriptSession, IEnumerable<string>> dialogue)
    {
        using ScriptSession script = Start($"script -qec 'exec {Shell}' /dev/null"), container = Start($"{Repository.NsInit} run --tty -- {Shell}");
        List<string> alone = [.. dialogue(script)];
        return (alone, [.. dialogue(container)]);
    }

    private static string Type(ScriptSession session, string keys, string until)
    {
        session.Type(keys);
        return session.Next(until);
    }

    /// <summary>The kernel sends the signal and shows the key after that: the shell, once it hears of its job's end, may be quicker.</summary>
    private static string Press(ScriptSession session, string key, string until)
    {
        string shown = $"^{(char)(key[0] + '@')}";
        session.Type(key);
        return session.Next(shown, until).Replace(shown, "", StringComparison.Ordinal);
    }

    private static int ShellOf(ScriptSession session) => session.Processes.Last(id => File.ReadAllText($"/proc/{id}/comm") == "bash\n"); // there may be one around it

    /// <summary>
    /// The shell sleeps at its prompt. Readline looks for signals and only then begins to wait for a key: one that comes in between, as it easily does right behind a prompt, it sees with the key
    /// after that.
    /// </summary>
    private static void AwaitSleep(ScriptSession session)
    {
        string file = $"/proc/{ShellOf(session)}/stat";
        SpinWait.SpinUntil(() => File.ReadAllText(file).Split(' ')[2] == "S", TimeSpan.FromSeconds(60)).Should().BeTrue();
    }

    [Fact]
    public void Keys_that_are_signals_job_control_and_the_exit_code_are_as_in_script()
    {
        Requires.Root();
        Requires.Program("script");
        Requires.Program("bash");

        (List<string> script, List<string> container) = Both(Dialogue);

        container.Should().Equal(script);
        string.Concat(container).Should().MatchRegex("(?s)^at-1:.*status 130.*status 130.*Quit.*status 131.*Stopped.*status 148.*Stopped.*more\nmore\n.*status 130.*exit\ncode 7\nsettings kept\n$");

        static IEnumerable<string> Dialogue(ScriptSession session)
        {
            yield return session.Next("at-1:");
            AwaitSleep(session);
            yield return Type(session, ControlC, "at-1:"); // there is nothing to stop
            yield return Type(session, "echo status $?\r", "at-2:");
            yield return Type(session, "ulimit -c 0\r", "at-3:");

            yield return Type(session, Waiting, "ready\n");
            yield return Press(session, ControlC, "at-4:");
            yield return Type(session, "echo status $?\r", "at-5:");

            yield return Type(session, Waiting, "ready\n");
            yield return Press(session, ControlBackslash, "at-6:");
            yield return Type(session, "echo status $?\r", "at-7:");

            yield return Type(session, Waiting, "ready\n");
            yield return Press(session, ControlZ, "at-8:");
            yield return Type(session, "echo status $?\r", "at-9:");
            yield return Type(session, "jobs\r", "at-10:");
            yield return Type(session, "fg\r", "exec cat'\n");
            yield return Type(session, "more\r", "more\nmore\n"); // as it was typed, and by cat: it goes on, and in the foreground
            yield return Press(session, ControlC, "at-11:");
            yield return Type(session, "echo status $?; jobs\r", "at-12:");

            session.Type("exit 7\r");
            yield return session.Rest();
        }
    }

    [Fact]
    public void A_new_size_is_heard_at_the_prompt_and_in_the_foreground_as_in_script()
    {
        Requires.Root();
        Requires.Program("script");
        Requires.Program("bash");

        (List<string> script, List<string> container) = Both(Dialogue);

        container.Should().Equal(script);
        string.Concat(container).Should().MatchRegex("(?s)31 97.*40 120.*40 120.*25 80.*25 80.*code 7\nsettings kept\n$");

        static IEnumerable<string> Dialogue(ScriptSession session)
        {
            yield return session.Next("at-1:");
            yield return Type(session, "stty size; trap 'stty size' WINCH\r", "at-2:");
            AwaitSleep(session);
            session.Resize(40, 120);
            yield return session.Next("40 120\n");
            yield return Type(session, "echo $LINES $COLUMNS; trap WINCH\r", "at-3:");

            yield return Type(session, "sh -c 'trap \"stty size; kill \\$!\" WINCH; sleep 1000 & echo rea\"\"dy; wait'\r", "ready\n");
            session.Resize(25, 80);
            yield return session.Next("25 80\n", "at-4:");
            yield return Type(session, "echo $LINES $COLUMNS\r", "at-5:");

            session.Type("exit 7\r");
            yield return session.Rest();
        }
    }

    /// <summary>The shell has changed the settings of its own terminal by then, and never gets to undo that.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_shell_that_is_killed_the_terminal_is_as_it_was_as_in_script(bool hasJob)
    {
        Requires.Root();
        Requires.Program("script");
        Requires.Program("bash");

        (List<string> script, List<string> container) = Both(Dialogue);

        container.Should().Equal(script);
        container.Should().EndWith("code 137\nsettings kept\n");

        IEnumerable<string> Dialogue(ScriptSession session)
        {
            yield return session.Next("at-1:");
            if (hasJob)
                yield return Type(session, Waiting, "ready\n");
            using (PidFd process = PidFd.Open(ShellOf(session)))
                process.TrySendSignal(Signal.SIGKILL).Should().BeTrue();
            yield return session.Rest();
        }
    }
}
