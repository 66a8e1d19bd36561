using System.Globalization;
using System.Text;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Programs that are run in a container which runs already, looked at from inside and from outside.</summary>
public class EnterTests : IDisposable
{
    private const string Links = "for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done";

    private readonly TestCgroups _cgroups = new();

    public EnterTests() => Requires.Root();

    public void Dispose()
    {
        _cgroups.Dispose();
        GC.SuppressFinalize(this);
    }

    private ContainerConfiguration WithCgroup => Sandbox.Default with { CgroupPath = _cgroups.NewPath() };

    [Fact]
    public void It_is_in_the_namespaces_the_root_and_the_cgroups_of_the_container() => EnteredContainer.Run(container =>
    {
        string[] expected = [.. new[] { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" }.Select(name => new FileInfo($"/proc/{container.ProcessId}/ns/{name}").LinkTarget!)];
        string cgroups = "";

        // It is there for a while: of one that has ended the kernel says that it is at the top.
        Sandbox.Result result = container.Run(
            new ProcessConfiguration("/bin/sh", "-c", $"{Links}; hostname; echo $PPID; tr '\\0' ' ' < /proc/1/cmdline; read end; exec sleep 1"), "x",
            new ExecInOptions { Started = entered => cgroups = File.ReadAllText($"/proc/{entered.Id}/cgroup") });

        result.Lines.Should().Equal([.. expected, "box", "0", "/bin/sh -c echo ready; read end "]);
        cgroups.Should().Be(File.ReadAllText($"/proc/{container.ProcessId}/cgroup")).And.Contain(_cgroups.LastPath);
    }, WithCgroup);

    [Fact]
    public void It_is_what_it_is_configured_to_be() => EnteredContainer.Run(container =>
    {
        Sandbox.Result result = container.Run(new ProcessConfiguration("/bin/sh", "-c", "cat /proc/self/status; pwd; umask; ulimit -n; ulimit -c; env; echo descriptors; ls /proc/$$/fd")
        {
            UserId = 1000,
            GroupId = 100,
            AdditionalGroupIds = [7, 8],
            WorkingDirectory = "/tmp",
            Environment = ["A=b", ProcessConfiguration.DefaultPath],
            Umask = 0x3F,
            Capabilities = new(CapabilitySet.Chown, CapabilitySet.Chown, CapabilitySet.Chown, CapabilitySet.Chown, CapabilitySet.Chown),
            ResourceLimits = [new ResourceLimit(ResourceKind.Core, 0, 0)],
        });

        result.Lines.Should().Contain([
            "Uid:\t1000\t1000\t1000\t1000", "Gid:\t100\t100\t100\t100", "Groups:\t7 8 ", "CapEff:\t0000000000000001", "CapBnd:\t0000000000000001", "CapAmb:\t0000000000000001", "NoNewPrivs:\t1",
            "/tmp", "0077", "1024", "0", "A=b",
        ]);
        result.Lines.Should().NotContain(line => line.StartsWith("HOME=", StringComparison.Ordinal));
        result.Output.Should().EndWith("descriptors\n0\n1\n2\n"); // not by a pipe: the shell has one for a moment
        container.Script("grep -E 'Cap(Eff|Bnd)' /proc/self/status").Output.Should().Be("CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n", "no capability is the default");
    });

    [Fact]
    public void A_user_is_looked_up_in_the_containers_files() => EnteredContainer.Run(container =>
    {
        container.Run(new ProcessConfiguration("/bin/sh", "-c", "id -un; echo $HOME") { User = "nobody" }).Output.Should().Be("nobody\n/\n");

        FluentActions.Invoking(() => container.Run(new ProcessConfiguration("/bin/true") { User = "ghost" })).Should().Throw<ConfigurationException>()
            .WithMessage("process.user: user 'ghost' is not in the container's /etc/passwd");
    });

    [Fact]
    public void What_it_reads_and_writes_is_whole() => EnteredContainer.Run(container =>
    {
        string text = string.Concat(Enumerable.Range(0, 200_000).Select(number => number.ToString(CultureInfo.InvariantCulture)));

        container.Run(new ProcessConfiguration("/bin/cat"), text).Output.Should().Be(text);
        container.Script("echo wrong >&2; exit 3").Should().Be(new Sandbox.Result(ExitStatus.FromWaitStatus(3 << 8), "", "wrong\n"));
        container.Script("kill -9 $$").Status.Signal.Should().Be(Signal.SIGKILL);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_terminal_is_the_containers_own(int user) => EnteredContainer.Run(container =>
    {
        using MemoryStream output = new();
        ProcessConfiguration process = new("/bin/sh", "-c", "tty; stty size; ps -o tty=,sid=,pid= -p $$; echo control > /dev/tty; stat -c %u $(tty)") { UserId = user, Terminal = new TerminalConfiguration(31, 97) };

        Namespaces.ExecIn(container, process, new ExecInOptions { StandardInput = StandardStream.Null, StandardOutput = StandardStream.FromStream(output) }).ExitCode.Should().Be(0);

        string[] lines = Encoding.UTF8.GetString(output.ToArray()).Split("\r\n");
        lines[..2].Should().Equal("/dev/pts/0", "31 97");
        lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(3).And.Subject.Distinct().Should().HaveCount(2, "it leads its session");
        lines[3..].Should().Equal("control", $"{user}", "");
    });

    public static TheoryData<ProcessConfiguration, string> Impossible => new()
    {
        { new("/nosuch"), "execve /nosuch: ENOENT *" },
        { new("/etc/passwd"), "execve /etc/passwd: EACCES *" },
        { new("/bin/true") { WorkingDirectory = "/nosuch" }, "chdir /nosuch: ENOENT *" },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void What_cannot_be_run_is_told_and_the_container_goes_on(ProcessConfiguration process, string sentence) => EnteredContainer.Run(container =>
        FluentActions.Invoking(() => container.Run(process)).Should().Throw<LaunchException>().WithMessage(sentence));

    [Fact]
    public void A_configuration_is_judged_whole_before_anything_is_made() => EnteredContainer.Run(container =>
        FluentActions.Invoking(() => container.Run(new ProcessConfiguration { WorkingDirectory = "x", Umask = -1 })).Should().Throw<ConfigurationException>()
            .Which.Findings.Select(finding => finding.Path).Should().BeEquivalentTo("process.arguments", "process.workingDirectory", "process.umask"));

    [Fact]
    public void A_container_that_is_full_says_so() => EnteredContainer.Run(container =>
    {
        container.Cgroup!.Update(new ResourceConfiguration { PidsLimit = 1 }); // only now: an init with a runtime has threads
        FluentActions.Invoking(() => container.Script("true")).Should().Throw<LaunchException>().WithMessage("clone3 *: EAGAIN (Resource temporarily unavailable): a limit on the number of processes is reached*");
        container.Cgroup!.GetProcessIds().Should().Equal(container.ProcessId);
    }, WithCgroup with { Resources = new ResourceConfiguration { PidsLimit = 100 } });

    [Fact]
    public void A_container_that_has_ended_is_not_entered()
    {
        Sandbox.Exec(Sandbox.Default, EnteredContainer.Waiting, new ExecOptions
        {
            StandardInput = StandardStream.Null,
            StandardOutput = StandardStream.Null,
            Started = launched =>
            {
                using PidFd process = PidFd.Open(launched.Id);
                RunningContainer? container = null;
                try
                {
                    container = RunningContainer.Of(launched);
                }
                catch (ContainerStateException)
                {
                    // It may have been that quick.
                }
                Readiness.Wait([process], TimeSpan.FromSeconds(30)).Should().Equal(true);
                using (container)
                    if (container is not null)
                        FluentActions.Invoking(() => container.Script("true")).Should().Throw<ContainerStateException>().WithMessage($"the container does not run: there is no process {launched.Id} any more");
                FluentActions.Invoking(() => RunningContainer.Open(launched.Id)).Should().Throw<ContainerStateException>("it is a zombie by now");
            },
        });
    }

    [Fact]
    public void Nobody_else_is_taken_for_a_container()
    {
        FluentActions.Invoking(() => RunningContainer.Open(Environment.ProcessId)).Should().Throw<ContainerStateException>()
            .WithMessage($"process {Environment.ProcessId} is in no container: all of its namespaces are this program's own");
        FluentActions.Invoking(() => RunningContainer.Open(int.MaxValue)).Should().Throw<ContainerStateException>();
        FluentActions.Invoking(() => RunningContainer.Open(0)).Should().Throw<ArgumentOutOfRangeException>();
        EnteredContainer.Run(container =>
        {
            RunningContainer.Open(container.ProcessId, ProcessStartTime.Read(container.ProcessId)).Dispose();
            FluentActions.Invoking(() => RunningContainer.Open(container.ProcessId, "1")).Should().Throw<ContainerStateException>()
                .WithMessage($"process {container.ProcessId} is not the container's: it started at another time than that");
        });
    }

    [Fact]
    public void A_paused_container_is_refused_or_waited_for() => EnteredContainer.Run(container =>
    {
        container.Cgroup!.Freeze();
        try
        {
            FluentActions.Invoking(() => container.Script("true")).Should().Throw<ContainerStateException>().WithMessage($"the container of process {container.ProcessId} is paused");
            using CancellationTokenSource cancelled = new(TimeSpan.FromMilliseconds(50));
            FluentActions.Invoking(() => container.Run(new ProcessConfiguration("/bin/true"), options: new ExecInOptions { WaitsWhilePaused = true }, cancellationToken: cancelled.Token))
                .Should().Throw<OperationCanceledException>();

            Task<Sandbox.Result> waiting = Task.Factory.StartNew(() => container.Script("echo done", new ExecInOptions { WaitsWhilePaused = true }), TaskCreationOptions.LongRunning);
            waiting.Wait(TimeSpan.FromMilliseconds(100)).Should().BeFalse();
            container.Cgroup!.Thaw();
            waiting.GetAwaiter().GetResult().Output.Should().Be("done\n");
        }
        finally
        {
            container.Cgroup!.Thaw();
        }
    }, WithCgroup);

    [Fact]
    public void A_cgroup_below_that_of_the_container_can_be_had() => EnteredContainer.Run(container =>
    {
        string[] made = [.. container.Cgroup!.Paths.Where(path => path.Key is "" or "pids").Select(path => $"{path.Value}/tools")]; // version 2, and a hierarchy of version 1
        Array.ForEach(made, path => Directory.CreateDirectory(path));
        try
        {
            string seen = "";
            // One that is there for a while: of one that has ended the kernel says that it is at the top.
            container.Run(new ProcessConfiguration("/bin/sleep", "1"), options: new ExecInOptions { Cgroup = "tools", Started = entered => seen = File.ReadAllText($"/proc/{entered.Id}/cgroup") });

            seen.Split('\n').Count(line => line.EndsWith($"{_cgroups.LastPath}/tools", StringComparison.Ordinal)).Should().Be(made.Length).And.BePositive();
            FluentActions.Invoking(() => container.Script("true", new ExecInOptions { Cgroup = "none" })).Should().Throw<ConfigurationException>().WithMessage("cgroup: the container has no cgroup none");
            FluentActions.Invoking(() => container.Script("true", new ExecInOptions { Cgroup = "../x" })).Should().Throw<ArgumentException>();
        }
        finally
        {
            Array.ForEach(made, Directory.Delete);
        }
    }, WithCgroup);

    [Fact]
    public void Cancelling_kills_it_and_nothing_else() => EnteredContainer.Run(container =>
    {
        using CancellationTokenSource source = new();
        int id = 0;

        FluentActions.Invoking(() => container.Run(
                new ProcessConfiguration("/bin/sleep", "1000"),
                options: new ExecInOptions { Started = entered => { id = entered.Id; source.Cancel(); } }, cancellationToken: source.Token))
            .Should().Throw<OperationCanceledException>();

        Directory.Exists($"/proc/{id}").Should().BeFalse("it is reaped");
    });

    [Fact]
    public void It_ends_with_the_container()
    {
        int status = 0;
        EnteredContainer.Run(container =>
        {
            Task? entered = null;
            Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/bin/sleep", "1000"), new ExecOptions
            {
                Started = launched =>
                {
                    RunningContainer other = RunningContainer.Of(launched);
                    using ManualResetEventSlim started = new();
                    entered = Task.Factory.StartNew(() =>
                    {
                        using (other)
                            status = other.Run(new ProcessConfiguration("/bin/sleep", "1000"), options: new ExecInOptions { Started = _ => started.Set() }).Status.ExitCode;
                    }, TaskCreationOptions.LongRunning);
                    started.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
                    launched.Kill();
                },
            }).Signal.Should().Be(Signal.SIGKILL);
            entered!.Wait();
        });
        status.Should().Be(137);
    }

    [Fact]
    public void A_user_namespace_is_entered_with_the_rest()
    {
        Requires.Program("unshare");
        using System.Diagnostics.Process other = Command.Start("unshare", "-U", "-r", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", "echo ready; read end");
        other.StandardOutput.ReadLine().Should().Be("ready");
        int id = int.Parse(File.ReadAllText($"/proc/{other.Id}/task/{other.Id}/children"), CultureInfo.InvariantCulture);
        using (RunningContainer container = RunningContainer.Open(id))
        {
            Sandbox.Result result = container.Script("readlink /proc/self/ns/user; id -u; grep CapBnd /proc/self/status");

            result.Lines.Should().Equal(new FileInfo($"/proc/{id}/ns/user").LinkTarget, "0", "CapBnd:\t0000000000000000");
        }
        other.StandardInput.Close();
        other.WaitForExit();
    }

    [Fact]
    public void Hundreds_leave_nothing_one_by_one_and_at_once() => EnteredContainer.Run(container =>
    {
        container.Script("true");
        Footprint before = Footprint.Take();

        for (int i = 0; i < 300; i++)
            container.Run(new ProcessConfiguration("/bin/true")).Status.Success.Should().BeTrue();
        Thread[] callers = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 40; i++)
                container.Run(new ProcessConfiguration("/bin/true")).Status.Success.Should().BeTrue();
        }))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        for (int i = 0; i < 100; i++)
            FluentActions.Invoking(() => container.Run(new ProcessConfiguration("/nosuch"))).Should().Throw<LaunchException>().Which.Step.Should().BeOfType<ExecuteStep>();

        Footprint.Take().Should().Be(before);
        container.Cgroup!.GetProcessIds().Should().Equal(container.ProcessId);
    }, WithCgroup);
}
