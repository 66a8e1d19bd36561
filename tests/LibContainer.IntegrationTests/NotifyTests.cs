using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>What programs in a container say of themselves, as sd_notify(3) does.</summary>
public sealed class NotifyTests
{
    /// <summary>One message for each argument.</summary>
    private const string Say = """socket(S, PF_UNIX, SOCK_DGRAM, 0) or die; for (@ARGV) { s/\\n/\n/g; send(S, $_, 0, sockaddr_un($ENV{NOTIFY_SOCKET})) or die $! }""";

    private static ProcessConfiguration Saying(params string[] messages) => new() { Arguments = ["/usr/bin/perl", "-MSocket", "-e", Say, .. messages] };

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private static void Require()
    {
        Requires.Root();
        Requires.Program("perl");
    }

    [Fact]
    public void Every_message_is_told_in_its_order_whoever_says_it_and_however_late()
    {
        Require();
        string[] messages = [.. Enumerable.Range(0, 8).Select(i => $"STATUS={i}")]; // no more than the kernel keeps for somebody who does not read: net.unix.max_dgram_qlen
        for (int i = 0; i < 20; i++)
        {
            List<ImmutableArray<string>> told = [];
            ExitStatus status = Sandbox.Exec(Sandbox.Default, Saying([.. messages, "READY=1\\nSTATUS=up"]) with { UserId = 65534, GroupId = 65534 }, new ExecOptions { Notified = told.Add });

            status.Success.Should().BeTrue();
            told.SelectMany(lines => lines).Should().Equal([.. messages, "READY=1", "STATUS=up"]);
            told.Should().HaveCount(messages.Length + 1);
        }
    }

    [Fact]
    public async Task A_program_that_runs_is_heard()
    {
        Require();
        TaskCompletionSource<ImmutableArray<string>> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ProcessConfiguration saying = Saying("READY=1");
        await using ContainerProcess process = Sandbox.Start(
            Sandbox.Default, saying with { Arguments = saying.Arguments.SetItem(3, Say + "; sleep 1000") }, new ExecOptions { Notified = told.SetResult });

        (await told.Task.WaitAsync(Limit)).Should().Equal("READY=1");

        Directory.GetFileSystemEntries("/run/libcontainer/notify").Should().BeEmpty("it has no name on the host");
    }

    [Fact]
    public void Who_is_told_and_throws_ends_the_program_and_nothing_is_left()
    {
        Require();
        Sandbox.Exec(Sandbox.Default, Saying("READY=1"), new ExecOptions { Notified = _ => { } });
        Footprint before = Footprint.Take();
        ProcessConfiguration saying = Saying("READY=1");

        FluentActions.Invoking(() => Sandbox.Exec(
                Sandbox.Default, saying with { Arguments = saying.Arguments.SetItem(3, Say + "; sleep 1000") }, new ExecOptions { Notified = _ => throw new InvalidOperationException("not now") }))
            .Should().Throw<InvalidOperationException>().WithMessage("not now");
        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/nothing"), new ExecOptions { Notified = _ => { } })).Should().Throw<Launch.LaunchException>();

        Footprint.Take().Should().Be(before);
        Directory.GetFileSystemEntries("/run/libcontainer/notify").Should().BeEmpty();
    }

    [Fact]
    public void Without_anybody_to_tell_the_program_is_not_asked()
    {
        Requires.Root();

        Sandbox.Script("echo ${NOTIFY_SOCKET-unset}; ls /run/host 2>&1 | grep -c notify").Lines.Should().Equal("unset", "0");
    }

    /// <summary>As systemd starts a service of Type=notify.</summary>
    [Fact]
    public void Nsinit_passes_on_what_means_something_outside()
    {
        Require();
        using TemporaryDirectory folder = new();
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        manager.ReceiveTimeout = 30_000;
        ProcessStartInfo start = new(Repository.NsInit, ["run", "--", .. Saying("STATUS=begins", "MAINPID=1\\nFDSTORE=1", "READY=1\\nMAINPID=1").Arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[HostNotifications.Variable] = folder["notify"];

        Command.Run(start).Should().Be(new Command.Result(0, "", ""));

        byte[] message = new byte[4096];
        Encoding.ASCII.GetString(message, 0, manager.Receive(message)).Should().Be("STATUS=begins");
        Encoding.ASCII.GetString(message, 0, manager.Receive(message)).Should().Be("READY=1");
        manager.Available.Should().Be(0);
        start.Environment[HostNotifications.Variable] = folder["nobody"];
        Command.Run(start).Should().Be(new Command.Result(0, "", string.Concat(new[] { "STATUS=begins", "READY=1 MAINPID=1" }.Select(
            lines => $"nsinit: the service manager was not told {lines}: connect {folder["nobody"]}: ENOENT (No such file or directory)\n"))));
    }
}
