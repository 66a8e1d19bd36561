using System.Buffers;
using System.Runtime.InteropServices;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>The descriptors behind a program's three streams, and the copying between them and .NET streams.</summary>
internal sealed class StandardStreams : IProgramStreams
{
    private const int BufferLength = 64 * 1024; // a pipe's capacity: pipe(7)

    private readonly List<SafeFileHandle> _childEnds = [];
    private readonly List<Output> _outputs = [];
    private InputPipe? _input;

    private sealed record Output(SafeFileHandle Pipe, Stream Target);

    internal StandardStreams(ProgramOptions options)
    {
        try
        {
            ChildInput = OpenInput(options.StandardInput);
            ChildOutput = OpenOutput(options.StandardOutput);
            ChildError = OpenOutput(options.StandardError);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SafeHandle? ChildInput { get; }

    public SafeHandle? ChildOutput { get; }

    public SafeHandle? ChildError { get; }

    private SafeHandle? OpenInput(StandardStream stream)
    {
        if (stream is not CopiedStream copied)
            return Open(stream, FileAccess.Read);
        _input = new InputPipe(copied.Stream);
        _childEnds.Add(_input.ReadEnd);
        return _input.ReadEnd;
    }

    private SafeHandle? OpenOutput(StandardStream stream)
    {
        if (stream is not CopiedStream copied)
            return Open(stream, FileAccess.Write);
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        _childEnds.Add(write);
        _outputs.Add(new Output(read, copied.Stream));
        return write;
    }

    private SafeHandle? Open(StandardStream stream, FileAccess access)
    {
        switch (stream)
        {
            case HandleStream given:
                return given.Handle;
            case NullStream:
                SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, access);
                _childEnds.Add(nothing);
                return nothing;
            default:
                return null;
        }
    }

    /// <summary>The program has its ends. Ours of the same pipes must go, or they would never end.</summary>
    public void Started(LaunchedProcess process)
    {
        CloseChildEnds();
        _input?.Start();
    }

    /// <summary>Copies what the program writes until it has ended and its pipes are empty.</summary>
    /// <remarks>
    /// At the moment a process has ended, all that it wrote is in the pipes. So: read until end of file, or, when a process that it left
    /// behind holds a pipe open, until the pipe is empty. Neither loses a byte, and neither waits for a stranger.
    /// </remarks>
    public ExitStatus CopyUntilExit(LaunchedProcess process)
    {
        if (_outputs.Count > 0)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
            try
            {
                CopyOutputs(process.PidFd, buffer);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        ExitStatus status = process.WaitForExit();
        _input?.ThrowIfFailed();
        return status;
    }

    private void CopyOutputs(PidFd process, byte[] buffer)
    {
        bool ended = false;
        while (_outputs.Count > 0)
        {
            SafeHandle[] handles = [.. _outputs.Select(output => output.Pipe), .. ended ? Array.Empty<SafeHandle>() : [process]];
            bool[] ready = Readiness.Wait(handles, ended ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
            if (ended && !ready.Contains(true))
            {
                foreach (Output output in _outputs)
                    output.Target.Flush();
                return;
            }
            ended |= ready.Length > _outputs.Count && ready[^1];
            for (int i = _outputs.Count - 1; i >= 0; i--)
            {
                if (!ready[i])
                    continue;
                int count = Descriptor.Read(_outputs[i].Pipe, buffer);
                if (count > 0)
                {
                    _outputs[i].Target.Write(buffer, 0, count);
                    continue;
                }
                _outputs[i].Target.Flush();
                _outputs[i].Pipe.Dispose();
                _outputs.RemoveAt(i);
            }
        }
    }

    private void CloseChildEnds()
    {
        foreach (SafeFileHandle end in _childEnds)
            end.Dispose();
        _childEnds.Clear();
    }

    public void Dispose()
    {
        CloseChildEnds();
        _input?.Dispose();
        foreach (Output output in _outputs)
            output.Pipe.Dispose();
    }
}
