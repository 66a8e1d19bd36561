using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Bytes through descriptors: pipes, terminals, files. Source: read(2), write(2).</summary>
public static unsafe class Descriptor
{
    /// <summary>Whether the number stands for something. Source: fcntl(2), F_GETFD.</summary>
    internal static bool IsOpen(int number) => LibC.fcntl(number, LibC.F_GETFD) >= 0;

    /// <summary>One more descriptor of the same, close-on-exec. Source: fcntl(2), F_DUPFD_CLOEXEC.</summary>
    /// <exception cref="LinuxException">EMFILE: too many descriptors.</exception>
    public static SafeFileHandle Duplicate(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        using Borrowed descriptor = new(handle);
        int copy = LibC.fcntl(descriptor.Number, LibC.F_DUPFD_CLOEXEC, 0);
        return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw LinuxException.FromLastError("fcntl", detail: $"F_DUPFD_CLOEXEC of descriptor {descriptor.Number}");
    }

    /// <summary>Whether reads and writes of it wait, also those by who else has it open, but not those of another end. Source: fcntl(2), O_NONBLOCK.</summary>
    /// <exception cref="LinuxException">EBADF: it is closed.</exception>
    public static void SetBlocking(SafeHandle handle, bool isBlocking)
    {
        ArgumentNullException.ThrowIfNull(handle);
        using Borrowed descriptor = new(handle);
        int flags = LibC.fcntl(descriptor.Number, LibC.F_GETFL);
        if (flags < 0 || LibC.fcntl(descriptor.Number, LibC.F_SETFL, isBlocking ? flags & ~LibC.O_NONBLOCK : flags | LibC.O_NONBLOCK) < 0)
            throw LinuxException.FromLastError("fcntl", detail: $"F_SETFL of descriptor {descriptor.Number}");
    }

    /// <summary>Reads what is there, and waits while nothing is.</summary>
    /// <returns>How many bytes; 0 at end of file, and of a terminal whose other end is closed.</returns>
    /// <exception cref="LinuxException">The read failed.</exception>
    public static int Read(SafeHandle handle, Span<byte> buffer)
    {
        int count;
        while ((count = TryRead(handle, buffer)) < 0)
            Readiness.Wait([new Interest(handle)], Timeout.InfiniteTimeSpan);
        return count;
    }

    /// <summary>Writes all of it, and waits while there is no room.</summary>
    /// <exception cref="LinuxException">EPIPE: nobody can read it any more.</exception>
    public static void Write(SafeHandle handle, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[TryWrite(handle, bytes)..];
            if (bytes.IsEmpty)
                return;
            Readiness.Wait([new Interest(handle, ToWrite: true)], Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>As <see cref="Read"/>, but does not wait where the descriptor was opened so.</summary>
    /// <returns>-1 when nothing is there.</returns>
    public static int TryRead(SafeHandle handle, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(handle);
        using Borrowed descriptor = new(handle);
        fixed (byte* start = buffer)
        {
            while (true)
            {
                long count = LibC.read(descriptor.Number, start, buffer.Length);
                if (count >= 0)
                    return (int)count;
                switch (Marshal.GetLastPInvokeError())
                {
                    case Uapi.EINTR:
                        break;
                    case Uapi.EAGAIN:
                        return -1;
                    case Uapi.EIO when Terminal.IsTerminal(handle): // a pseudo-terminal says so when its other end is closed: tty_ioctl(4)
                        return 0;
                    default:
                        throw LinuxException.FromLastError("read");
                }
            }
        }
    }

    /// <summary>Writes what there is room for.</summary>
    /// <returns>How many bytes; 0 when there is no room.</returns>
    public static int TryWrite(SafeHandle handle, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(handle);
        using Borrowed descriptor = new(handle);
        fixed (byte* start = bytes)
        {
            while (true)
            {
                long count = LibC.write(descriptor.Number, start, bytes.Length);
                if (count >= 0)
                    return (int)count;
                int error = Marshal.GetLastPInvokeError();
                if (error == Uapi.EAGAIN)
                    return 0;
                if (error != Uapi.EINTR)
                    throw LinuxException.FromLastError("write");
            }
        }
    }
}
