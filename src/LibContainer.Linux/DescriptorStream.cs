using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>One end of a pipe, or a terminal, as a stream. No thread waits for it in what is awaited. Thread-safe.</summary>
/// <remarks>
/// <see cref="System.IO.Pipes.PipeStream"/> would do for pipes, but takes no terminal; and the end of a process has to be waited for in the same way. Nothing is buffered here: the program at the other end
/// waits as soon as the kernel's buffer is full (64 KB of a pipe, 4 KB of a terminal).
/// </remarks>
public sealed class DescriptorStream : Stream
{
    private readonly SafeHandle _handle;
    private readonly Lock _gate = new();
    private AsyncReadiness? _readiness;
    private bool _disposed;

    /// <summary>Takes it over.</summary>
    /// <param name="handle">Reads and writes of it, through whichever descriptor, no longer wait.</param>
    /// <param name="access">Which of the two is possible.</param>
    /// <exception cref="LinuxException">It is closed.</exception>
    public DescriptorStream(SafeHandle handle, FileAccess access)
    {
        Descriptor.SetBlocking(handle, isBlocking: false);
        (_handle, CanReadFrom, CanWriteTo) = (handle, (access & FileAccess.Read) != 0, (access & FileAccess.Write) != 0);
    }

    private bool CanReadFrom { get; }

    private bool CanWriteTo { get; }

    /// <inheritdoc/>
    public override bool CanRead => CanReadFrom && !_disposed;

    /// <inheritdoc/>
    public override bool CanWrite => CanWriteTo && !_disposed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads what is there, and waits while nothing is.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    public override int Read(Span<byte> buffer)
    {
        ThrowIfNot(CanReadFrom);
        return Descriptor.Read(_handle, buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Reads what is there, if anything is.</summary>
    /// <returns>How many bytes; 0 at the end, and -1 when nothing is there now.</returns>
    public int TryRead(Span<byte> buffer)
    {
        ThrowIfNot(CanReadFrom);
        return Descriptor.TryRead(_handle, buffer);
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count = TryRead(buffer.Span);
        while (count < 0)
        {
            Task readable = GetReadiness().WhenReadable();
            count = TryRead(buffer.Span);
            if (count < 0)
                await readable.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Writes all of it, and waits while there is no room.</summary>
    /// <exception cref="LinuxException">EPIPE: nobody can read it any more.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfNot(CanWriteTo);
        Descriptor.Write(_handle, buffer);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    /// <param name="buffer">When this is cancelled, any part of it may be written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNot(CanWriteTo);
        buffer = buffer[Descriptor.TryWrite(_handle, buffer.Span)..];
        while (!buffer.IsEmpty)
        {
            Task writable = GetReadiness().WhenWritable();
            buffer = buffer[Descriptor.TryWrite(_handle, buffer.Span)..];
            if (!buffer.IsEmpty)
                await writable.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Does nothing: nothing is buffered.</summary>
    public override void Flush() { }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void ThrowIfNot(bool isPossible)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!isPossible)
            throw new NotSupportedException();
    }

    private AsyncReadiness GetReadiness()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _readiness ??= new AsyncReadiness(_handle);
        }
    }

    /// <summary>Closes it. Who awaits it gets an <see cref="ObjectDisposedException"/>.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        _readiness?.Dispose();
        _handle.Dispose();
        base.Dispose(disposing);
    }
}
