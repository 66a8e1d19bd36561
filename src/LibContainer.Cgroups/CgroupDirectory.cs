using System.Text;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Cgroups;

/// <summary>One cgroup in one hierarchy: a directory of the kernel's, and its files. What it stands for may come and go.</summary>
/// <param name="hierarchy">The tree that it is in.</param>
/// <param name="path">Absolute path on this host.</param>
internal sealed class CgroupDirectory(CgroupHierarchy hierarchy, string path)
{
    internal CgroupHierarchy Hierarchy => hierarchy;

    internal string Path => path;

    internal bool Exists => Directory.Exists(path);

    /// <summary>Reads a file as text, without the line break at its end. What is read again and again is for <see cref="CgroupFiles"/>.</summary>
    /// <param name="file">Its name.</param>
    /// <returns>Null when there is no such file or cgroup.</returns>
    /// <exception cref="CgroupException">It cannot be read.</exception>
    internal string? TryRead(string file)
    {
        using SafeFileHandle? opened = TryOpen(file, KernelFile.ReadOnly);
        if (opened is null)
            return null;
        using Borrowed descriptor = new(opened);
        byte[] buffer = new byte[4096];
        for (int length = 0; ;)
        {
            int count = KernelFile.Read(descriptor.Number, buffer.AsSpan(length));
            if (count == -(int)Errno.ENODEV)
                return null; // the cgroup was removed after its file was opened
            if (count < 0)
                throw Failed("read", file, null, (Errno)(-count));
            if (count == 0)
                return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
            length += count;
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>Reads a file that has to be there.</summary>
    /// <exception cref="CgroupException">It is not, or cannot be read.</exception>
    internal string Read(string file) => TryRead(file) ?? throw Failed("open", file, null, Errno.ENOENT);

    /// <summary>Writes a value with one write(2), which is what the kernel takes for one setting.</summary>
    /// <exception cref="CgroupException">The kernel refuses it.</exception>
    internal void Write(string file, string value)
    {
        if (!TryWrite(file, value))
            throw Failed("open", file, value, Errno.ENOENT);
    }

    /// <summary>The same for a cgroup that others may remove.</summary>
    /// <returns>False: there is no such file or cgroup.</returns>
    /// <exception cref="CgroupException">The kernel refuses it.</exception>
    internal bool TryWrite(string file, string value)
    {
        using SafeFileHandle? opened = TryOpen(file, KernelFile.WriteOnly);
        return opened is not null && TryWrite(opened, file, value);
    }

    /// <summary>Opens a file that has to be there, for <see cref="TryWrite(SafeFileHandle, string, string)"/>.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="value">What will be written: for the sentence.</param>
    /// <exception cref="CgroupException">It is not, or cannot be opened.</exception>
    internal SafeFileHandle OpenToWrite(string file, string value) => TryOpen(file, KernelFile.WriteOnly) ?? throw Failed("open", file, value, Errno.ENOENT);

    /// <summary>One of several values for the same file.</summary>
    internal bool TryWrite(SafeFileHandle opened, string file, string value)
    {
        using Borrowed descriptor = new(opened);
        int written = KernelFile.Write(descriptor.Number, Encoding.UTF8.GetBytes(value));
        if (written >= 0)
            return true;
        // The cgroup was removed after its file was opened: ENODEV or, from those of version 2 that wait for the lock of all cgroups, ENOENT. Its files go before itself does.
        // Or it is there, and what the value names is not.
        Errno error = (Errno)(-written);
        return error is Errno.ENODEV or Errno.ENOENT && HostPath.KindOf($"{path}/{file}") == HostPathKind.Missing ? false : throw Failed("write", file, value, error);
    }

    /// <summary>Opens a file that has to be there.</summary>
    /// <exception cref="CgroupException">It is not, or cannot be opened.</exception>
    internal SafeFileHandle Open(string file, int flags) => TryOpen(file, flags) ?? throw Failed("open", file, null, Errno.ENOENT);

    /// <summary>Opens the cgroup itself, for a process to be born in.</summary>
    /// <exception cref="CgroupException">It is not there.</exception>
    internal SafeFileHandle OpenDirectory()
    {
        int descriptor = KernelFile.Open(NullTerminated.From(path), KernelFile.DirectoryPath);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new CgroupException($"open {path}: {LinuxException.Name((Errno)(-descriptor))}", (Errno)(-descriptor));
    }

    /// <returns>Null when there is no such file or cgroup.</returns>
    private SafeFileHandle? TryOpen(string file, int flags)
    {
        int descriptor = KernelFile.Open(NullTerminated.From($"{path}/{file}"), flags);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        Errno error = (Errno)(-descriptor);
        return error is Errno.ENOENT or Errno.ENODEV ? null : throw Failed("open", file, null, error);
    }

    /// <summary><c>write memory.limit_in_bytes = 4096 of /sys/fs/cgroup/memory/x: EBUSY (Device or resource busy)</c>.</summary>
    internal CgroupException Failed(string call, string file, string? value, Errno error)
        => new($"{call} {file}{(value is null ? "" : $" = {value}")} of {path}: {LinuxException.Name(error)}", error);
}
