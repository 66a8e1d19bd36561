using System.Diagnostics;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary><c>nsinit</c> as somebody types it.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public void The_main_job_says_hello()
    {
        Requires.Root();

        NsInit("run", "--", "/bin/sh", "-c", "echo hello from $(hostname), pid $$").Should().Be(new Command.Result(0, "hello from nsinit, pid 1\n", ""));
    }

    [Theory]
    [InlineData("run|--|/bin/sh|-c|exit 7", 7)]
    [InlineData("run|--|/bin/sh|-c|kill -9 $$; exit 3", 3)] // the first process of a PID namespace cannot be killed from inside
    [InlineData("run|--|nope", 127)]
    [InlineData("run|--|/usr/bin/nope", 127)]
    [InlineData("run|--|/etc/passwd", 126)]
    [InlineData("run|--|/usr", 126)]
    [InlineData("run|--bind|/proc/self/exe:/usr/x/y|--|/bin/true", 1)]
    public void The_exit_code_is_the_programs_or_says_why_there_was_none(string command, int code)
    {
        Requires.Root();

        NsInit(command.Split('|')).ExitCode.Should().Be(code);
    }

    [Theory]
    [InlineData("run|ls|--help", "Usage: ls")]
    [InlineData("run|--|echo|@f", "@f\n")]
    [InlineData("run|--|echo|a|--|b", "a -- b\n")]
    [InlineData("run|echo|--rw|--root|x", "--rw --root x\n")]
    [InlineData("run|--|echo|[suggest]", "[suggest]\n")]
    [InlineData("run|--hostname=h.example|hostname", "h.example\n")]
    [InlineData("run|--workdir|/usr|pwd", "/usr\n")]
    [InlineData("run|--env|A=1|--env|A=2|--|sh|-c|echo $A $HOME", "2 /tmp\n")]
    [InlineData("run|--env|PATH=/usr/bin|--|sh|-c|echo $PATH", "/usr/bin\n")]
    public void What_follows_the_command_is_the_commands(string command, string output)
    {
        Requires.Root();

        Command.Result result = NsInit(command.Split('|'));

        result.Error.Should().BeEmpty();
        result.Output.Should().StartWith(output);
    }

    [Theory]
    [InlineData("run", "nsinit: process.arguments: a command is needed")]
    [InlineData("run|--", "nsinit: process.arguments: a command is needed")]
    [InlineData("run|--root|/nowhere|--|ls", "nsinit: root: '/nowhere' does not exist")]
    [InlineData("run|--root||--|ls", "nsinit: root: a root directory is needed")]
    [InlineData("run|--root|/etc/passwd|--|ls", "nsinit: root: '/etc/passwd' is not a directory")]
    [InlineData("run|--hostname|a_b|--|ls", "nsinit: hostname: 'a_b' is not a host name: 1 to 64 letters, digits, '-' and '.', with a letter or digit at both ends of each part")]
    [InlineData("run|--env|X|--|ls", "nsinit: process.environment[2]: 'X' is not NAME=value")]
    [InlineData("run|--bind|/usr|--|ls", "nsinit: --bind '/usr' is not SRC:DST or SRC:DST:ro")]
    [InlineData("run|--bind|/usr:/x:rx|--|ls", "nsinit: --bind '/usr:/x:rx' is not SRC:DST or SRC:DST:ro")]
    [InlineData("run|--bind|/nowhere:/x|--|ls", "nsinit: mounts[5].source: '/nowhere' does not exist on this host")]
    [InlineData("run|--bind|/usr:/../x|--|ls", "nsinit: mounts[5].destination: '/../x' climbs out of the root")]
    [InlineData("run|--bind|/usr:/proc/x|--|ls", "nsinit: mounts[5].destination: '/proc/x' lies in /proc, where nothing can be mounted but proc itself")]
    [InlineData("run|--workdir|nowhere|--|ls", "nsinit: process.workingDirectory: 'nowhere' is not an absolute path")]
    [InlineData("run|--workdir|/nowhere|--|ls", "nsinit: chdir /nowhere: ENOENT (No such file or directory)")]
    [InlineData("run|--nonsense|--|ls", "nsinit: Unrecognized command or argument '--nonsense'.")]
    public void Bad_input_is_one_sentence_and_exit_code_1(string command, string sentence)
    {
        Requires.Root();

        NsInit(command.Split('|')).Should().Be(new Command.Result(1, "", sentence + "\n"));
    }

    [Fact]
    public void A_plan_needs_no_root_and_a_run_says_that_it_does()
    {
        Requires.Root(); // to become somebody else
        using TemporaryDirectory readable = new(); // the checkout need not be
        File.SetUnixFileMode(readable.Path, (UnixFileMode)0b111_101_101);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Repository.NsInit)!))
            File.Copy(file, readable[Path.GetFileName(file)]);
        CopyRuntimes(Path.Combine(Path.GetDirectoryName(Repository.NsInit)!, "runtimes"), readable["runtimes"]);
        string[] nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", readable["nsinit"]];

        Command.Result plan = Command.Run("setpriv", [.. nobody, "plan", "--", "ls"]);
        Command.Result run = Command.Run("setpriv", [.. nobody, "run", "--", "ls"]);

        plan.Output.Should().Contain("pivot_root").And.EndWith("[execve]\n", plan.Error);
        run.Should().Be(new Command.Result(1, "", "nsinit: host: starting a container needs root for now, since user namespaces are not supported yet\n"));
    }

    [Fact]
    public void Only_tmp_can_be_written_and_terminals_work_all_the_same()
    {
        Requires.Root();
        Requires.ProgramOfUserland("python3");

        NsInit("run", "--", "/bin/sh", "-c", "find / -type d -writable 2>/dev/null | grep -v ^/proc").Output.Should().Be("/tmp\n");
        NsInit("run", "--", "python3", "-c", "import os,pty; m,s=pty.openpty(); os.write(m,b'hi\\n'); print(os.ttyname(s), os.read(s,9))").Output.Should().Be("/dev/pts/0 b'hi\\n'\n");
    }

    [Fact]
    public void A_place_that_is_gone_or_full_is_a_sentence()
    {
        Requires.Root();

        Shell($"d=$(mktemp -d) && cd $d && rmdir $d && {Repository.NsInit} run --bind a:/b -- ls").Should()
            .Be(new Command.Result(1, "", "nsinit: 'a' is relative, and the current directory does not exist any more\n"));
        Shell($"{Repository.NsInit} plan -- ls > /dev/full").Should().Match<Command.Result>(result => result.ExitCode == 1 && result.Error.StartsWith("nsinit: write: ENOSPC (No space left on device)"));
    }

    [Fact]
    public void An_argument_that_cannot_be_passed_on_is_refused()
    {
        Requires.Root();

        Shell($"{Repository.NsInit} run -- echo $(printf 'a\\377b')").Error.Should().Be("nsinit: an argument is not valid UTF-8 and could not be passed on as it is\n");
        Shell($"{Repository.NsInit} run -- echo $(printf '\\357\\277\\275')").Output.Should().Be("\ufffd\n", "that is a character like any other");
    }

    /// <summary>The exit code is the program's, whatever arrives while nsinit leaves.</summary>
    [Fact]
    public void A_late_signal_does_not_take_the_exit_code_away()
    {
        Requires.Root();
        using Process nsinit = Command.Start(Repository.NsInit, "run", "--", "/bin/sh", "-c", "trap '' USR1; echo ready; read line; exit 5");
        nsinit.StandardOutput.ReadLine().Should().Be("ready");
        using PidFd process = PidFd.Open(nsinit.Id);

        nsinit.StandardInput.Close();
        while (!Readiness.Wait([process], TimeSpan.FromMilliseconds(1))[0])
            process.TrySendSignal(Signal.SIGUSR1);

        nsinit.WaitForExit();
        nsinit.ExitCode.Should().Be(5);
    }

    [Fact]
    public void A_signal_is_passed_on()
    {
        Requires.Root();
        using Process nsinit = Command.Start(Repository.NsInit, "run", "--", "/bin/sh", "-c", UntilSignalled);

        ExpectSignalled(nsinit);
    }

    /// <summary>A program that says when it can be signalled, and when it was.</summary>
    internal const string UntilSignalled = "trap 'echo got it; exit 5' TERM; echo ready; while true; do sleep 0.05; done";

    /// <summary>It is, by way of the nsinit that runs it.</summary>
    internal static void ExpectSignalled(Process nsinit)
    {
        nsinit.StandardOutput.ReadLine().Should().Be("ready");

        using (PidFd process = PidFd.Open(nsinit.Id))
            process.TrySendSignal(Signal.SIGTERM);

        nsinit.StandardOutput.ReadToEnd().Should().Be("got it\n");
        nsinit.WaitForExit();
        nsinit.ExitCode.Should().Be(5);
    }

    [Fact]
    public void A_program_that_does_not_listen_is_killed_by_the_second_request()
    {
        Requires.Root();
        using Process nsinit = Command.Start(Repository.NsInit, "run", "--", "/bin/sh", "-c", "echo ready; exec sleep 1000");
        nsinit.StandardOutput.ReadLine().Should().Be("ready");

        using (PidFd process = PidFd.Open(nsinit.Id))
            while (!Readiness.Wait([process], TimeSpan.FromMilliseconds(200))[0])
                process.TrySendSignal(Signal.SIGINT);

        nsinit.WaitForExit();
        nsinit.ExitCode.Should().Be(137);
    }

    private static void CopyRuntimes(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static Command.Result Shell(string script) => Command.Run("/bin/sh", "-c", script);

    private static Command.Result NsInit(params string[] arguments) => Command.Run(Repository.NsInit, arguments);

    /// <summary>A file behind a stream has one place, which all programs of a script move on.</summary>
    [Fact]
    public void What_two_of_them_say_into_one_file_is_there_one_behind_the_other()
    {
        using TemporaryDirectory folder = new();

        Command.Run("/bin/sh", "-c", $"exec > {folder["said"]} 2>&1; {Repository.NsInit} spec; echo between; {Repository.NsInit} nosuch; {Repository.NsInit} config");

        File.ReadAllLines(folder["said"]).Should().HaveCountGreaterThan(3).And.Contain("between").And.OnlyContain(line => !line.Contains('\0'));
        File.ReadAllText(folder["said"]).Split("nsinit: ").Should().HaveCountGreaterThanOrEqualTo(3);
    }
}
