namespace LibContainer.Launch;

/// <summary>The processes that a <see cref="Launcher"/> has started and that nobody has reaped yet, and which launcher process holds each. Thread-safe.</summary>
internal sealed class LaunchedProcesses
{
    private readonly Lock _gate = new();
    private readonly HashSet<LaunchedProcess> _all = [];

    internal void Add(LaunchedProcess process)
    {
        lock (_gate)
            _all.Add(process);
    }

    /// <summary>It has ended and is reaped.</summary>
    internal void Remove(LaunchedProcess process)
    {
        lock (_gate)
        {
            _all.Remove(process);
            Release(process);
        }
    }

    /// <summary>It lives on, and nobody kills it.</summary>
    internal void Detach(LaunchedProcess process)
    {
        lock (_gate)
        {
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

    internal HashSet<int> Ids()
    {
        lock (_gate)
            return [.. _all.Select(process => process.Id)];
    }

    private static void Release(LaunchedProcess process)
    {
        process.Holder?.Release(process.HolderDescriptor);
        process.Holder = null;
    }
}
