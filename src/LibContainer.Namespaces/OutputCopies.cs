using System.Buffers;
using System.Runtime.InteropServices;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>What a program writes, on its way through pipes into streams of the caller's.</summary>
/// <remarks>
/// At the moment a process has ended, all that it wrote is in the pipes. So: read until end of file, or, when a process that it left
/// behind holds a pipe open, until the pipe is empty. Neither loses a byte, and neither waits for a stranger.
/// </remarks>
internal sealed class OutputCopies : IDisposable
{
    private const int BufferLength = 64 * 1024; // a pipe's capacity: pipe(7)

    private readonly List<Output> _open = [];
    private readonly CancellationTokenSource _disposed = new();
    private readonly CancellationToken _whenDisposed;
    private Task? _inBackground;

    private sealed record Output(SafeFileHandle Handle, DescriptorStream Pipe, Stream Target);

    internal OutputCopies() => _whenDisposed = _disposed.Token;

    /// <returns>The program's end, which is the caller's to close.</returns>
    internal SafeFileHandle Add(Stream target)
    {
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        _open.Add(new Output(read, new DescriptorStream(read, FileAccess.Read), target));
        return write;
    }

    /// <summary>Copies from now on, on threads of the pool, whoever waits for it.</summary>
    internal void Begin(LaunchedProcess process) => _inBackground = CopyAsync(process);

    /// <summary>Copies until the process has ended, or waits until that is done.</summary>
    internal void Copy(LaunchedProcess process)
    {
        if (_inBackground is not null)
        {
            _inBackground.GetAwaiter().GetResult();
            return;
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            Copy(process.PidFd, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Done when everything is copied that <see cref="Begin"/> has begun.</summary>
    internal Task WhenCopied => _inBackground ?? Task.CompletedTask;

    private void Copy(PidFd process, byte[] buffer)
    {
        bool ended = false;
        while (_open.Count > 0)
        {
            SafeHandle[] handles = [.. _open.Select(output => output.Handle), .. ended ? Array.Empty<SafeHandle>() : [process]];
            bool[] ready = Readiness.Wait(handles, ended ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
            if (ended && !ready.Contains(true))
            {
                foreach (Output output in _open)
                    output.Target.Flush();
                return;
            }
            ended |= ready.Length > _open.Count && ready[^1];
            for (int i = _open.Count - 1; i >= 0; i--)
            {
                if (!ready[i])
                    continue;
                int count = _open[i].Pipe.Read(buffer);
                if (count > 0)
                {
                    _open[i].Target.Write(buffer, 0, count);
                    continue;
                }
                _open[i].Target.Flush();
                _open[i].Pipe.Dispose();
                _open.RemoveAt(i);
            }
        }
    }

    private async Task CopyAsync(LaunchedProcess process)
    {
        using CancellationTokenSource ended = new();
        Task[] copies = [.. _open.Select(output => CopyAsync(output, process, ended.Token))];
        await process.WaitForExitAsync().ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(copies).ConfigureAwait(false);
    }

    private async Task CopyAsync(Output output, LaunchedProcess process, CancellationToken ended)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (await ReadAsync(output.Pipe, buffer, ended).ConfigureAwait(false) is > 0 and int count)
                await output.Target.WriteAsync(buffer.AsMemory(0, count), _whenDisposed).ConfigureAwait(false);
            await output.Target.FlushAsync(_whenDisposed).ConfigureAwait(false);
            output.Pipe.Dispose();
        }
        catch (Exception) when (_whenDisposed.IsCancellationRequested)
        {
            // Nobody wants it any more.
        }
        catch
        {
            process.Kill(); // what it writes from now on would be lost
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>0 or less: there will be nothing more.</returns>
    private static async ValueTask<int> ReadAsync(DescriptorStream pipe, byte[] buffer, CancellationToken ended)
    {
        try
        {
            return await pipe.ReadAsync(buffer, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return pipe.TryRead(buffer);
        }
    }

    /// <summary>What is not copied by now is lost.</summary>
    public void Dispose()
    {
        _disposed.Cancel();
        foreach (Output output in _open)
            output.Pipe.Dispose();
        _disposed.Dispose();
    }
}
