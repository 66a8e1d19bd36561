using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>
/// Connections to one bus. Each is used by one caller at a time, so that those who wait for a job do not wait for each other; some are kept for the next.
/// </summary>
internal sealed class SystemdConnections(Func<SystemdBus> open) : IDisposable
{
    private const int MaximumIdle = 4;

    private readonly Lock _lock = new();

    private readonly Stack<SystemdBus> _idle = new();

    private bool _isDisposed;

    /// <summary>
    /// Does something with a connection. When one that was kept turns out to be lost, since the bus was restarted, it is done once more with a
    /// new one.
    /// </summary>
    /// <exception cref="BusException">No connection can be made, or the action failed.</exception>
    /// <exception cref="DllNotFoundException">libsystemd is not installed.</exception>
    internal T Use<T>(Func<SystemdBus, T> action)
    {
        if (Take() is { } kept)
        {
            try
            {
                return Run(kept, action);
            }
            catch (BusException error) when (error.IsDisconnected)
            {
            }
        }
        return Run(open(), action);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            while (_idle.TryPop(out SystemdBus? bus))
                bus.Dispose();
        }
    }

    private T Run<T>(SystemdBus bus, Func<SystemdBus, T> action)
    {
        bool isKept = false;
        try
        {
            T result = action(bus);
            isKept = TryKeep(bus);
            return result;
        }
        catch (BusException error) when (error.ErrorName is not null && !error.IsDisconnected)
        {
            isKept = TryKeep(bus); // an answer like any other
            throw;
        }
        finally
        {
            if (!isKept)
                bus.Dispose();
        }
    }

    private SystemdBus? Take()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _idle.TryPop(out SystemdBus? bus) ? bus : null;
        }
    }

    private bool TryKeep(SystemdBus bus)
    {
        lock (_lock)
        {
            if (_isDisposed || _idle.Count == MaximumIdle)
                return false;
            _idle.Push(bus);
            return true;
        }
    }
}
