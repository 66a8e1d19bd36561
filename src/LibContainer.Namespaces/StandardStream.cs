using System.Runtime.InteropServices;

namespace LibContainer;

/// <summary>One of the three standard streams of a program.</summary>
public abstract record StandardStream
{
    private protected StandardStream() { }

    /// <summary>The host's own stream.</summary>
    public static StandardStream Inherit { get; } = new InheritedStream();

    /// <summary>/dev/null.</summary>
    public static StandardStream Null { get; } = new NullStream();

    /// <summary>
    /// A pipe, whose other end is a stream of the <see cref="ContainerProcess"/>: for a program that is started. Output that nobody reads stops the program as soon as the pipe is full (64 KB), and ends when
    /// everybody in the container who has the other end has ended or closed it.
    /// </summary>
    public static StandardStream Pipe { get; } = new PipeStream();

    /// <summary>Of errors: where the output goes, in one stream, in the order in which both were written.</summary>
    public static StandardStream SameAsOutput { get; } = new OutputStream();

    /// <summary>A descriptor: a file, a pipe, a socket. It stays the caller's and is not closed.</summary>
    public static StandardStream FromHandle(SafeHandle handle) => new HandleStream(handle);

    /// <summary>
    /// A .NET stream, through a pipe. Input is read ahead of the program until it ends, or until the program has: what was read by then is lost, and a stream that cannot be
    /// cancelled (a console) is left waiting for one more read. Output is complete when <see cref="Namespaces.Exec"/> or the wait for the end returns; when the stream throws, the program is killed. It stays the
    /// caller's and is not closed.
    /// </summary>
    public static StandardStream FromStream(Stream stream) => new CopiedStream(stream);
}

internal sealed record InheritedStream : StandardStream;

internal sealed record NullStream : StandardStream;

internal sealed record PipeStream : StandardStream;

internal sealed record OutputStream : StandardStream;

internal sealed record HandleStream(SafeHandle Handle) : StandardStream;

internal sealed record CopiedStream(Stream Stream) : StandardStream;
