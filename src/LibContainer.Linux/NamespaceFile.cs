using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A namespace, by its file. Source: namespaces(7), ioctl_ns(2).</summary>
internal static class NamespaceFile
{
    /// <summary>Opens it. As long as it is open, the namespace is there.</summary>
    /// <exception cref="LinuxException">ENOENT: there is none.</exception>
    internal static SafeFileHandle Open(string path)
    {
        int descriptor = KernelFile.Open(NullTerminated.From(path), KernelFile.ReadOnly | LibC.O_NONBLOCK); // it may be a FIFO
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new LinuxException("open", (Errno)(-descriptor), path);
    }

    /// <summary>What kind of namespace it is: CLONE_NEW*. Null: it is none.</summary>
    internal static ulong? KindOf(SafeFileHandle file)
    {
        using Borrowed descriptor = new(file);
        long kind = SystemCall.Invoke(SystemCallNumber.ioctl, descriptor.Number, Uapi.NS_GET_NSTYPE);
        return kind >= 0 ? (ulong)kind : null;
    }
}
