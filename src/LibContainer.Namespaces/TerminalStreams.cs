using System.Buffers;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>The host's side of a program that has a terminal of its own: what is typed there, and where it is shown.</summary>
internal sealed class TerminalStreams : IProgramStreams
{
    private const int BufferLength = 16 * 1024; // a terminal gives 4 KB at a time: N_TTY_BUF_SIZE

    /// <summary>End of file as it is typed: Ctrl-D. Source: termios(3), VEOF.</summary>
    private const byte EndOfFile = 4;

    private readonly SafeFileHandle _null;
    private readonly SafeHandle _input;
    private readonly SafeHandle? _output;
    private readonly Stream? _outputStream;
    private readonly InputPipe? _inputPipe;
    private readonly bool _isShownOnTerminal;
    private RawMode? _rawMode;
    private PosixSignalRegistration? _resizing;
    private SafeFileHandle? _terminal;
    private SafeFileHandle? _programsEnd;

    // Typed, and not taken by the terminal yet.
    private readonly byte[] _typed = new byte[BufferLength];
    private int _typedStart, _typedEnd;
    private bool _inputEnded;

    /// <exception cref="ConfigurationException">The host's own input is used and is not a terminal.</exception>
    /// <exception cref="ArgumentException">There is a stream for errors: a terminal shows both in one.</exception>
    internal TerminalStreams(ProgramOptions options)
    {
        if (options.StandardError is not InheritedStream)
            throw new ArgumentException("a program with a terminal writes errors to the terminal, and has no stream for them", nameof(options));
        if (options.StandardInput is InheritedStream && !Terminal.IsTerminal(HostStreams.Input))
            throw new ConfigurationException([new ConfigurationFinding("process.terminal", "standard input is not a terminal")]);

        _null = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        try
        {
            if (options.StandardInput is CopiedStream typed)
                _inputPipe = new InputPipe(typed.Stream);
            _input = _inputPipe?.ReadEnd ?? (options.StandardInput as HandleStream)?.Handle ?? (options.StandardInput is NullStream ? _null : HostStreams.Input);
            _outputStream = (options.StandardOutput as CopiedStream)?.Stream;
            _output = (options.StandardOutput as HandleStream)?.Handle ?? (options.StandardOutput is InheritedStream ? HostStreams.Output : null);
            _isShownOnTerminal = Terminal.IsTerminal(_input);
        }
        catch
        {
            _null.Dispose();
            throw;
        }
    }

    /// <summary>/dev/null, until the terminal takes its place.</summary>
    public SafeHandle? ChildInput => _null;

    public SafeHandle? ChildOutput => _null;

    public SafeHandle? ChildError => _null;

    /// <summary>The terminal, with the size of that which it is shown on unless it has one.</summary>
    internal TerminalConfiguration Sized(TerminalConfiguration terminal)
    {
        if (!_isShownOnTerminal || terminal.Rows != 0 || terminal.Columns != 0)
            return terminal;
        TerminalSize size = Terminal.GetSize(_input);
        return terminal with { Rows = size.Rows, Columns = size.Columns };
    }

    public void Started(LaunchedProcess process)
    {
        _terminal = process.Terminal ?? throw new IOException("the init ran the program without the terminal that it was to open");
        OpenProgramsEnd();
        _inputPipe?.Start();
        if (!_isShownOnTerminal)
            return;
        _rawMode = RawMode.Enter(_input);
        TerminalSize known = Terminal.GetSize(_input);
        _resizing = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => FollowSize());
        if (Terminal.GetSize(_input) != known)
            FollowSize(); // between the first look and the registration
    }

    /// <summary>Held open, so that the end of the program, and not a moment in which it has its terminal closed, is the end.</summary>
    private void OpenProgramsEnd()
    {
        _programsEnd?.Dispose();
        _programsEnd = PseudoTerminal.OpenPeer(_terminal!);
    }

    private void FollowSize()
    {
        try
        {
            Terminal.SetSize(_terminal!, Terminal.GetSize(_input));
        }
        catch (Exception error) when (error is LinuxException { Error: Errno.EIO } or ObjectDisposedException)
        {
            // One of the two is hung up or closed: there is nothing to follow any more.
        }
    }

    public ExitStatus CopyUntilExit(LaunchedProcess process)
    {
        byte[] shown = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (bool ended = false; ;)
            {
                bool hasTyped = _typedStart < _typedEnd;
                bool[] ready = Readiness.Wait(
                [
                    new Interest(_terminal!, ToRead: true, ToWrite: hasTyped),
                    new Interest(ended ? _null : process.PidFd, ToRead: !ended, ToWrite: false),
                    new Interest(_inputEnded || hasTyped ? _null : _input, ToRead: !_inputEnded && !hasTyped, ToWrite: false),
                ], ended ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);

                // Once it has ended, all that the program wrote is with the kernel, and poll(2) fetches what is on its way: from then on "nothing there" is final.
                bool wasThere = ready[0] && Show(shown, ended);
                if (ended && !wasThere)
                    break;
                ended |= ready[1];
                if (hasTyped && ready[0])
                    _typedStart += Descriptor.TryWrite(_terminal!, _typed.AsSpan(_typedStart, _typedEnd - _typedStart));
                else if (ready[2])
                    Type();
            }
            _outputStream?.Flush();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(shown);
        }
        ExitStatus status = process.WaitForExit();
        _inputPipe?.ThrowIfFailed();
        return status;
    }

    /// <returns>False when there was nothing.</returns>
    private bool Show(byte[] buffer, bool hasEnded)
    {
        int count = Descriptor.TryRead(_terminal!, buffer.AsSpan(0, BufferLength));
        if (count == 0 && !hasEnded)
            OpenProgramsEnd(); // vhangup(2) by the program, which may open it again; ours went with the others
        if (count <= 0)
            return false;
        if (_outputStream is not null)
            _outputStream.Write(buffer, 0, count);
        else if (_output is not null)
            Descriptor.Write(_output, buffer.AsSpan(0, count));
        return true;
    }

    private void Type()
    {
        int count = Descriptor.TryRead(_input, _typed);
        if (count < 0)
            return;
        (_typedStart, _typedEnd) = (0, count);
        if (count > 0)
            return;
        _inputEnded = true;
        _typed[_typedEnd++] = EndOfFile;
    }

    public void Dispose()
    {
        _resizing?.Dispose();
        _rawMode?.Dispose();
        _inputPipe?.Dispose();
        _programsEnd?.Dispose();
        _null.Dispose();
    }
}
