using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Two connected sockets, AF_UNIX and SOCK_STREAM: a pipe in both directions. Source: socketpair(2), unix(7).</summary>
public static unsafe class SocketPair
{
    /// <summary>Both ends are close-on-exec.</summary>
    /// <exception cref="LinuxException">EMFILE, ENFILE: too many descriptors.</exception>
    public static (SafeFileHandle First, SafeFileHandle Second) Create()
    {
        int* ends = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, ends) != 0)
            throw LinuxException.FromLastError("socketpair", detail: "AF_UNIX SOCK_STREAM");
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Waits for bytes and looks at them, without taking them.</summary>
    /// <returns>How many there are up to the first line break, with it, or in all when there is none; 0 at end of file.</returns>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    public static int PeekLine(SafeHandle end, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(end);
        using Borrowed descriptor = new(end);
        fixed (byte* start = buffer)
        {
            long count;
            do
                count = SystemCall.Invoke(SystemCallNumber.recvfrom, descriptor.Number, (long)start, buffer.Length, Uapi.MSG_PEEK);
            while (count == -Uapi.EINTR);
            if (count < 0)
                throw new LinuxException("recvfrom", (Errno)(-count));
            int line = buffer[..(int)count].IndexOf((byte)'\n');
            return line < 0 ? (int)count : line + 1;
        }
    }

    /// <summary>Waits for bytes, and for the descriptor that may come with them.</summary>
    /// <param name="end">One end.</param>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="right">The descriptor, close-on-exec. Null: none came, or there was no room for it.</param>
    /// <returns>How many bytes; 0 once the other end is closed, whatever was on its way to it.</returns>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    public static int Receive(SafeHandle end, Span<byte> buffer, out SafeFileHandle? right)
    {
        ArgumentNullException.ThrowIfNull(end);
        using Borrowed socket = new(end);
        int count = SequencedSocket.Receive(socket.Number, buffer, out int descriptor);
        right = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        // A reset is an end with something of ours unread at the other side: unix(7).
        return count >= 0 ? count : count == -Uapi.ECONNRESET ? 0 : throw new LinuxException("recvmsg", (Errno)(-count));
    }

    /// <summary>Whether a descriptor is one end of such a pair, or something else that somebody passed on.</summary>
    public static bool IsEnd(int descriptor)
    {
        int domain, type;
        socklen_t length = sizeof(int);
        return LibC.getsockopt(descriptor, LibC.SOL_SOCKET, LibC.SO_DOMAIN, &domain, &length) == 0 && domain == LibC.AF_UNIX
            && LibC.getsockopt(descriptor, LibC.SOL_SOCKET, LibC.SO_TYPE, &type, &length) == 0 && type == LibC.SOCK_STREAM;
    }
}
