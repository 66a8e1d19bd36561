using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary><c>nsinit exec</c> and <c>nsenter</c> while the container of the 2014 document runs.</summary>
public sealed class EnterCommandTests : IDisposable
{
    private readonly JsonContainer _container = new();
    private Process? _running;

    public void Dispose()
    {
        _running?.StandardInput.Close();
        _running?.WaitForExit();
        _running?.Dispose();
        _container.Dispose();
    }

    /// <summary>The container's first program stands for the document's redis-server.</summary>
    private int Start(Action<JsonObject>? change = null)
    {
        _container.Prepare(change);
        _running = _container.Start("exec", "sh", "-c", "echo ready; read end");
        _running.StandardOutput.ReadLine().Should().Be("ready");
        SpinWait.SpinUntil(() => File.Exists(_container.Data["pid"]), TimeSpan.FromSeconds(30)).Should().BeTrue();
        return int.Parse(File.ReadAllText(_container.Data["pid"]), CultureInfo.InvariantCulture);
    }

    /// <summary>Section 3.2 of the document: <c>exec ps aux</c>, a shell at a terminal, <c>exit</c>.</summary>
    [Fact]
    public void The_transcript_of_the_document_is_reproduced()
    {
        Requires.Program("script");
        int id = Start(spec => spec["environment"]!.AsArray().Add("PS1=root@fa6f79b16832:/# "));

        string[] processes = _container.Run("exec", "ps", "aux").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        processes[0].Should().Contain("PID").And.Contain("COMMAND");
        processes[1].Should().MatchRegex("^ *1 root .*sh -c echo ready; read end$");
        processes[2].Should().MatchRegex("^ *[0-9]+ root .*ps aux$");
        processes.Should().HaveCount(3);

        using ScriptSession session = new($"cd {_container.Root.Path}; data_path={_container.Data.Path} {Repository.NsInit} exec sh; echo code $?");
        session.Expect("root@fa6f79b16832:/# ");
        session.Type("ps; echo $$ at $(tty)\n");
        session.Expect("at /dev/pts/0");
        session.Shown.Should().MatchRegex(@"(?s)1 root +sh -c echo ready; read end.*\d+ root +sh\n.*\d+ root +.*\d+ at /dev/pts/0");
        // nsinit still runs then, and the container's shell is its child.
        int nsinit = Child(session.Id, name => name == "nsinit");
        Directory.Exists($"/proc/{nsinit}").Should().BeTrue();
        new FileInfo($"/proc/{Child(nsinit, name => name == "busybox" || name == "sh")}/ns/pid").LinkTarget.Should().Be(new FileInfo($"/proc/{id}/ns/pid").LinkTarget);
        session.Type("exit 7\n");

        session.WaitForExit().Should().Be(0);
        session.Shown.Should().EndWith("code 7\n");
        _running!.HasExited.Should().BeFalse("the container goes on");
    }

    [Theory]
    [InlineData("sh|-c|exit 7", 7, "")]
    [InlineData("sh|-c|kill -15 $$", 143, "")]
    [InlineData("nope", 127, "nsinit: execve nope in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin: ENOENT (No such file or directory)\n")]
    [InlineData("/etc/passwd", 126, "nsinit: execve /etc/passwd: EACCES (Permission denied)\n")]
    public void The_exit_code_is_the_programs(string command, int code, string error)
    {
        Start();

        _container.Run(["exec", .. command.Split('|')]).Should().Be(new Command.Result(code, "", error));
        _running!.HasExited.Should().BeFalse();
    }

    [Fact]
    public void It_gets_what_the_json_says_and_the_cgroup_of_the_container()
    {
        int id = Start();

        _container.Run("exec", "sh", "-c", "echo $HOME $HOSTNAME; hostname").Output.Should().Be("/ fa6f79b16832\nfa6f79b16832\n");
        _container.Run("exec", "cat", "/proc/self/status").Output.Should().Contain("CapEff:\t00000000880425eb\n").And.Contain("CapBnd:\t00000000880425eb\n");
        using Process sleeping = _container.Start("exec", "sh", "-c", "echo ready; read end");
        sleeping.StandardOutput.ReadLine().Should().Be("ready");
        File.ReadAllText($"/proc/{Child(sleeping.Id, _ => true)}/cgroup").Should().Be(File.ReadAllText($"/proc/{id}/cgroup"));
        sleeping.StandardInput.Close();
        sleeping.WaitForExit();
    }

    [Fact]
    public void Signals_go_to_the_program()
    {
        Start();
        using Process nsinit = _container.Start("exec", "sh", "-c", CommandLineTests.UntilSignalled);

        CommandLineTests.ExpectSignalled(nsinit);
    }

    [Fact]
    public void Nsenter_takes_what_exec_made_of_itself_in_2014()
    {
        int id = Start();
        string json = File.ReadAllText(_container.Data["container.json"]);

        _container.Run("nsenter", $"{id}", "", json, "sh", "-c", "hostname; exit 3").Should().Be(new Command.Result(3, "fa6f79b16832\n", ""));
    }

    [Theory]
    [InlineData("nsenter", "nsinit: nsenter needs a process, a label (which may be empty), a container as JSON, and a command: nsinit nsenter PID LABEL JSON CMD [ARG ...]\n")]
    [InlineData("nsenter|1x||{}|sh", "nsinit: '1x' is not a process id\n")]
    [InlineData("nsenter|2147483647||{}|sh", "nsinit: the container does not run: there is no process 2147483647 any more\n")]
    [InlineData("nsenter|2147483647||{|sh", "nsinit: the container's JSON cannot be read: *\n")]
    [InlineData("nsenter|SELF||{}|sh", "nsinit: process * is in no container: all of its namespaces are this program's own\n")]
    public void What_is_wrong_is_one_sentence(string arguments, string error)
    {
        _container.Prepare();

        Command.Result result = _container.Run(arguments.Replace("SELF", $"{Environment.ProcessId}", StringComparison.Ordinal).Split('|'));

        result.ExitCode.Should().Be(1);
        result.Error.Should().Match(error);
        result.Output.Should().BeEmpty();
    }

    [Fact]
    public void A_paused_container_is_named_and_not_waited_for()
    {
        int id = Start();
        _container.Run("pause").ExitCode.Should().Be(0);

        _container.Run("exec", "true").Should().Be(new Command.Result(1, "", $"nsinit: the container of process {id} is paused\n"));

        _container.Run("unpause").ExitCode.Should().Be(0);
        _container.Run("exec", "true").Should().Be(new Command.Result(0, "", ""));
    }

    /// <summary>A descendant whose name is as wanted.</summary>
    private static int Child(int processId, Func<string, bool> isWanted)
    {
        foreach (string thread in Directory.GetDirectories($"/proc/{processId}/task"))
            foreach (string text in File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                int id = int.Parse(text, CultureInfo.InvariantCulture);
                try
                {
                    string name = File.ReadAllText($"/proc/{id}/comm").Trim();
                    if (name != "lc-launcher" && isWanted(name))
                        return id;
                    if (Child(id, isWanted) is > 0 and int found)
                        return found;
                }
                catch (IOException) when (!Directory.Exists($"/proc/{id}"))
                {
                    // The one that entered: it ends when the program that it has cloned begins, and that may be quicker to say so.
                }
            }
        return 0;
    }
}
