using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>Tells when a descriptor begins to be ready, without a thread that waits for it. Thread-safe.</summary>
/// <remarks>Take the task, try what is wanted, and await the task when it was too early: whatever happens behind the first of these is not missed.</remarks>
internal sealed class AsyncReadiness : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeHandle _handle;
    private readonly ulong _key;
    private TaskCompletionSource? _read, _write;
    private bool _disposed;

    /// <param name="handle">A pipe, a socket, a terminal, or a pidfd, which can be "read" once its process has ended. It stays open until this is disposed, whoever closes it before.</param>
    /// <exception cref="LinuxException">As of <see cref="ReadinessLoop.Add"/>.</exception>
    internal AsyncReadiness(SafeHandle handle)
    {
        _handle = handle;
        bool added = false;
        handle.DangerousAddRef(ref added);
        try
        {
            _key = ReadinessLoop.Add(handle, this);
        }
        catch
        {
            handle.DangerousRelease();
            throw;
        }
    }

    /// <summary>Done as soon as it may be that it can be read again. Its disposal counts as that.</summary>
    internal Task WhenReadable() => Next(ref _read);

    /// <summary>As soon as it may be that it takes more.</summary>
    internal Task WhenWritable() => Next(ref _write);

    private Task Next(ref TaskCompletionSource? source)
    {
        lock (_gate)
            return _disposed ? Task.CompletedTask : (source ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>By the loop.</summary>
    internal void Tell(ReadyDescriptor what)
    {
        TaskCompletionSource? read = null, write = null;
        lock (_gate)
        {
            if (what.CanRead)
                (read, _read) = (_read, null);
            if (what.CanWrite)
                (write, _write) = (_write, null);
        }
        read?.SetResult();
        write?.SetResult();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        ReadinessLoop.Remove(_key, _handle);
        _handle.DangerousRelease();
        Tell(new ReadyDescriptor(_key, IsError: false, CanRead: true, CanWrite: true));
    }
}
