using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Small files of the host, for their owner alone, that are whole at every moment. Source: open(2), write(2), rename(2).</summary>
/// <remarks><see cref="File.WriteAllBytes(string, byte[])"/> takes a lock with each file and room for it beforehand: seven system calls in place of three, for states that every start of a container writes.</remarks>
public static class HostFile
{
    private const int OwnerOnly = 0x180; // 0600

    /// <summary>Writes a file that is not there.</summary>
    /// <exception cref="LinuxException">EEXIST: it is there. It cannot be made or written.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content) => Write(path, content, LibC.O_EXCL);

    /// <summary>Puts a file in the place of another, or of none. One caller at a time: what it is put together from is <c>path.next</c>.</summary>
    /// <exception cref="LinuxException">It cannot be made or written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string next = $"{path}.next";
        Write(next, content, LibC.O_TRUNC);
        HostPath.Rename(next, path);
    }

    private static void Write(string path, ReadOnlySpan<byte> content, int flags)
    {
        int descriptor = KernelFile.Open(NullTerminated.From(path), KernelFile.WriteOnly | LibC.O_CREAT | flags, OwnerOnly);
        if (descriptor < 0)
            throw new LinuxException("open", (Errno)(-descriptor), path);
        try
        {
            while (!content.IsEmpty)
            {
                int count = KernelFile.Write(descriptor, content);
                if (count < 0)
                    throw new LinuxException("write", (Errno)(-count), path);
                content = content[count..]; // a disk that is nearly full takes a part
            }
        }
        finally
        {
            KernelFile.Close(descriptor);
        }
    }
}
