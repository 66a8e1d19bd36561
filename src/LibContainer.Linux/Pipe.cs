using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Pipes. Source: pipe(7).</summary>
public static unsafe class Pipe
{
    /// <summary>Both ends are close-on-exec.</summary>
    /// <exception cref="LinuxException">EMFILE, ENFILE: too many descriptors.</exception>
    public static (SafeFileHandle ReadEnd, SafeFileHandle WriteEnd) Create()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) != 0)
            throw LinuxException.FromLastError("pipe2");
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Reads what is there, and waits while nothing is.</summary>
    /// <returns>How many bytes; 0 at end of file.</returns>
    /// <exception cref="LinuxException">The read failed.</exception>
    public static int Read(SafeHandle readEnd, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(readEnd);
        using Borrowed descriptor = new(readEnd);
        fixed (byte* start = buffer)
        {
            while (true)
            {
                long count = LibC.read(descriptor.Number, start, buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (Marshal.GetLastPInvokeError() != LibC.EINTR)
                    throw LinuxException.FromLastError("read", detail: "from a pipe");
            }
        }
    }

    /// <summary>Writes all of it, and waits while the pipe is full.</summary>
    /// <exception cref="LinuxException">EPIPE: nobody can read it any more.</exception>
    public static void Write(SafeHandle writeEnd, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(writeEnd);
        using Borrowed descriptor = new(writeEnd);
        fixed (byte* start = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                long count = LibC.write(descriptor.Number, start + written, bytes.Length - written);
                if (count >= 0)
                    written += (int)count;
                else if (Marshal.GetLastPInvokeError() != LibC.EINTR)
                    throw LinuxException.FromLastError("write", detail: "to a pipe");
            }
        }
    }
}
