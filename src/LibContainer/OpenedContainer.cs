using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>A container that another program has made, or this one before: what is known of it is what is on disk.</summary>
internal sealed class OpenedContainer : Container
{
    private readonly Lock _looking = new();
    private LiveContainer? _live;
    private ContainerExitStatus? _exit;
    private Task<ContainerExitStatus>? _ended;

    internal OpenedContainer(ContainerRuntime runtime, ContainerConfiguration configuration, ContainerState state)
        : base(runtime, state.Id, configuration)
    {
        _exit = state.Exit;
        _live = Open(state);
        if (_live is not null)
            _ = WhenEndedAsync(); // so that whoever watches it is told
    }

    public override ContainerStatus Status => ExitStatus is not null ? ContainerStatus.Stopped : Live?.Status ?? StatusOnDisk();

    public override ContainerExitStatus? ExitStatus => Volatile.Read(ref _exit);

    protected override LiveContainer? Live
    {
        get
        {
            lock (_looking)
                return _live ??= _exit is null ? Open(Runtime.Store.Read(Id)) : null; // who has made it may have started it meanwhile
        }
    }

    private LiveContainer? Open(ContainerState state)
    {
        if (state.Exit is not null || state.Process is not { } first || !first.Runs(state.PidNamespace))
            return null;
        try
        {
            return new LiveContainer(Id, RunningContainer.Open(first.Id, first.StartTime), CgroupOf(state));
        }
        catch (ContainerStateException)
        {
            return null; // it ends at this moment
        }
    }

    internal static ContainerCgroup? CgroupOf(ContainerState state) => state.Cgroup.IsEmpty ? null : ContainerCgroup.OfPaths(state.Cgroup);

    private ContainerStatus StatusOnDisk() => StateView.StatusOf(Runtime.Store.Read(Id), Runtime.Store);

    public override Task<ContainerProcess> StartAsync(ProcessConfiguration process, ContainerStartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return Task.FromException<ContainerProcess>(new ContainerStatusException(Id, Status, "only the object that has created it can start it"));
    }

    protected override Task<ContainerExitStatus> WhenEndedAsync()
    {
        if (ExitStatus is { } known)
            return Task.FromResult(known);
        LiveContainer? live = Live;
        lock (_looking)
            return _ended ??= live is not null ? ObserveAsync(live)
                : StatusOnDisk() is var status && status == ContainerStatus.Created ? throw new ContainerStatusException(Id, status, "only one that was started ends")
                : Task.FromResult(_exit = Unseen());
    }

    private async Task<ContainerExitStatus> ObserveAsync(LiveContainer live)
    {
        await live.PidFd.WhenEndedAsync().ConfigureAwait(false);
        ContainerExitStatus status = await Task.Run(() => Learn(live)).ConfigureAwait(false);
        Volatile.Write(ref _exit, status);
        Watches.End(status, isRemoved: live.Cgroup?.Exists != true);
        return status;
    }

    /// <summary>Who has started it writes it down, if that is there; else the kernel may know.</summary>
    private ContainerExitStatus Learn(LiveContainer live)
    {
        Runtime.Store.AwaitOwner(Id);
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        try
        {
            ContainerState state = Runtime.Store.Read(Id);
            if (state.Exit is { } written)
                return written;
            startedAt = state.Process?.StartedAt ?? startedAt;
        }
        catch (ContainerNotFoundException)
        {
            // It was deleted as soon as it had ended.
        }
        CgroupUsage usage = live.Cgroup is { Exists: true } cgroup ? cgroup.GetUsage() : CgroupUsage.Unknown;
        return ContainerExit.Describe(live.PidFd.WaitForExit(), Configuration.InitProcess, null, usage, startedAt);
    }

    /// <summary>It had ended before anybody here looked, and nobody wrote down how.</summary>
    private static ContainerExitStatus Unseen() => new() { Reason = ContainerExitReason.Unknown, ExitCode = -1, ExitedAt = DateTimeOffset.UtcNow };

    protected override void Kill()
    {
        LiveContainer live = Live!;
        live.TrySendSignal(Signal.SIGKILL);
        live.LetGoOn(); // on version 1 of cgroups a process that is frozen ends only then
        if ((Configuration.Namespaces & NamespaceKinds.Pid) == 0)
            live.Cgroup?.Kill(); // no pid 1 takes the others along
    }

    protected override ValueTask UndoAsync()
    {
        lock (_looking)
            _live?.Dispose();
        return ValueTask.CompletedTask;
    }
}
