using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>The thread that waits for the events of all cgroups that this program watches, with its epoll and its inotify.</summary>
/// <remarks>
/// It is there while somebody watches, and ends with the last: a program that does not watch any more has no thread and no descriptor of it. Starting it
/// takes as long as any thread, which is less than the program in a container that is worth watching takes.
/// Locks are taken in the order stream, loop; a stream is called without the lock of the loop.
/// </remarks>
internal sealed class CgroupEventLoop : IDisposable
{
    private const ulong StopKey = 0;
    private const ulong RemovalsKey = 1;

    private static readonly Lock s_gate = new();
    private static CgroupEventLoop? s_current;

    private readonly EventPoll _poll;
    private readonly EventCounter _stop;
    private readonly CgroupRemovals _removals;
    private readonly Thread _thread;
    private readonly Dictionary<ulong, Action<bool>> _handlers = [];
    private readonly HashSet<CgroupEventStream> _streams = [];
    private ulong _lastKey = RemovalsKey;

    private CgroupEventLoop()
    {
        _poll = new EventPoll();
        try
        {
            _stop = new EventCounter();
            _poll.Add(_stop, StopKey);
            _removals = new CgroupRemovals(handle => _poll.Add(handle, RemovalsKey));
        }
        catch
        {
            _stop?.Dispose();
            _poll.Dispose();
            throw;
        }
        _thread = new Thread(Run) { Name = "LibContainer events", IsBackground = true };
    }

    /// <summary>What is there now.</summary>
    internal static CgroupEventLoop? Current
    {
        get
        {
            lock (s_gate)
                return s_current;
        }
    }

    /// <summary>Makes it if it is not there, and keeps it until the stream leaves.</summary>
    internal static CgroupEventLoop Enter(CgroupEventStream stream)
    {
        lock (s_gate)
        {
            if (s_current is null)
            {
                CgroupEventLoop loop = new();
                loop._thread.Start();
                s_current = loop;
            }
            s_current._streams.Add(stream);
            return s_current;
        }
    }

    /// <summary>The last one ends it.</summary>
    internal void Leave(CgroupEventStream stream)
    {
        lock (s_gate)
        {
            if (!_streams.Remove(stream) || _streams.Count > 0)
                return;
            if (s_current == this)
                s_current = null;
            _stop.Signal();
        }
    }

    /// <summary>Waits until it has ended and released what it held.</summary>
    /// <returns>False: the time was up.</returns>
    internal bool Join(TimeSpan timeout) => _thread.Join(timeout);

    /// <summary>Waits for a descriptor.</summary>
    /// <param name="handle">It stays open until it is removed.</param>
    /// <param name="isModification">As of <see cref="EventPoll.Add"/>.</param>
    /// <param name="ready">Called on the thread each time, with <see cref="ReadyDescriptor.IsError"/>; and once more perhaps after it was removed.</param>
    /// <returns>For <see cref="Remove(ulong, SafeHandle)"/>.</returns>
    internal ulong Add(SafeHandle handle, bool isModification, Action<bool> ready)
    {
        lock (s_gate)
        {
            _poll.Add(handle, _lastKey + 1, isModification);
            _handlers.Add(++_lastKey, ready);
            return _lastKey;
        }
    }

    internal void Remove(ulong key, SafeHandle handle)
    {
        lock (s_gate)
        {
            if (_handlers.Remove(key))
                _poll.Remove(handle);
        }
    }

    /// <summary>Waits for the removal of a directory.</summary>
    /// <param name="path">It exists.</param>
    /// <param name="removed">Called on the thread when it may be gone; and once more perhaps after it was taken off.</param>
    /// <returns>For <see cref="Remove(CgroupRemovals.Entry)"/>.</returns>
    internal CgroupRemovals.Entry AddRemoval(string path, Action removed)
    {
        lock (s_gate)
            return _removals.Add(path, removed);
    }

    internal void Remove(CgroupRemovals.Entry removal)
    {
        lock (s_gate)
            _removals.Remove(removal);
    }

    /// <summary>By its thread, when it ends.</summary>
    public void Dispose()
    {
        _removals.Dispose();
        _stop.Dispose();
        _poll.Dispose();
    }

    private void Run()
    {
        ReadyDescriptor[] ready = new ReadyDescriptor[64];
        try
        {
            while (true)
            {
                int count = _poll.Wait(ready);
                for (int i = 0; i < count; i++)
                {
                    if (ready[i].Key == StopKey)
                        return;
                    Handle(ready[i]);
                }
            }
        }
        catch (Exception error) // for those who read: nobody else would hear of it
        {
            foreach (CgroupEventStream stream in TakeStreams())
                stream.Fail(error);
        }
        finally
        {
            Dispose();
        }
    }

    private void Handle(ReadyDescriptor descriptor)
    {
        Action<bool>? handler = null;
        List<Action> removed = [];
        lock (s_gate)
        {
            if (descriptor.Key == RemovalsKey)
                removed = _removals.Take();
            else
                _handlers.TryGetValue(descriptor.Key, out handler);
        }
        handler?.Invoke(descriptor.IsError);
        foreach (Action action in removed)
            action();
    }

    /// <summary>Nobody enters any more.</summary>
    private CgroupEventStream[] TakeStreams()
    {
        lock (s_gate)
        {
            if (s_current == this)
                s_current = null;
            return [.. _streams];
        }
    }
}
