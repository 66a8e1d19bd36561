namespace LibContainer.Launch;

/// <summary>The processes that a <see cref="Launcher"/> has started and that nobody has reaped yet, and which launcher process holds each. Thread-safe.</summary>
internal sealed class LaunchedProcesses
{
    private readonly object _gate = new(); // not a Lock: somebody waits on it
    private readonly HashSet<LaunchedProcess> _all = [];
    private int _detached, _forking;

    /// <summary>A fork that takes longer than this is stuck in a container that has been frozen.</summary>
    private static readonly TimeSpan LongestFork = TimeSpan.FromSeconds(2);

    internal void Add(LaunchedProcess process)
    {
        lock (_gate)
            _all.Add(process);
    }

    /// <summary>A process will have a child that nobody here knows, until <see cref="EndFork"/>.</summary>
    internal void BeginFork()
    {
        lock (_gate)
            _forking++;
    }

    /// <summary>The child is known, or there is none.</summary>
    internal void EndFork()
    {
        lock (_gate)
        {
            _forking--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets go of detached processes that have ended and that nobody waits for.</summary>
    internal void ReapAbandoned()
    {
        lock (_gate)
            if (_detached > 0)
                foreach (LaunchedProcess process in _all.Where(process => process.IsAbandoned && process.PidFd.TryReap()).ToArray())
                {
                    _all.Remove(process);
                    _detached--;
                    process.PidFd.Dispose();
                }
    }

    /// <summary>It has ended and is reaped.</summary>
    internal void Remove(LaunchedProcess process)
    {
        lock (_gate)
        {
            if (_all.Remove(process) && !process.IsAttached)
                _detached--;
            Release(process);
        }
    }

    /// <summary>It lives on, and nobody kills it.</summary>
    internal void Detach(LaunchedProcess process)
    {
        lock (_gate)
        {
            if (process.IsAttached && _all.Contains(process))
                _detached++;
            process.IsAttached = false;
            Release(process);
        }
    }

    internal bool AnyHeldBy(LauncherProcess launcher)
    {
        lock (_gate)
            return _all.Any(process => process.Holder == launcher);
    }

    /// <summary>The launcher is dead and holds nothing any more.</summary>
    internal void Abandon(LauncherProcess launcher)
    {
        lock (_gate)
            foreach (LaunchedProcess process in _all)
                if (process.Holder == launcher)
                    process.Holder = null;
    }

    /// <summary>Those that should die with the host, and have no launcher to see to it.</summary>
    internal LaunchedProcess[] Unheld()
    {
        lock (_gate)
            return [.. _all.Where(process => process is { IsAttached: true, Holder: null })];
    }

    /// <summary>A launcher has taken it over.</summary>
    internal void Adopt(LaunchedProcess process, LauncherProcess launcher, int descriptor)
    {
        lock (_gate)
        {
            (process.Holder, process.HolderDescriptor) = (launcher, descriptor);
            if (!_all.Contains(process) || !process.IsAttached)
                Release(process); // ended or detached meanwhile
        }
    }

    /// <summary>Every process that a start has made; not while one is about to become another.</summary>
    internal HashSet<int> Ids()
    {
        lock (_gate)
        {
            long deadline = Environment.TickCount64 + (long)LongestFork.TotalMilliseconds;
            while (_forking > 0 && deadline - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(_gate, (int)left);
            return [.. _all.Select(process => process.Id)];
        }
    }

    private static void Release(LaunchedProcess process)
    {
        process.Holder?.Release(process.HolderDescriptor);
        process.Holder = null;
    }
}
