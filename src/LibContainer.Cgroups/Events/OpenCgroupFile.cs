using System.Text;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Cgroups;

/// <summary>A file of a cgroup that stays open and is read again and again. It is always of the same cgroup, even if that is removed and made again.</summary>
internal sealed class OpenCgroupFile : IDisposable
{
    /// <summary>What is watched has a dozen short lines.</summary>
    private const int BufferLength = 4096;

    [ThreadStatic]
    private static byte[]? s_buffer;

    private readonly CgroupDirectory _directory;
    private readonly string _name;
    private readonly byte[] _fileName;

    /// <exception cref="CgroupException">It is not there, or cannot be opened.</exception>
    internal OpenCgroupFile(CgroupDirectory directory, string name)
    {
        (_directory, _name, _fileName) = (directory, name, Encoding.UTF8.GetBytes(name));
        Handle = directory.Open(name, KernelFile.ReadOnly);
    }

    internal SafeFileHandle Handle { get; }

    /// <summary>Reads it. For <see cref="EventPoll"/> it is unmodified then.</summary>
    /// <param name="text">What it says, until this thread reads another one.</param>
    /// <returns>False: it was removed.</returns>
    /// <exception cref="CgroupException">It cannot be read.</exception>
    internal bool TryRead(out CgroupText text)
    {
        byte[] buffer = s_buffer ??= new byte[BufferLength];
        using Borrowed descriptor = new(Handle);
        int length = KernelFile.ReadAgain(descriptor.Number, buffer);
        text = default;
        if (length == -(int)Errno.ENODEV)
            return false;
        if (length < 0)
            throw _directory.Failed("read", _name, null, (Errno)(-length));
        if (length == BufferLength)
            throw _directory.Failed("read", _name, null, Errno.EFBIG);
        text = new CgroupText(_directory, _fileName, buffer.AsSpan(0, length));
        return true;
    }

    public void Dispose() => Handle.Dispose();
}
