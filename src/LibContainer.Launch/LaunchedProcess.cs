using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Launch;

/// <summary>A process that the launcher started: a child of this host, attached to it until it is detached.</summary>
/// <remarks>Disposal is undo: what still runs is killed and reaped.</remarks>
public sealed class LaunchedProcess : IDisposable
{
    private readonly Launcher _launcher;
    private readonly Lock _waiting = new();
    private static readonly Lock s_awaiting = new(); // one for all: most processes are never awaited
    private AsyncReadiness? _readiness;
    private Task? _ended;
    private ExitStatus? _exitStatus;
    private bool _disposed;

    internal LaunchedProcess(Launcher launcher, int id, PidFd pidFd, LauncherProcess? holder, int descriptor)
    {
        _launcher = launcher;
        Id = id;
        PidFd = pidFd;
        Holder = holder;
        HolderDescriptor = descriptor;
    }

    /// <summary>
    /// Process id in the host's namespace. For display and for /proc; signals and waits go through <see cref="PidFd"/>. 0: other code of this host has reaped it before
    /// it was known, which only one that enters a container can be.
    /// </summary>
    public int Id { get; }

    /// <summary>The process, by descriptor.</summary>
    public PidFd PidFd { get; }

    /// <summary>
    /// The host's end of the terminal that an <see cref="Steps.OpenTerminalStep"/> made, or null: what is written to it is typed, what is read from it is shown. Reads and writes do not wait.
    /// Closing it hangs the terminal up; it goes with this object. An init of the host's own opens one itself; who gets its other end may set it here.
    /// </summary>
    public SafeFileHandle? Terminal { get; set; }

    /// <summary>The launcher that kills it when the host is gone, and the number of its pidfd there. Guarded by <see cref="LaunchedProcesses"/>.</summary>
    internal LauncherProcess? Holder { get; set; }

    internal int HolderDescriptor { get; set; }

    /// <summary>Detached, and nobody will ask how it ended.</summary>
    internal bool IsAbandoned { get; private set; }

    /// <summary>It dies with the host, and with this object.</summary>
    public bool IsAttached { get; internal set; } = true;

    /// <summary>Sends a signal.</summary>
    /// <returns>False when the process has ended.</returns>
    public bool TrySendSignal(Signal signal)
    {
        try
        {
            return PidFd.TrySendSignal(signal);
        }
        catch (ObjectDisposedException)
        {
            return false; // a signal that is passed on from another thread may come behind the end
        }
    }

    /// <summary>Called behind each <see cref="Kill"/> of a process that has not ended, also by disposal and by the cancellation of a start: a process that cgroup version 1 has frozen ends only once it is thawed.</summary>
    public Action? Killed { get; set; }

    /// <summary>Kills the process, even if it is frozen.</summary>
    /// <returns>False when it has ended.</returns>
    public bool Kill()
    {
        bool isSent = TrySendSignal(Signal.SIGKILL);
        if (isSent)
            Killed?.Invoke();
        return isSent;
    }

    /// <summary>Waits until the process has ended, and reaps it. Can be called again.</summary>
    public ExitStatus WaitForExit()
    {
        lock (_waiting)
        {
            if (_exitStatus is { } known)
                return known;
            ExitStatus status = PidFd.WaitForExit();
            _exitStatus = status;
            _launcher.Forget(this);
            return status;
        }
    }

    /// <summary>Waits until the process has ended, without a thread, and reaps it. Can be called again.</summary>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    /// <exception cref="ObjectDisposedException">This was disposed while the process ran detached.</exception>
    public async Task<ExitStatus> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        if (_exitStatus is null)
            await WhenEnded().WaitAsync(cancellationToken).ConfigureAwait(false);
        return WaitForExit();
    }

    private Task WhenEnded()
    {
        lock (s_awaiting)
        {
            ObjectDisposedException.ThrowIf(_disposed && _exitStatus is null, this);
            _readiness ??= new AsyncReadiness(PidFd);
            return _ended ??= Await(_readiness);
        }

        async Task Await(AsyncReadiness readiness)
        {
            while (true)
            {
                Task changed = readiness.WhenReadable();
                if (_exitStatus is not null || PidFd.HasEnded)
                    return;
                ObjectDisposedException.ThrowIf(_disposed, this); // else the readiness would be told for ever
                await changed.ConfigureAwait(false);
            }
        }
    }

    /// <summary>The process no longer dies with this host. Its plan must be without a parent-death signal, or the kernel still sends that.</summary>
    /// <remarks>As long as this host lives it stays its child. It is reaped by <see cref="WaitForExit"/> or, once this object is disposed, with a later start.</remarks>
    public void Detach() => _launcher.Detach(this);

    /// <summary>Kills the process if it runs and is attached, reaps it, lets go of it.</summary>
    public void Dispose()
    {
        lock (s_awaiting)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        Terminal?.Dispose();
        if (_exitStatus is null && IsAttached)
        {
            Kill();
            WaitForExit();
        }
        _readiness?.Dispose();
        if (_exitStatus is null)
            IsAbandoned = true; // the registry keeps the pidfd, to reap it one day
        else
            PidFd.Dispose();
    }
}
