using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A connection to a message bus, through libsystemd. For one caller at a time. Source: sd-bus(3).</summary>
internal sealed unsafe class SystemdBus : SafeHandleZeroOrMinusOneIsInvalid
{
    private static readonly BusMethod AddMatchMethod = new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch");

    private static readonly BusMethod RemoveMatchMethod = AddMatchMethod with { Member = "RemoveMatch" };

    /// <summary>Signals that came while an answer was waited for.</summary>
    private readonly Queue<BusMessage> _signals = new();

    private SystemdBus(nint bus)
        : base(ownsHandle: true) => SetHandle(bus);

    private static LibSystemd Lib => LibSystemd.Instance;

    /// <summary>The bus of the host.</summary>
    /// <exception cref="BusException">ENOENT, ECONNREFUSED: there is none.</exception>
    /// <exception cref="DllNotFoundException">libsystemd is not installed.</exception>
    internal static SystemdBus OpenSystem()
    {
        nint bus;
        return Opened(Lib.sd_bus_open_system(&bus), &bus, "the system bus");
    }

    /// <summary>The bus of this process's user, on which the user's own systemd is: of DBUS_SESSION_BUS_ADDRESS or XDG_RUNTIME_DIR.</summary>
    /// <exception cref="BusException">ENOMEDIUM: neither is set, and there is no /run/user/UID/bus; ENOENT, ECONNREFUSED: nobody is there.</exception>
    /// <exception cref="DllNotFoundException">libsystemd is not installed.</exception>
    internal static SystemdBus OpenUser()
    {
        // Neither is set in what su or a service has started.
        string path = $"/run/user/{LibC.geteuid()}/bus";
        if (Environment.GetEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS") is null && Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is null && File.Exists(path))
            return Open($"unix:path={path}");
        nint bus;
        return Opened(Lib.sd_bus_open_user(&bus), &bus, "the user's bus");
    }

    /// <summary>The bus at an address: <c>unix:path=/run/user/1000/bus</c>, which lets in that user alone.</summary>
    /// <exception cref="BusException">EINVAL: it is no address; ENOENT, ECONNREFUSED: nobody is there.</exception>
    /// <exception cref="DllNotFoundException">libsystemd is not installed.</exception>
    internal static SystemdBus Open(string address)
    {
        nint pointer;
        SystemdBus bus = Opened(Lib.sd_bus_new(&pointer), &pointer, address);
        int result;
        fixed (byte* start = NullTerminated.From(address))
            result = Lib.sd_bus_set_address(pointer, start);
        if (result >= 0)
            result = Lib.sd_bus_set_bus_client(pointer, 1);
        if (result >= 0)
            result = Lib.sd_bus_start(pointer);
        if (result >= 0)
            return bus;
        bus.Dispose();
        throw new BusException($"connect to {address}", (Errno)(-result));
    }

    /// <summary>Calls a method and waits for the answer.</summary>
    /// <remarks>
    /// Not with sd_bus_call, which a signal to the waiting thread ends with EINTR (seen with libsystemd 252 and the SIGCHLD of a child): what was called
    /// happens all the same, and the answer is lost.
    /// </remarks>
    /// <param name="method">The method.</param>
    /// <param name="arguments">What it gets.</param>
    /// <param name="timeout">How long at most.</param>
    /// <exception cref="BusException">The answer is an error, or there is none; ETIMEDOUT: not in time.</exception>
    internal BusMessage Call(BusMethod method, ReadOnlySpan<BusValue> arguments, TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        ulong cookie;
        using (BusMessage call = BusMessage.Call(this, method, arguments))
        {
            using Borrowed bus = new(this), message = new(call);
            Check(Lib.sd_bus_send(bus.Pointer, message.Pointer, &cookie), method.Member);
        }
        while (Receive(start, timeout, null, method.Member) is { } received)
        {
            if (received.IsAnswerTo(cookie))
            {
                if (received.ErrorOf(method.Member) is not { } error)
                    return received;
                received.Dispose();
                throw error;
            }
            if (received.IsSignal())
                _signals.Enqueue(received);
            else
                received.Dispose(); // the answer to a call that nobody waits for any more
        }
        throw new BusException(method.Member, Errno.ETIMEDOUT);
    }

    /// <summary>From here on signals that match come in.</summary>
    /// <param name="rule">Which: <c>type='signal',member='JobRemoved'</c>. Source: the D-Bus specification, "Match Rules".</param>
    /// <param name="timeout">How long the bus has to answer.</param>
    /// <exception cref="BusException">The bus does not take it.</exception>
    internal void AddMatch(string rule, TimeSpan timeout) => Call(AddMatchMethod, [BusValue.String(rule)], timeout).Dispose();

    /// <summary>Takes a rule back.</summary>
    /// <inheritdoc cref="AddMatch"/>
    internal void RemoveMatch(string rule, TimeSpan timeout) => Call(RemoveMatchMethod, [BusValue.String(rule)], timeout).Dispose();

    /// <summary>Waits for the next signal of a kind. One that came in while a call waited for its answer counts.</summary>
    /// <param name="interface">Whose signal.</param>
    /// <param name="member">Its name.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null: the time was up.</returns>
    /// <exception cref="BusException">The connection is lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal BusMessage? WaitForSignal(string @interface, string member, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        (SafeFileHandle cancelled, SafeFileHandle writeEnd) = Pipe.Create();
        using (cancelled)
        using (writeEnd)
        using (cancellationToken.UnsafeRegister(static end => ((SafeFileHandle)end!).Dispose(), writeEnd)) // end of file is what wakes
        {
            while ((_signals.TryDequeue(out BusMessage? signal) ? signal : Receive(start, timeout, cancelled, member, cancellationToken)) is { } received)
            {
                if (received.IsSignal(@interface, member))
                    return received;
                received.Dispose();
            }
            return null;
        }
    }

    /// <summary>The next message, whatever it is.</summary>
    /// <returns>Null: the time since the start was up.</returns>
    private BusMessage? Receive(long start, TimeSpan timeout, SafeHandle? wake, string call, CancellationToken cancellationToken = default)
    {
        using Borrowed bus = new(this);
        using SafeFileHandle socket = new(Check(Lib.sd_bus_get_fd(bus.Pointer), call), ownsHandle: false);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            nint received = 0;
            bool isBusy = Check(Lib.sd_bus_process(bus.Pointer, &received), call) > 0;
            if (received != 0)
                return new BusMessage(received);
            if (isBusy)
                continue;
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
                return null;
            int events = Check(Lib.sd_bus_get_events(bus.Pointer), call);
            Interest ofBus = new(socket, (events & LibC.POLLIN) != 0, (events & LibC.POLLOUT) != 0);
            Readiness.Wait(wake is null ? [ofBus] : [ofBus, new Interest(wake)], left);
        }
    }

    private static SystemdBus Opened(int result, nint* bus, string which)
        => result >= 0 ? new SystemdBus(*bus) : throw new BusException($"connect to {which}", (Errno)(-result));

    private static int Check(int result, string call) => result >= 0 ? result : throw new BusException(call, (Errno)(-result));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        while (disposing && _signals.TryDequeue(out BusMessage? signal))
            signal.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Lib.sd_bus_close(handle);
        Lib.sd_bus_unref(handle);
        return true;
    }
}
