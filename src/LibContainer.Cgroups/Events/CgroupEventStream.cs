using System.Threading.Channels;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>What happens to the cgroups of a container, for one reader. Thread-safe.</summary>
/// <remarks>
/// Everything that is watched has one place for an event. One that is not read yet is counted up, so that a reader that is slow, or never comes, costs no
/// more memory than one that is fast.
/// </remarks>
public sealed class CgroupEventStream : IAsyncEnumerable<CgroupEvent>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<int> _places = Channel.CreateUnbounded<int>(new() { SingleReader = true }); // bounded by the number of places
    private readonly List<CgroupEvent?> _unread = [];
    private readonly List<WatchedCgroup> _cgroups = [];
    private readonly CgroupEventLoop _loop;
    private readonly CancellationToken _cancellationToken;
    private CancellationTokenRegistration _cancellation;
    private bool _hasEnded;
    private bool _hasReader;

    private CgroupEventStream(CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _loop = CgroupEventLoop.Enter(this);
    }

    /// <summary>Watches.</summary>
    /// <exception cref="CgroupException">A cgroup is gone, or the kernel refuses to tell.</exception>
    internal static CgroupEventStream Start(IReadOnlyList<CgroupDirectory> directories, CgroupEventOptions options, CancellationToken cancellationToken)
    {
        CgroupEventStream stream = Enter(cancellationToken);
        try
        {
            lock (stream._gate)
            {
                foreach (CgroupDirectory directory in directories)
                    stream.Watch(directory, options);
                stream.EndWithoutCgroups();
                if (!stream._hasEnded)
                    stream._cancellation = cancellationToken.UnsafeRegister(static stream => ((CgroupEventStream)stream!).Cancel(), stream);
            }
        }
        catch (LinuxException error)
        {
            stream.Dispose();
            throw Failed(error);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        return stream;
    }

    /// <summary>
    /// Takes what the kernel has counted of memory up to now into the stream. For one who has seen a process end and is about to say so, or to remove the cgroup
    /// and its counts: that it was killed for lack of memory comes first, and not when the thread gets to it, or never. The kernel may take ten milliseconds
    /// to say it by itself (CGROUP_FILE_NOTIFY_MIN_INTV), and of version 1 does not say it.
    /// </summary>
    internal void Flush() => Do(() =>
    {
        foreach (WatchedCgroup cgroup in _cgroups.ToArray())
            cgroup.Flush();
    });

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is read already.</exception>
    public IAsyncEnumerator<CgroupEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _hasReader, true))
            throw new InvalidOperationException("these events are read already; watch again for another reader");
        return Read(cancellationToken);
    }

    /// <summary>Ends it. What is not read yet can still be.</summary>
    public void Dispose() => End(null);

    /// <summary>Ends it with an error, which the reader gets.</summary>
    internal void Fail(Exception error) => End(error is LinuxException linux ? Failed(linux) : error);

    /// <summary>Called back by the loop, by a timer, by whoever flushes: for one at a time, not after the end, and an error is the reader's.</summary>
    internal void Do(Action action)
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            try
            {
                action();
            }
            catch (Exception error)
            {
                Fail(error);
            }
        }
    }

    /// <summary>A place for one kind of event. While the cgroups are set up.</summary>
    internal int AddPlace()
    {
        _unread.Add(null);
        return _unread.Count - 1;
    }

    /// <summary>Something has happened. Within <see cref="Do"/>.</summary>
    internal void Tell(int place, CgroupEvent happened)
    {
        CgroupEvent? unread = _unread[place];
        _unread[place] = unread is null ? happened : happened with { Count = unread.Count + happened.Count };
        if (unread is null)
            _places.Writer.TryWrite(place);
    }

    /// <summary>A cgroup was removed. Within <see cref="Do"/>.</summary>
    internal void Remove(WatchedCgroup cgroup)
    {
        cgroup.Dispose();
        _cgroups.Remove(cgroup);
        EndWithoutCgroups();
    }

    private static CgroupEventStream Enter(CancellationToken cancellationToken)
    {
        try
        {
            return new CgroupEventStream(cancellationToken);
        }
        catch (LinuxException error)
        {
            throw Failed(error);
        }
    }

    private static CgroupException Failed(LinuxException error) => new($"watch for events: {error.Message}", error.Error, error);

    private void Watch(CgroupDirectory directory, CgroupEventOptions options)
    {
        WatchedCgroup? cgroup = directory.Hierarchy.Version switch
        {
            CgroupVersion.V1 when WatchedMemoryV1.IsFor(directory, options) => new WatchedMemoryV1(this, _loop, directory),
            CgroupVersion.V2 when WatchedCgroupV2.IsFor(directory, options) => new WatchedCgroupV2(this, _loop, directory),
            _ => null,
        };
        if (cgroup is null)
            return;
        _cgroups.Add(cgroup); // first, so that it goes with the stream if it fails
        cgroup.Start(options);
    }

    private async IAsyncEnumerator<CgroupEvent> Read(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (int place in _places.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                _cancellationToken.ThrowIfCancellationRequested();
                yield return Take(place);
            }
        }
        finally
        {
            Dispose();
        }
    }

    private CgroupEvent Take(int place)
    {
        lock (_gate)
        {
            CgroupEvent taken = _unread[place]!;
            _unread[place] = null;
            return taken;
        }
    }

    private void Cancel() => End(new OperationCanceledException(_cancellationToken));

    private void EndWithoutCgroups()
    {
        if (_cgroups.Count == 0)
            End(null);
    }

    /// <summary>Releases everything, and then lets the reader know.</summary>
    private void End(Exception? error)
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            foreach (WatchedCgroup cgroup in _cgroups)
                cgroup.Dispose();
            _cgroups.Clear();
            _loop.Leave(this);
        }
        _cancellation.Unregister(); // does not wait for a call that waits for this
        _places.Writer.TryComplete(error);
    }
}
