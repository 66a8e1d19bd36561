using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>Where a program's terminal is shown, and where is typed what it gets.</summary>
internal sealed class TerminalView : IDisposable
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

    // Typed, and not taken by the terminal yet.
    private readonly byte[] _typed = new byte[BufferLength];
    private int _typedStart, _typedEnd;
    private bool _inputEnded;

    /// <exception cref="ConfigurationException">The host's own input is used and is not a terminal.</exception>
    /// <exception cref="ArgumentException">One is no stream that something can be copied to or from.</exception>
    internal TerminalView(StandardStream input, StandardStream output)
    {
        if (input is PipeStream or OutputStream || output is PipeStream or OutputStream)
            throw new ArgumentException("a terminal is shown on, and typed at, streams that are there already", nameof(input));
        if (input is InheritedStream && !Terminal.IsTerminal(HostStreams.Input))
            throw new ConfigurationException([new ConfigurationFinding("process.terminal", "standard input is not a terminal")]);

        _null = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        try
        {
            if (input is CopiedStream typed)
                _inputPipe = new InputPipe(typed.Stream);
            _input = _inputPipe?.ReadEnd ?? (input as HandleStream)?.Handle ?? (input is NullStream ? _null : HostStreams.Input);
            _outputStream = (output as CopiedStream)?.Stream;
            _output = (output as HandleStream)?.Handle ?? (output is InheritedStream ? HostStreams.Output : null);
            _isShownOnTerminal = Terminal.IsTerminal(_input);
        }
        catch
        {
            _null.Dispose();
            throw;
        }
    }

    /// <summary>The terminal, with the size of that which it is shown on unless it has one.</summary>
    internal TerminalConfiguration Sized(TerminalConfiguration terminal)
    {
        if (!_isShownOnTerminal || terminal.Rows != 0 || terminal.Columns != 0)
            return terminal;
        TerminalSize size = Terminal.GetSize(_input);
        return terminal with { Rows = size.Rows, Columns = size.Columns };
    }

    /// <summary>From now on its keys are the program's, and its size is the program's terminal's.</summary>
    /// <param name="terminal">The program's.</param>
    /// <param name="known">The size of that which it is shown on, as far as the program's terminal has it.</param>
    internal void Begin(TerminalStream terminal, TerminalSize? known = null)
    {
        _inputPipe?.Start();
        if (!_isShownOnTerminal)
            return;
        _rawMode = RawMode.Enter(_input);
        known ??= Terminal.GetSize(_input);
        _resizing = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => FollowSize(terminal));
        if (Terminal.GetSize(_input) != known)
            FollowSize(terminal); // between the first look and the registration
    }

    private void FollowSize(TerminalStream terminal)
    {
        try
        {
            terminal.Size = Terminal.GetSize(_input);
        }
        catch (Exception error) when (error is LinuxException { Error: Errno.EIO } or ObjectDisposedException)
        {
            // One of the two is hung up or closed: there is nothing to follow any more.
        }
    }

    /// <summary>Copies in both directions until the program has ended and everything is shown, or somebody detaches.</summary>
    /// <returns>False: the program has ended.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal bool Copy(TerminalStream terminal, LaunchedProcess process, ImmutableArray<byte> detachKeys, CancellationToken cancellationToken)
    {
        (SafeFileHandle cancelled, SafeFileHandle toCancel) = Pipe.Create();
        using (cancelled)
        using (toCancel)
        using (cancellationToken.Register(static state => ((SafeFileHandle)state!).Dispose(), toCancel))
        {
            KeySequence keys = new(detachKeys);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
            try
            {
                bool isDetached = Copy(terminal, process, keys, buffer, cancelled, cancellationToken);
                _outputStream?.Flush();
                return isDetached;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private bool Copy(TerminalStream terminal, LaunchedProcess process, KeySequence keys, byte[] buffer, SafeFileHandle cancelled, CancellationToken cancellationToken)
    {
        for (bool ended = false, detaches = false; ;)
        {
            bool hasTyped = _typedStart < _typedEnd;
            if (detaches && !hasTyped)
                return true;
            bool[] ready = Readiness.Wait(
            [
                new Interest(terminal.Handle, ToRead: true, ToWrite: hasTyped),
                new Interest(ended ? _null : process.PidFd, ToRead: !ended, ToWrite: false),
                new Interest(_inputEnded || hasTyped ? _null : _input, ToRead: !_inputEnded && !hasTyped, ToWrite: false),
                new Interest(cancelled),
            ], ended ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
            cancellationToken.ThrowIfCancellationRequested();

            // Once it has ended, all that the program wrote is with the kernel, and poll(2) fetches what is on its way: from then on "nothing there" is final.
            bool wasThere = ready[0] && Show(terminal, buffer);
            if (ended && !wasThere)
                return false;
            ended |= ready[1];
            if (hasTyped && ready[0])
                _typedStart += terminal.TryWrite(_typed.AsSpan(_typedStart, _typedEnd - _typedStart));
            else if (ready[2])
                detaches = Type(keys, buffer);
        }
    }

    /// <returns>False when there was nothing.</returns>
    private bool Show(TerminalStream terminal, byte[] buffer)
    {
        int count = terminal.TryRead(buffer.AsSpan(0, BufferLength));
        if (count <= 0)
            return false;
        if (_outputStream is not null)
            _outputStream.Write(buffer, 0, count);
        else if (_output is not null)
            Descriptor.Write(_output, buffer.AsSpan(0, count));
        return true;
    }

    /// <returns>The keys that detach were typed.</returns>
    private bool Type(KeySequence keys, byte[] buffer)
    {
        int count = Descriptor.TryRead(_input, buffer.AsSpan(0, BufferLength - keys.Longest)); // with what was held back it fits
        if (count < 0)
            return false;
        bool isFound = keys.Find(buffer.AsSpan(0, count), _typed, out int passed);
        (_typedStart, _typedEnd) = (0, passed);
        if (count > 0)
            return isFound;
        _inputEnded = true;
        _typed[_typedEnd++] = EndOfFile;
        return false;
    }

    /// <exception cref="IOException">The caller's stream failed.</exception>
    internal void ThrowIfFailed() => _inputPipe?.ThrowIfFailed();

    public void Dispose()
    {
        _resizing?.Dispose();
        _rawMode?.Dispose();
        _inputPipe?.Dispose();
        _null.Dispose();
    }
}
