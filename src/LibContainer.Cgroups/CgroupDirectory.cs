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

    /// <summary>Reads a file of the cgroup.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="buffer">Gets the content; one that is longer is read into a larger one, which takes its place.</param>
    /// <returns>How many bytes; -1 when there is no such file or cgroup.</returns>
    /// <exception cref="CgroupException">It cannot be read.</exception>
    internal int TryRead(string file, ref byte[] buffer)
    {
        using SafeFileHandle? opened = TryOpen(file, KernelFile.ReadOnly);
        if (opened is null)
            return -1;
        for (int length = 0; ;)
        {
            int count;
            try
            {
                count = Descriptor.Read(opened, buffer.AsSpan(length));
            }
            catch (LinuxException error) when (error.Error == Errno.ENODEV)
            {
                return -1; // the cgroup was removed after its file was opened
            }
            catch (LinuxException error)
            {
                throw Failed("read", file, null, error.Error);
            }
            if (count == 0)
                return length;
            length += count;
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>Reads a file as text, without the line break at its end.</summary>
    /// <returns>Null when there is no such file or cgroup.</returns>
    internal string? TryRead(string file)
    {
        byte[] buffer = new byte[4096];
        int length = TryRead(file, ref buffer);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
    }

    /// <summary>Reads a file that has to be there.</summary>
    /// <exception cref="CgroupException">It is not, or cannot be read.</exception>
    internal string Read(string file) => TryRead(file) ?? throw Failed("open", file, null, Errno.ENOENT);

    /// <summary>Writes a value with one write(2), which is what the kernel takes for one setting.</summary>
    /// <exception cref="CgroupException">The kernel refuses it.</exception>
    internal void Write(string file, string value)
    {
        using SafeFileHandle opened = TryOpen(file, KernelFile.WriteOnly) ?? throw Failed("open", file, value, Errno.ENOENT);
        using Borrowed descriptor = new(opened);
        int written = KernelFile.Write(descriptor.Number, Encoding.UTF8.GetBytes(value));
        if (written < 0)
            throw Failed("write", file, value, (Errno)(-written));
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
