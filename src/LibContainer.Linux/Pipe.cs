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
}
