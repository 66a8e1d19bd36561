using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.Network;

namespace LibContainer;

/// <summary>What a start has made beside the process, and what becomes of it when that has ended: each is undone once, in reverse order.</summary>
/// <param name="options">Who is told.</param>
/// <param name="entered">First process of the container that a program was added to. 0: it is of its own.</param>
internal sealed class ContainerEnd(ProgramOptions options, int entered = 0) : IDisposable
{
    private readonly Lock _gate = new();
    private ContainerCgroup? _cgroup;
    private PidFiles? _files;
    private bool _hasProcessIds, _isFinished, _isDetached;

    /// <summary>What the container is connected by.</summary>
    internal ContainerNetwork? Network { get; set; }

    /// <summary>What its programs say comes through this.</summary>
    internal NotifySocket? Notifications { get; set; }

    /// <summary>It will be removed.</summary>
    internal void Own(ContainerCgroup? cgroup, ContainerConfiguration container)
    {
        _cgroup = cgroup;
        _hasProcessIds = (container.Namespaces & NamespaceKinds.Pid) != 0;
    }

    /// <summary>The process runs its program.</summary>
    /// <exception cref="IOException">The files that say so cannot be written.</exception>
    internal void Begin(LaunchedProcess process)
    {
        Notifications?.RemoveName();
        Notifications?.Begin(process);
        if (options is ExecOptions { DataPath: { } folder })
            _files = PidFiles.Write(folder, process.Id);
    }

    /// <summary>The process lives on, whatever becomes of this program: only its end is a reason to undo something.</summary>
    internal void Detach() => _isDetached = true;

    /// <summary>The process has ended.</summary>
    /// <exception cref="CgroupException">Its cgroup cannot be removed.</exception>
    internal void Finish(int processId, ExitStatus status)
    {
        lock (_gate)
        {
            if (_isFinished)
                return;
            _isFinished = true;
            if (entered == 0)
                options.Logger?.Ended(processId, status);
            else
                options.Logger?.ProgramEnded(processId, entered, status);
            Notifications?.Finish();
            Leave();
            RemoveFiles();
            RemoveCgroup();
        }
    }

    /// <summary>The kernel removes the host's end of a cable some 15 ms later; nobody waits for that.</summary>
    private void Leave()
        => Network?.DisconnectAsync().ContinueWith(
            task => options.Logger?.NetworkLeft(task.Exception!.GetBaseException().Message), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void RemoveFiles()
    {
        PidFiles? files = _files;
        _files = null;
        files?.Dispose();
    }

    private void RemoveCgroup()
    {
        ContainerCgroup? cgroup = _cgroup;
        _cgroup = null;
        if (cgroup is null)
            return;
        if (!_hasProcessIds)
            cgroup.Kill(); // what the program left behind: no pid 1 takes it along
        try
        {
            if (options is ExecOptions { CgroupEmptied: { } emptied } && cgroup.Exists)
                emptied(cgroup);
        }
        finally
        {
            cgroup.Delete();
        }
    }

    /// <summary>Undoes what is left.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            bool isLeft = _isDetached && !_isFinished;
            _isFinished = true;
            Notifications?.Dispose();
            if (isLeft)
                return;
            RemoveFiles();
            Network?.Dispose();
            RemoveCgroup();
        }
    }

    /// <summary>The same when a start, or what came of it, has failed: process and streams first.</summary>
    /// <exception cref="AggregateException">Its cgroup could not be removed then: both.</exception>
    internal void DisposeAfter(Exception error, LaunchedProcess? process, IProgramStreams? streams)
    {
        try
        {
            process?.Dispose();
            streams?.Dispose();
            Dispose();
        }
        catch (CgroupException second)
        {
            throw new AggregateException($"{error.Message}; and its cgroup could not be removed: {second.Message}", error, second);
        }
    }
}
