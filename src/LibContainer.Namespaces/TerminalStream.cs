using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>
/// The terminal of a program that runs, as a stream in both directions: what is written is typed there, what is read is shown there. It ends with the program. Closing it hangs the terminal up. Thread-safe.
/// </summary>
/// <remarks>Nothing is buffered here: a program whose terminal nobody reads waits once that holds some 4 KB. The end of input is typed like everything else: Ctrl-D, 4. Source: pty(7), termios(3).</remarks>
public sealed class TerminalStream : Stream
{
    private readonly Lock _gate = new();
    private readonly LaunchedProcess _process;
    private readonly DescriptorStream _stream;
    private SafeFileHandle? _programsEnd;
    private bool _hasEnded;
    private int _isAttached;

    /// <param name="process">Its terminal is taken over.</param>
    /// <exception cref="IOException">It has none.</exception>
    internal TerminalStream(LaunchedProcess process)
    {
        Handle = process.Terminal ?? throw new IOException("the init ran the program without the terminal that it was to open");
        process.Terminal = null;
        _process = process;
        _stream = new DescriptorStream(Handle, FileAccess.ReadWrite);
        _programsEnd = PseudoTerminal.OpenPeer(Handle);
    }

    /// <summary>For who waits for several at once.</summary>
    internal SafeFileHandle Handle { get; }

    /// <summary>Its size. Setting it sends SIGWINCH to the terminal's foreground processes, if it is another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not between 0 and 65535.</exception>
    /// <exception cref="LinuxException">EIO: it is hung up.</exception>
    public TerminalSize Size
    {
        get => Terminal.GetSize(Handle);
        set => Terminal.SetSize(Handle, value);
    }

    /// <summary>Shows it on the host's own terminal, or on other streams, and types there what is typed here, until the program has ended or somebody detaches. It can be attached again then.</summary>
    /// <param name="options">Streams, and the keys that detach. Null: the host's own streams, and none.</param>
    /// <param name="cancellationToken">Detaches.</param>
    /// <returns>False: the program has ended.</returns>
    /// <exception cref="InvalidOperationException">It is attached already.</exception>
    /// <exception cref="LibContainer.Configuration.ConfigurationException">The host's own input is to be used and is no terminal.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the program runs on.</exception>
    /// <remarks>While it is attached, the host's terminal is raw, and its size is the program's. Another process than the one that has started the program cannot attach to it: not supported yet.</remarks>
    public bool Attach(TerminalAttachOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= TerminalAttachOptions.Default;
        if (Interlocked.Exchange(ref _isAttached, 1) != 0)
            throw new InvalidOperationException("somebody is attached to this terminal already");
        try
        {
            using TerminalView view = new(options.StandardInput, options.StandardOutput);
            view.Begin(this, known: default(TerminalSize)); // it is another than at the last time, or may be
            return view.Copy(this, _process, options.DetachKeys, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isAttached, 0);
        }
    }

    /// <summary>Passes it to another process, as container engines have it of an OCI runtime, and closes it here.</summary>
    /// <param name="consoleSocket">Path of the socket where that process listens: AF_UNIX, SOCK_STREAM. It gets one message, <c>/dev/ptmx</c>, with the descriptor.</param>
    /// <exception cref="LinuxException">As of <see cref="UnixSocket.Send"/>; it is still here.</exception>
    public void SendTo(string consoleSocket)
    {
        Descriptor.SetBlocking(Handle, isBlocking: true); // as others know it
        try
        {
            UnixSocket.Send(consoleSocket, isStream: true, "/dev/ptmx"u8, Handle);
        }
        catch
        {
            Descriptor.SetBlocking(Handle, isBlocking: false);
            throw;
        }
        Dispose();
    }

    /// <inheritdoc/>
    public override bool CanRead => _stream.CanRead;

    /// <inheritdoc/>
    public override bool CanWrite => _stream.CanWrite;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads what is shown, and waits while nothing is.</summary>
    /// <returns>How many bytes; 0 when the program has ended and everything is read.</returns>
    public override int Read(Span<byte> buffer)
    {
        int count;
        while ((count = _stream.Read(buffer)) == 0 && !buffer.IsEmpty && ReopenProgramsEnd()) { }
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        while ((count = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) == 0 && !buffer.IsEmpty && ReopenProgramsEnd()) { }
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Reads what is shown now.</summary>
    /// <returns>How many bytes; 0 or less when nothing is.</returns>
    internal int TryRead(Span<byte> buffer)
    {
        int count = _stream.TryRead(buffer);
        if (count == 0)
            ReopenProgramsEnd();
        return count;
    }

    /// <summary>Types as much as the terminal takes now.</summary>
    /// <returns>How many bytes.</returns>
    internal int TryWrite(ReadOnlySpan<byte> typed) => Descriptor.TryWrite(Handle, typed);

    /// <summary>Types all of it, and waits while the terminal takes no more.</summary>
    public override void Write(ReadOnlySpan<byte> buffer) => _stream.Write(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _stream.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => _stream.WriteAsync(buffer, offset, count, cancellationToken);

    /// <summary>Does nothing: nothing is buffered.</summary>
    public override void Flush() { }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => _stream.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// The program's end is held open, so that its end, and not a moment in which it has its terminal closed, is the end of the stream. This is behind a vhangup(2) by the program, which may open it again; ours
    /// went with the others.
    /// </summary>
    /// <returns>False: the program has ended.</returns>
    private bool ReopenProgramsEnd()
    {
        lock (_gate)
        {
            if (_hasEnded || _process.PidFd.HasEnded)
                return false;
            _programsEnd?.Dispose();
            _programsEnd = PseudoTerminal.OpenPeer(Handle);
            return true;
        }
    }

    /// <summary>The program has ended: what is shown has an end from now on.</summary>
    internal void CloseProgramsEnd()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _programsEnd?.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        CloseProgramsEnd();
        _stream.Dispose();
        base.Dispose(disposing);
    }
}
