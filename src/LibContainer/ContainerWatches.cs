using System.Threading.Channels;
using LibContainer.Cgroups;

namespace LibContainer;

/// <summary>Whoever wants to know what happens to a container. Thread-safe.</summary>
internal sealed class ContainerWatches
{
    private readonly Lock _gate = new();
    private readonly List<ContainerWatch> _all = [];
    private LiveContainer? _live;
    private ContainerEvent? _last;

    /// <summary>One more.</summary>
    internal ContainerWatch Add()
    {
        ContainerWatch watch = new(this);
        lock (_gate)
        {
            if (_last is not null)
                watch.End(_last, isRemoved: true);
            else
            {
                _all.Add(watch);
                if (_live is not null)
                    watch.Follow(_live);
            }
        }
        return watch;
    }

    internal void Remove(ContainerWatch watch)
    {
        lock (_gate)
            _all.Remove(watch);
    }

    /// <summary>It runs: its cgroup has something to say from here on.</summary>
    internal void Follow(LiveContainer live)
    {
        lock (_gate)
        {
            _live = live;
            _all.ForEach(watch => watch.Follow(live));
        }
    }

    internal void Tell(ContainerEventKind kind)
    {
        ContainerEvent happened = new(kind, DateTimeOffset.UtcNow);
        lock (_gate)
            _all.ForEach(watch => watch.Tell(happened));
    }

    /// <summary>It has ended: the last event.</summary>
    /// <param name="status">How.</param>
    /// <param name="isRemoved">So is its cgroup, and with it ends what that has to say.</param>
    internal void End(ContainerExitStatus status, bool isRemoved)
    {
        lock (_gate)
        {
            _last = new ContainerEvent(ContainerEventKind.Exited, status.ExitedAt) { ExitStatus = status };
            _all.ForEach(watch => watch.End(_last, isRemoved));
            _all.Clear();
        }
    }
}

/// <summary>One who wants to know.</summary>
internal sealed class ContainerWatch(ContainerWatches watches) : IDisposable
{
    private readonly Channel<ContainerEvent> _events = Channel.CreateUnbounded<ContainerEvent>();
    private CgroupEventStream? _memory;
    private Task _followed = Task.CompletedTask;

    internal void Tell(ContainerEvent happened) => _events.Writer.TryWrite(happened);

    internal void Follow(LiveContainer live)
    {
        if (live.Cgroup is null || !ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Controllers.Contains("memory")))
            return;
        try
        {
            _memory = live.Cgroup.WatchAsync(new CgroupEventOptions());
            _followed = FollowAsync(_memory);
        }
        catch (CgroupException)
        {
            // It ends at this moment.
        }
    }

    private async Task FollowAsync(CgroupEventStream memory)
    {
        await foreach (CgroupEvent happened in memory.ConfigureAwait(false))
        {
            ContainerEventKind kind = happened.Kind == CgroupEventKind.OutOfMemoryKill ? ContainerEventKind.OutOfMemoryKill : ContainerEventKind.OutOfMemory;
            Tell(new ContainerEvent(kind, DateTimeOffset.UtcNow) { Count = happened.Count });
        }
    }

    /// <summary>What its memory had to say comes first.</summary>
    internal void End(ContainerEvent last, bool isRemoved)
    {
        if (!isRemoved)
            _memory?.Dispose();
        _followed.ContinueWith(
            _ =>
            {
                Tell(last);
                _events.Writer.TryComplete();
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    internal async IAsyncEnumerable<ContainerEvent> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ContainerEvent happened in _events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return happened;
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        watches.Remove(this);
        _memory?.Dispose();
    }
}
