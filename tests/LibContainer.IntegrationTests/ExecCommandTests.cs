using System.Diagnostics;
using System.Text.Json.Nodes;
using LibContainer.Linux;
using LibContainer.Security;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary><c>nsinit exec</c> in a busybox root, with the container of the 2014 document less its veth and host binds.</summary>
public sealed class ExecCommandTests : IDisposable
{
    private readonly JsonContainer _container = new();
    private readonly TemporaryDirectory _root, _data;

    public ExecCommandTests() => (_root, _data) = (_container.Root, _container.Data);

    public void Dispose() => _container.Dispose();

    private void Prepare(Action<JsonObject>? change = null) => _container.Prepare(change);

    [Fact]
    public void The_container_of_the_document_is_what_it_says()
    {
        Prepare();

        Exec("hostname").Should().Be(new Command.Result(0, "fa6f79b16832\n", ""));
        Exec("ps", "aux").Output.Split('\n')[1].Should().MatchRegex(@"^ *1 root .* ps aux$");
        Exec("id").Output.Should().Be("uid=0(root) gid=0(root)\n");
        Exec("cat", "/proc/self/status").Output.Should().Contain("CapEff:\t00000000880425eb\n").And.Contain("CapBnd:\t00000000880425eb\n").And.Contain("CapInh:\t0000000000000000\n");
        Exec("sh", "-c", "echo $HOME $HOSTNAME").Output.Should().Be("/ fa6f79b16832\n");
        string[] devices = Exec("ls", "-l", "/dev").Output.Split('\n');
        foreach (string expected in new[]
        {
            @"^c--------- .* 10, 229 .* fuse$", "^crw-rw-rw- .* 1, +3 .* null$", "^crw-rw-rw- .* 1, +5 .* zero$", "^crw-rw-rw- .* 1, +7 .* full$",
            "^crw-rw-rw- .* 5, +0 .* tty$", "^crw-rw-rw- .* 1, +9 .* urandom$", "^crw-rw-rw- .* 1, +8 .* random$",
        })
            devices.Should().Contain(line => System.Text.RegularExpressions.Regex.IsMatch(line, expected), expected);
    }

    [Theory]
    [InlineData("sh|-c|exit 7", 7)]
    [InlineData("sh|-c|sh -c 'kill -15 $$'; exit $?", 143)]
    [InlineData("nope", 127)]
    [InlineData("/etc/passwd", 126)]
    [InlineData("--|sh|-c|exit 3", 3)]
    public void The_exit_code_is_the_programs(string command, int code)
    {
        Prepare();

        Exec(command.Split('|')).ExitCode.Should().Be(code);
    }

    [Fact]
    public void While_it_runs_the_files_say_who_it_is_and_then_they_are_gone()
    {
        Prepare();
        using Process nsinit = Start("sh", "-c", "echo ready; exec sleep 1000");
        nsinit.StandardOutput.ReadLine().Should().Be("ready");
        SpinWait.SpinUntil(() => File.Exists(_data["pid"]), TimeSpan.FromSeconds(30)).Should().BeTrue();
        int id = int.Parse(File.ReadAllText(_data["pid"]), System.Globalization.CultureInfo.InvariantCulture);

        File.ReadAllText(_data["start"]).Should().Be(ProcessStartTime.Read(id));
        using (PidFd process = PidFd.Open(id))
            process.TrySendSignal(Signal.SIGKILL);
        nsinit.WaitForExit();

        nsinit.ExitCode.Should().Be(137);
        Directory.GetFiles(_data.Path).Select(Path.GetFileName).Should().Equal("container.json");
    }

    [Theory]
    [InlineData("999999999", "1")] // nobody has it
    [InlineData("1", "1")] // somebody else has it
    public void A_stale_pid_file_is_replaced(string pid, string start)
    {
        Prepare();
        File.WriteAllText(_data["pid"], pid);
        File.WriteAllText(_data["start"], start);

        Exec("echo", "hello").Output.Should().Be("hello\n");
        File.Exists(_data["pid"]).Should().BeFalse();
    }

    [Fact]
    public void A_user_is_looked_up_in_the_containers_files()
    {
        Prepare(spec => spec["user"] = "daemon");

        Exec("id").Output.Should().Be("uid=1(daemon) gid=1(daemon) groups=29(audio)\n");
    }

    [Fact]
    public void What_cannot_be_run_is_one_sentence()
    {
        Prepare(spec => spec["user"] = "ghost");
        Exec("id").Should().Be(new Command.Result(1, "", "nsinit: process.user: user 'ghost' is not in the container's /etc/passwd\n"));
        Exec().Should().Be(new Command.Result(1, "", "nsinit: exec needs a command: nsinit exec CMD [ARG ...]\n"));

        File.WriteAllText(_data["pid"], "none");
        Exec("id").Error.Should().StartWith("nsinit: unable to read pid: ");
    }

    [Fact]
    public void A_plan_of_exec_is_of_the_same_container()
    {
        Prepare();

        Command.Result plan = Command.Run("/bin/sh", "-c", $"cd {_root.Path} && data_path={_data.Path} {Repository.NsInit} plan --exec -- ls -la");

        plan.Error.Should().BeEmpty();
        plan.Output.Should().Contain("sethostname fa6f79b16832").And.Contain("mknodat fuse c 10:229 (mode 0000)").And.EndWith("[execve]\n");
    }

    [Fact]
    public void A_container_with_tty_is_used_from_a_terminal()
    {
        Prepare(spec => spec["tty"] = true);
        Requires.Program("script");
        using ScriptSession session = new($"cd {_root.Path}; stty rows 31 cols 97; data_path={_data.Path} {Repository.NsInit} exec sh -c 'stty size; tty; hostname; exit 7'");

        session.WaitForExit().Should().Be(7);
        session.Shown.Should().Be("31 97\n/dev/pts/0\nfa6f79b16832\n");
        Exec("true").Should().Be(new Command.Result(1, "", "nsinit: process.terminal: standard input is not a terminal\n"), "this test has none");
    }

    [Fact]
    public void The_variable_console_lends_the_container_a_terminal_of_the_host()
    {
        Prepare();
        (SafeFileHandle master, SafeFileHandle peer) = PseudoTerminal.Create();
        using (master)
        using (peer)
        {
            string path = PseudoTerminal.PathOf(peer);

            Shell($"console={path} data_path={_data.Path} {Repository.NsInit} exec sh -c 'echo on standard output; echo on the console > /dev/console'")
                .Should().Be(new Command.Result(0, "", ""));

            byte[] shown = new byte[4096];
            System.Text.Encoding.ASCII.GetString(shown, 0, Descriptor.Read(master, shown)).Should().Be("on standard output\r\non the console\r\n");
        }
    }

    [Fact]
    public void The_hosts_root_can_be_left_without_pivot_root()
    {
        Prepare(spec => spec["no_pivot_root"] = true);

        Exec("sh", "-c", "ls -d /etc/p*; ls /; cut -d ' ' -f 5 /proc/self/mountinfo").Output.Split('\n').Should()
            .Contain("/etc/passwd").And.Contain("bin").And.NotContain("usr").And.Contain("/proc").And.NotContain(line => line.StartsWith(Repository.Root, StringComparison.Ordinal));
    }

    /// <summary>As in 2014, on a kernel without the modules.</summary>
    [Fact]
    public void Labels_that_the_kernel_does_not_know_are_passed_over()
    {
        Prepare(spec => spec["context"] = new JsonObject
        {
            ["apparmor_profile"] = SecurityModules.IsAppArmorEnabled ? "unconfined" : "docker-default",
            ["process_label"] = SecurityModules.IsSELinuxEnabled ? "" : "system_u:system_r:svirt_lxc_net_t:s0",
        });

        Exec("true").Should().Be(new Command.Result(0, "", ""));
    }

    private Command.Result Shell(string script) => Command.Run("/bin/sh", "-c", $"cd {_root.Path}; {script}");

    private Command.Result Exec(params string[] command) => _container.Run(["exec", .. command]);

    private Process Start(params string[] command) => _container.Start(["exec", .. command]);
}
