using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>
/// Files that the kernel makes up: each read or write(2) counts as such, and what is missing is an answer. Every call returns a negative errno on failure. Source: open(2), read(2), write(2).
/// </summary>
internal static unsafe class KernelFile
{
    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;

    /// <summary>O_PATH of a directory, to open its files by.</summary>
    internal static readonly int DirectoryPath = LibC.O_PATH | LibC.O_DIRECTORY;

    /// <param name="path">UTF-8, with a NUL at its end.</param>
    /// <param name="flags">O_*; close-on-exec is added.</param>
    /// <param name="mode">Permissions of a file that O_CREAT makes, of which the host's mask takes away.</param>
    internal static int Open(ReadOnlySpan<byte> path, int flags, int mode = 0)
    {
        fixed (byte* start = path)
            return Result(LibC.open(start, flags | LibC.O_CLOEXEC, (ushort)mode));
    }

    /// <param name="directory">Descriptor of a directory.</param>
    /// <param name="name">UTF-8, with a NUL at its end.</param>
    /// <param name="flags">O_*; close-on-exec is added.</param>
    internal static int OpenAt(int directory, ReadOnlySpan<byte> name, int flags)
    {
        fixed (byte* start = name)
            return Result(LibC.openat(directory, start, flags | LibC.O_CLOEXEC, 0));
    }

    internal static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int count;
            do
                count = Result((long)LibC.read(descriptor, start, buffer.Length));
            while (count == -Uapi.EINTR);
            return count;
        }
    }

    /// <summary>From its beginning, wherever an earlier read has stopped. Source: pread(2).</summary>
    internal static int ReadAgain(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int count;
            do
                count = Result((long)LibC.pread(descriptor, start, buffer.Length, 0));
            while (count == -Uapi.EINTR);
            return count;
        }
    }

    /// <summary>With one write(2), which is what the kernel takes for one setting.</summary>
    internal static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int count;
            do
                count = Result((long)LibC.write(descriptor, start, bytes.Length));
            while (count == -Uapi.EINTR);
            return count;
        }
    }

    /// <summary>Waits until the kernel says that a file which it makes up has another content, and for no longer than that. Read it first: what was before that counts as said.</summary>
    /// <param name="descriptor">Of a file that tells so: <c>cgroup.events</c>.</param>
    /// <param name="timeout">How long at most.</param>
    internal static void AwaitChange(int descriptor, TimeSpan timeout)
    {
        pollfd polled = new() { fd = descriptor, events = LibC.POLLPRI };
        Readiness.Poll(&polled, 1, timeout);
    }

    /// <param name="path">UTF-8, with a NUL at its end.</param>
    /// <param name="mode">Permissions, of which the host's mask takes away.</param>
    internal static int MakeDirectory(ReadOnlySpan<byte> path, int mode)
    {
        fixed (byte* start = path)
            return Result(LibC.mkdir(start, (ushort)mode));
    }

    /// <param name="path">UTF-8, with a NUL at its end.</param>
    internal static int RemoveDirectory(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
            return Result(LibC.rmdir(start));
    }

    internal static void Close(int descriptor) => _ = LibC.close(descriptor); // nothing is left of the number, whatever it answers: close(2)

    private static int Result(long result) => result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;
}
