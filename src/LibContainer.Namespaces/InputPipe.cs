using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>A caller's stream as a descriptor: what it brings is copied into a pipe.</summary>
internal sealed class InputPipe : IDisposable
{
    private const int BufferLength = 64 * 1024; // a pipe's capacity: pipe(7)

    private readonly Stream _source;
    private readonly DescriptorStream _writeEnd;
    private readonly CancellationTokenSource _ended = new();
    private Task? _copy;
    private volatile Exception? _failure;

    internal InputPipe(Stream source)
    {
        _source = source;
        (ReadEnd, SafeFileHandle writeEnd) = Pipe.Create();
        _writeEnd = new DescriptorStream(writeEnd, FileAccess.Write); // it does not wait: once closed it is gone, and no thread of the pool stands in it
    }

    /// <summary>What the stream brings, and end of file when it ends.</summary>
    internal SafeFileHandle ReadEnd { get; }

    /// <summary>Begins to read the stream.</summary>
    internal void Start() => _copy = Task.Run(Copy);

    private async Task Copy()
    {
        byte[] buffer = new byte[BufferLength];
        try
        {
            while (await _source.ReadAsync(buffer, _ended.Token).ConfigureAwait(false) is > 0 and int count)
            {
                try
                {
                    await _writeEnd.WriteAsync(buffer.AsMemory(0, count), _ended.Token).ConfigureAwait(false);
                }
                catch (Exception error) when (error is LinuxException { Error: Errno.EPIPE } or ObjectDisposedException)
                {
                    return; // nobody reads any more, or the program has ended: that is not wrong
                }
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The program has ended.
        }
        catch (Exception error)
        {
            _failure = error;
        }
        finally
        {
            _writeEnd.Dispose(); // end of file for the program: it may end over that, so what went wrong is known by now
        }
    }

    /// <exception cref="IOException">The caller's stream failed.</exception>
    internal void ThrowIfFailed()
    {
        // A stream that is still waiting for its source (a terminal, say) is left to it; what it reads then is thrown away.
        if (_failure is { } error)
            throw new IOException($"the program's input could not be read: {error.Message}", error);
    }

    public void Dispose()
    {
        _ended.Cancel();
        ReadEnd.Dispose();
        _writeEnd.Dispose();
        if (_copy is null or { IsCompleted: true })
            _ended.Dispose();
    }
}
