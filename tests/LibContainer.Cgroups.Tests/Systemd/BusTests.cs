using System.Diagnostics;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>A message bus of the test's own, without a systemd: calls, errors, waits, and its end.</summary>
public sealed class BusTests : IDisposable
{
    private static readonly BusMethod GetId = new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId");

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _folder = new();

    private Process? _daemon;

    private string Address => $"unix:path={_folder["bus"]}";

    public void Dispose()
    {
        Stop();
        _folder.Dispose();
    }

    [Fact]
    public void A_method_is_called_and_its_answer_read()
    {
        Start();
        using SystemdBus bus = SystemdBus.Open(Address);

        Id(bus).Should().MatchRegex("^[0-9a-f]{32}$").And.Be(Id(bus));
    }

    [Fact]
    public void An_error_has_its_name_and_what_is_said_about_it()
    {
        Start();
        using SystemdBus bus = SystemdBus.Open(Address);

        BusException error = FluentActions.Invoking(() => bus.Call(GetId with { Member = "Nonsense" }, [], Long)).Should().Throw<BusException>().Which;
        error.ErrorName.Should().Be("org.freedesktop.DBus.Error.UnknownMethod");
        error.Message.Should().StartWith("Nonsense: org.freedesktop.DBus.Error.UnknownMethod: ").And.EndWith(error.Text);
        error.IsDisconnected.Should().BeFalse();
        FluentActions.Invoking(() => bus.Call(GetId with { Destination = "org.example.Nobody" }, [], Long)).Should().Throw<BusException>()
            .Which.ErrorName.Should().Be("org.freedesktop.DBus.Error.ServiceUnknown");
        Id(bus).Should().NotBeEmpty("it is still of use");
    }

    [Fact]
    public void A_value_of_another_type_is_not_read()
    {
        Start();
        using SystemdBus bus = SystemdBus.Open(Address);
        using BusMessage answer = bus.Call(GetId, [], Long);

        FluentActions.Invoking(() => answer.ReadUInt32()).Should().Throw<BusException>().WithMessage("read u: ENXIO*");
        FluentActions.Invoking(() => answer.EnterVariant("s")).Should().Throw<BusException>().WithMessage("read a variant of s: *");
        answer.ReadString().Should().NotBeEmpty();
        FluentActions.Invoking(() => answer.ReadString()).Should().Throw<BusException>().WithMessage("read s: ENXIO*");
    }

    [Fact]
    public async Task A_signal_is_waited_for_as_long_as_was_said_and_until_somebody_cancels()
    {
        Start();
        using SystemdBus bus = SystemdBus.Open(Address);
        bus.WaitForSignal("org.freedesktop.DBus", "NameOwnerChanged", TimeSpan.FromMilliseconds(50), CancellationToken.None).Should().BeNull();

        bus.AddMatch("type='signal',member='NameOwnerChanged'", Long);
        using SystemdBus other = SystemdBus.Open(Address);
        string id = Id(other); // it has a name now
        using (BusMessage? signal = bus.WaitForSignal("org.freedesktop.DBus", "NameOwnerChanged", Long, CancellationToken.None))
            signal!.ReadString().Should().StartWith(":");
        bus.RemoveMatch("type='signal',member='NameOwnerChanged'", Long);

        using CancellationTokenSource source = new();
        Task<BusMessage?> waiting = Task.Run(() => bus.WaitForSignal("org.freedesktop.DBus", "NameOwnerChanged", TimeSpan.FromHours(1), source.Token));
        source.CancelAfter(TimeSpan.FromMilliseconds(100));
        await FluentActions.Awaiting(() => waiting.WaitAsync(Long)).Should().ThrowAsync<OperationCanceledException>();
        Id(bus).Should().Be(id);
    }

    /// <summary>SIGCHLD, say, which comes to any thread.</summary>
    [Fact]
    public async Task A_signal_to_the_thread_that_waits_does_not_end_the_call()
    {
        SystemCallNumber tgkill = new(234, 131);
        Start();
        using SystemdBus bus = SystemdBus.Open(Address);
        string id = Id(bus);
        using PidFd daemon = PidFd.Open(_daemon!.Id);
        daemon.TrySendSignal(Signal.SIGSTOP);
        TaskCompletionSource<long> thread = new(TaskCreationOptions.RunContinuationsAsynchronously); // or the rest of this would run on that very thread
        Task<string> call = Task.Factory.StartNew(
            () =>
            {
                thread.SetResult(SystemCall.Invoke(SystemCallNumber.gettid));
                return Id(bus);
            },
            TaskCreationOptions.LongRunning);
        string state = $"/proc/self/task/{await thread.Task}/stat";

        for (int i = 0; i < 5; i++)
        {
            SpinWait.SpinUntil(() => File.ReadAllText(state).Split(") ")[^1][0] == 'S', Long).Should().BeTrue();
            SystemCall.Invoke(tgkill, Environment.ProcessId, await thread.Task, (int)Signal.SIGCHLD).Should().Be(0);
        }
        daemon.TrySendSignal(Signal.SIGCONT);

        (await call).Should().Be(id);
    }

    [Fact]
    public void An_answer_that_does_not_come_in_time_is_an_error_and_is_not_taken_for_the_next()
    {
        Start();
        using SystemdBus bus = SystemdBus.Open(Address);
        string id = Id(bus);
        using PidFd daemon = PidFd.Open(_daemon!.Id);
        daemon.TrySendSignal(Signal.SIGSTOP);

        FluentActions.Invoking(() => bus.Call(GetId with { Member = "ListNames" }, [], TimeSpan.FromMilliseconds(50)).Dispose()).Should().Throw<BusException>()
            .WithMessage("ListNames: ETIMEDOUT*");

        daemon.TrySendSignal(Signal.SIGCONT);
        Id(bus).Should().Be(id);
    }

    [Fact]
    public void An_address_that_is_none_is_an_error_that_names_it()
        => FluentActions.Invoking(() => SystemdBus.Open("unix:nonsense")).Should().Throw<BusException>().WithMessage("connect to unix:nonsense: EINVAL*");

    [Fact]
    public void A_bus_that_was_restarted_is_connected_to_again()
    {
        int opened = 0;
        Start();
        using SystemdConnections connections = new(() =>
        {
            opened++;
            return SystemdBus.Open(Address);
        });
        string first = connections.Use(Id);
        connections.Use(Id).Should().Be(first);
        opened.Should().Be(1);
        Stop();
        Start();

        connections.Use(Id).Should().NotBe(first);

        opened.Should().Be(2);
        Stop();
        FluentActions.Invoking(() => connections.Use(Id)).Should().Throw<BusException>().Which.ErrorName.Should().BeNull();
    }

    [Fact]
    public async Task Who_calls_at_the_same_time_has_a_connection_of_his_own()
    {
        Start();
        int opened = 0;
        using SystemdConnections connections = new(() =>
        {
            Interlocked.Increment(ref opened);
            return SystemdBus.Open(Address);
        });
        using Barrier together = new(6);
        bool UseOne(SystemdBus bus) => together.SignalAndWait(Long) && Id(bus).Length > 0;

        Task<bool>[] calls = [.. Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(() => connections.Use(UseOne), TaskCreationOptions.LongRunning))];
        (await Task.WhenAll(calls)).Should().OnlyContain(isFine => isFine);

        opened.Should().Be(6);
        connections.Use(Id);
        opened.Should().Be(6, "some are kept");
    }

    private static string Id(SystemdBus bus)
    {
        using BusMessage answer = bus.Call(GetId, [], Long);
        return answer.ReadString();
    }

    /// <summary>It prints its address when it listens there.</summary>
    private void Start()
    {
        Requires.Program("dbus-daemon");
        _daemon = Command.Start("dbus-daemon", "--session", "--nofork", "--nopidfile", $"--address={Address}", "--print-address");
        _daemon.StandardOutput.ReadLine().Should().StartWith(Address);
    }

    private void Stop()
    {
        if (_daemon is null)
            return;
        _daemon.Kill();
        _daemon.WaitForExit();
        _daemon.Dispose();
        _daemon = null;
        File.Delete(_folder["bus"]);
    }
}
