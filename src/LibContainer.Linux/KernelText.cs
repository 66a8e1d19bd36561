using System.Buffers;
using System.Text;

namespace LibContainer.Linux;

/// <summary>
/// Texts that the kernel makes up while they are read. <see cref="File.ReadAllText(string)"/> does it, too, with a lock and a length that mean nothing there, and 20 KB of buffers for a line: a third of a millisecond in a
/// program that has just been started.
/// </summary>
internal static class KernelText
{
    private const int UsualLength = 4096; // what one read of most of them gives at most

    /// <exception cref="LinuxException">ENOENT: there is no such file. ESRCH: the process that it is about ended while it was open.</exception>
    internal static string Read(string path)
    {
        int descriptor = KernelFile.Open(NullTerminated.From(path), KernelFile.ReadOnly);
        if (descriptor < 0)
            throw new LinuxException("open", (Errno)(-descriptor), path);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(UsualLength);
        try
        {
            for (int length = 0; ;)
            {
                int count = KernelFile.Read(descriptor, buffer.AsSpan(length));
                if (count < 0)
                    throw new LinuxException("read", (Errno)(-count), path);
                if (count == 0)
                    return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
                length += count;
                if (length == buffer.Length)
                    Grow(ref buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            KernelFile.Close(descriptor);
        }
    }

    /// <summary>Its lines, without their ends.</summary>
    /// <inheritdoc cref="Read"/>
    internal static string[] ReadLines(string path) => Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void Grow(ref byte[] buffer)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
