using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A file in memory, without a name in any directory. Source: memfd_create(2).</summary>
internal static unsafe class MemoryFile
{
    /// <summary>An empty one, close-on-exec, that can still be written.</summary>
    internal static SafeFileHandle Create(string name, bool executable = false)
    {
        fixed (byte* start = NullTerminated.From(name))
        {
            uint flags = LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING;
            int descriptor = LibC.memfd_create(start, flags | (executable ? (uint)Uapi.MFD_EXEC : 0));
            if (descriptor < 0 && executable && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == LibC.EINVAL)
                descriptor = LibC.memfd_create(start, flags); // before Linux 6.3 there is no MFD_EXEC, and every one is executable
            return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LinuxException.FromLastError("memfd_create", name);
        }
    }

    /// <summary>One with this content that nobody can change again: not this program, and not a container that gets hold of it (CVE-2019-5736).</summary>
    internal static SafeFileHandle CreateSealed(string name, ReadOnlySpan<byte> content, bool executable = false)
    {
        SafeFileHandle file = Create(name, executable);
        try
        {
            RandomAccess.Write(file, content, 0);
            using Borrowed descriptor = new(file);
            if (LibC.fcntl(descriptor.Number, LibC.F_ADD_SEALS, LibC.F_SEAL_SEAL | LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_WRITE) != 0)
                throw LinuxException.FromLastError("fcntl", name, "F_ADD_SEALS");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
