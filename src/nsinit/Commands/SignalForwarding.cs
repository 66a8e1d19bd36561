using System.Runtime.InteropServices;
using LibContainer.Launch;
using LibContainer.Linux;

namespace NsInit.Commands;

/// <summary>
/// Passes on to the program what somebody sends to nsinit: from before the start, so that no signal ends nsinit alone, and to the end of the process, so that none takes the
/// exit code away. It is therefore never undone.
/// </summary>
internal sealed class SignalForwarding
{
    /// <summary>Signals that are meant for the program. SIGCHLD, SIGURG and SIGWINCH are ours.</summary>
    private static readonly Signal[] Forwarded = [Signal.SIGHUP, Signal.SIGINT, Signal.SIGQUIT, Signal.SIGTERM, Signal.SIGUSR1, Signal.SIGUSR2];

    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _gate = new();
    private readonly HashSet<Signal> _sent = [];
    private readonly Queue<Signal> _early = [];
    private LaunchedProcess? _process;

    private SignalForwarding() => _registrations = [.. Forwarded.Select(signal => PosixSignalRegistration.Create((PosixSignal)(int)signal, context =>
    {
        context.Cancel = true;
        Receive(signal);
    }))];

    /// <summary>Held here: a registration that is collected is undone.</summary>
    internal static SignalForwarding Instance { get; } = new();

    /// <summary>The program runs: what came before goes to it now.</summary>
    internal void Start(LaunchedProcess process)
    {
        lock (_gate)
        {
            _process = process;
            while (_early.TryDequeue(out Signal signal))
                Send(process, signal);
        }
    }

    private void Receive(Signal signal)
    {
        lock (_gate)
        {
            if (_process is { } process)
                Send(process, signal);
            else
                _early.Enqueue(signal);
        }
    }

    /// <summary>
    /// The first process of a PID namespace gets only signals that it has a handler for (pid_namespaces(7)), so a program that does not handle
    /// SIGINT could not be stopped from the keyboard. The second request of one kind is therefore SIGKILL, which it always gets.
    /// </summary>
    private void Send(LaunchedProcess process, Signal signal)
    {
        bool repeated = !_sent.Add(signal);
        if (repeated && signal is (Signal.SIGINT or Signal.SIGTERM))
            process.Kill();
        else
            process.TrySendSignal(signal);
    }

}
