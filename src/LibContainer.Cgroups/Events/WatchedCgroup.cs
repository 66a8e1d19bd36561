using System.Runtime.InteropServices;

namespace LibContainer.Cgroups;

/// <summary>One cgroup that a stream watches: its descriptors, and what becomes of what they tell. All of it is called under the lock of the stream.</summary>
/// <param name="stream">Gets the events.</param>
/// <param name="loop">Waits for the descriptors.</param>
/// <param name="directory">The cgroup.</param>
internal abstract class WatchedCgroup(CgroupEventStream stream, CgroupEventLoop loop, CgroupDirectory directory) : IDisposable
{
    private readonly List<IDisposable> _held = [];
    private readonly List<(ulong Key, SafeHandle Handle)> _waits = [];
    private CgroupRemovals.Entry? _removal;
    private bool _isDisposed;

    protected CgroupEventStream Stream => stream;

    protected CgroupDirectory Directory => directory;

    /// <summary>Begins. When it fails, <see cref="Dispose"/> releases what there is.</summary>
    internal abstract void Start(CgroupEventOptions options);

    /// <summary>Takes what the kernel has counted.</summary>
    internal abstract void Flush();

    /// <summary>Released with this.</summary>
    protected T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }

    /// <summary>Waits for a descriptor that is held.</summary>
    /// <param name="handle">It.</param>
    /// <param name="ready">As of <see cref="CgroupEventLoop.Add"/>, under the lock and not after the end.</param>
    /// <param name="isModification">As of <see cref="LibContainer.Linux.EventPoll.Add"/>.</param>
    protected void Wait(SafeHandle handle, Action<bool> ready, bool isModification = false)
        => _waits.Add((loop.Add(handle, isModification, isError => Do(() => ready(isError))), handle));

    /// <summary>Waits for the removal of the cgroup.</summary>
    protected void WaitForRemoval(Action removed) => _removal = loop.AddRemoval(directory.Path, () => Do(removed));

    /// <summary>Under the lock, and not after the end of this cgroup or of the stream.</summary>
    protected void Do(Action action) => stream.Do(() =>
    {
        if (!_isDisposed)
            action();
    });

    /// <summary>Tells of something that the kernel counts.</summary>
    /// <param name="counter">Count and place of it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="total">What the kernel says now. Null: this kernel does not count it.</param>
    protected void TellIncrease(Counter counter, CgroupEventKind kind, ulong? total)
    {
        if (total is { } now && now > counter.Total)
        {
            stream.Tell(counter.Place, new CgroupEvent(kind, now - counter.Total, now));
            counter.Total = now;
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach ((ulong key, SafeHandle handle) in _waits)
            loop.Remove(key, handle);
        if (_removal is not null)
            loop.Remove(_removal);
        foreach (IDisposable held in _held)
            held.Dispose();
    }

    /// <summary>A number that the kernel counts up.</summary>
    /// <param name="place">For its events.</param>
    protected sealed class Counter(int place)
    {
        internal int Place => place;

        /// <summary>As it was told last, or when the watch began.</summary>
        internal ulong Total { get; set; }
    }
}
