using System.Runtime.InteropServices;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>The descriptors behind a program's three streams.</summary>
internal sealed class StandardStreams : IProgramStreams
{
    private readonly bool _returnsAtOnce;
    private List<SafeFileHandle>? _childEnds;
    private OutputCopies? _copies;
    private InputPipe? _copiedInput;

    /// <param name="options">What they shall be.</param>
    /// <param name="returnsAtOnce">Whoever has started the program does not wait for its end.</param>
    /// <exception cref="ArgumentException">They cannot be that.</exception>
    internal StandardStreams(ProgramOptions options, bool returnsAtOnce)
    {
        _returnsAtOnce = returnsAtOnce;
        try
        {
            ChildInput = OpenInput(options.StandardInput);
            (ChildOutput, Output) = OpenOutput(options.StandardOutput);
            (ChildError, Error) = options.StandardError is OutputStream ? (ChildOutput ?? HostStreams.Output, null) : OpenOutput(options.StandardError);
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

    public Stream? Input { get; private set; }

    public Stream? Output { get; }

    public Stream? Error { get; }

    public TerminalStream? Terminal => null;

    private SafeHandle? OpenInput(StandardStream stream)
    {
        switch (stream)
        {
            case CopiedStream copied:
                _copiedInput = new InputPipe(copied.Stream);
                (_childEnds ??= []).Add(_copiedInput.ReadEnd);
                return _copiedInput.ReadEnd;
            case PipeStream:
                (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
                (_childEnds ??= []).Add(read);
                Input = new DescriptorStream(write, FileAccess.Write);
                return read;
            default:
                return Open(stream, FileAccess.Read);
        }
    }

    private (SafeHandle? ChildEnd, Stream? Ours) OpenOutput(StandardStream stream)
    {
        switch (stream)
        {
            case CopiedStream copied:
                SafeFileHandle end = (_copies ??= new OutputCopies()).Add(copied.Stream);
                (_childEnds ??= []).Add(end);
                return (end, null);
            case PipeStream:
                (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
                (_childEnds ??= []).Add(write);
                return (write, new DescriptorStream(read, FileAccess.Read));
            default:
                return (Open(stream, FileAccess.Write), null);
        }
    }

    private SafeHandle? Open(StandardStream stream, FileAccess access)
    {
        switch (stream)
        {
            case HandleStream given:
                return given.Handle;
            case NullStream:
                SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, access);
                (_childEnds ??= []).Add(nothing);
                return nothing;
            default:
                return null;
        }
    }

    /// <summary>The program has its ends. Ours of the same pipes must go, or they would never end.</summary>
    public void Started(LaunchedProcess process)
    {
        CloseChildEnds();
        _copiedInput?.Start();
        if (_returnsAtOnce)
            _copies?.Begin(process);
    }

    public ExitStatus CopyUntilExit(LaunchedProcess process)
    {
        _copies?.Copy(process);
        ExitStatus status = process.WaitForExit();
        _copiedInput?.ThrowIfFailed();
        return status;
    }

    public async Task<ExitStatus> CopyUntilExitAsync(LaunchedProcess process)
    {
        if (_copies is not null)
            await _copies.WhenCopied.ConfigureAwait(false);
        ExitStatus status = await process.WaitForExitAsync().ConfigureAwait(false);
        _copiedInput?.ThrowIfFailed();
        return status;
    }

    private void CloseChildEnds()
    {
        _childEnds?.ForEach(static end => end.Dispose());
        _childEnds = null;
    }

    public void Dispose()
    {
        CloseChildEnds();
        _copiedInput?.Dispose();
        _copies?.Dispose();
        Input?.Dispose();
        Output?.Dispose();
        Error?.Dispose();
    }
}
