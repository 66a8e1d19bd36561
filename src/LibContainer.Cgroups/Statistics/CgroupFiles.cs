using System.Buffers;
using System.Text;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>The files of one cgroup, opened below a descriptor of it and read into a buffer that is used again: nothing is allocated.</summary>
/// <remarks>The kernel walks to the cgroup once and not for each file, and all files are of the same cgroup, even if it is removed and made again.</remarks>
internal readonly ref struct CgroupFiles : IDisposable
{
    /// <summary>Longer than any name of the kernel: hugetlb.64KB.rsvd.max_usage_in_bytes.</summary>
    private const int LongestName = 127;

    private const int NotThere = -1;

    private readonly CgroupDirectory _directory;
    private readonly ref byte[] _buffer;
    private readonly int _descriptor;

    /// <param name="directory">The cgroup; it may be gone.</param>
    /// <param name="buffer">From the shared pool. A larger one may take its place.</param>
    /// <exception cref="CgroupException">It cannot be opened.</exception>
    internal CgroupFiles(CgroupDirectory directory, ref byte[] buffer)
    {
        _directory = directory;
        _buffer = ref buffer;
        _descriptor = Open(directory, buffer);
    }

    internal bool Exist => _descriptor != NotThere;

    public void Dispose()
    {
        if (_descriptor != NotThere)
            KernelFile.Close(_descriptor);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">What it says, until the next one is read.</param>
    /// <returns>False: there is no such file or cgroup, or its controller is switched off.</returns>
    /// <exception cref="CgroupException">It cannot be read.</exception>
    internal bool TryRead(scoped ReadOnlySpan<byte> name, out CgroupText text)
    {
        text = default;
        int length = Read(name);
        if (length < 0)
            return false;
        // The name and the content are in the same buffer, the name behind the content.
        name.CopyTo(_buffer.AsSpan(length));
        text = new CgroupText(_directory, _buffer.AsSpan(length, name.Length), _buffer.AsSpan(0, length));
        return true;
    }

    /// <summary>Reads a file that is one number.</summary>
    /// <returns>Null: there is no such file.</returns>
    /// <exception cref="CgroupException">It is no number, or cannot be read.</exception>
    internal ulong? Number(scoped ReadOnlySpan<byte> name) => TryRead(name, out CgroupText text) ? text.Number() : null;

    /// <summary>Reads a file that is one limit.</summary>
    /// <returns>Null: there is no such file, or no limit.</returns>
    /// <exception cref="CgroupException">It is no limit, or cannot be read.</exception>
    internal ulong? Limit(scoped ReadOnlySpan<byte> name) => TryRead(name, out CgroupText text) ? text.Limit() : null;

    /// <summary>Reads one number of a file of names and numbers.</summary>
    /// <returns>Null: there is no such file, or no such name in it.</returns>
    /// <exception cref="CgroupException">It is no such file, or cannot be read.</exception>
    internal ulong? Field(scoped ReadOnlySpan<byte> file, scoped ReadOnlySpan<byte> field)
    {
        if (!TryRead(file, out CgroupText text))
            return null;
        ulong? found = null;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            if (name.SequenceEqual(field))
                found = value;
        }
        return found;
    }

    private static int Open(CgroupDirectory directory, byte[] buffer)
    {
        bool isUsual = Encoding.UTF8.GetMaxByteCount(directory.Path.Length) < buffer.Length && !directory.Path.Contains('\0', StringComparison.Ordinal);
        if (isUsual)
            buffer[Encoding.UTF8.GetBytes(directory.Path, buffer)] = 0;
        // NullTerminated refuses a NUL; the kernel refuses what is too long.
        int descriptor = KernelFile.Open(isUsual ? buffer : NullTerminated.From(directory.Path), KernelFile.DirectoryPath);
        if (descriptor >= 0)
            return descriptor;
        Errno error = (Errno)(-descriptor);
        return error == Errno.ENOENT ? NotThere : throw new CgroupException($"open {directory.Path}: {LinuxException.Name(error)}", error);
    }

    /// <returns>How many bytes; -1: not there.</returns>
    private int Read(scoped ReadOnlySpan<byte> name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, LongestName);
        Span<byte> terminated = stackalloc byte[LongestName + 1];
        name.CopyTo(terminated);
        terminated[name.Length] = 0;
        int file = KernelFile.OpenAt(_descriptor, terminated, KernelFile.ReadOnly);
        if (file < 0)
            return NotThereOr("open", name, (Errno)(-file));
        try
        {
            for (int length = 0; ;)
            {
                int count = KernelFile.Read(file, _buffer.AsSpan(length));
                if (count < 0)
                    return NotThereOr("read", name, (Errno)(-count));
                length += count;
                // Files with figures are one record to fs/seq_file.c: one read(2) gets all of it that there is room for, and with room left that was all.
                bool isWhole = length < _buffer.Length;
                if (_buffer.Length - length < LongestName)
                    Grow(length);
                if (isWhole)
                    return length;
            }
        }
        finally
        {
            KernelFile.Close(file);
        }
    }

    private void Grow(int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    /// <summary>
    /// ENODEV: the cgroup was removed. EOPNOTSUPP: the kernel shows the file of something that is switched off: pressure and swap before Linux 5.13.
    /// </summary>
    private int NotThereOr(string call, scoped ReadOnlySpan<byte> name, Errno error)
        => error is Errno.ENOENT or Errno.ENODEV or Errno.EOPNOTSUPP
            ? NotThere
            : throw _directory.Failed(call, Encoding.UTF8.GetString(name), null, error);
}
