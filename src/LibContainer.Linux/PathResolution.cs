using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Opens what a path leads to from a directory, as far as the kernel is told that it may lead. Source: openat2(2).</summary>
internal static unsafe class PathResolution
{
    /// <summary>Each try is a race that the kernel has noticed: who wins a thousand of them is at work on it.</summary>
    private const int MostTries = 1000;

    /// <param name="directory">Where the path begins.</param>
    /// <param name="path">Relative to it.</param>
    /// <param name="flags">O_*; close-on-exec is added.</param>
    /// <param name="resolve">RESOLVE_*; that no magic link of /proc is followed is added.</param>
    /// <param name="mode">Permissions of a file that O_CREAT makes, of which the host's mask takes away.</param>
    /// <returns>A descriptor, or a negative errno.</returns>
    internal static int Open(SafeHandle directory, string path, int flags, int resolve, int mode = 0)
    {
        fixed (byte* start = NullTerminated.From(path))
        {
            open_how how = new()
            {
                flags = (ulong)(uint)(flags | LibC.O_CLOEXEC),
                mode = (ulong)(uint)mode,
                resolve = (ulong)(resolve | Uapi.RESOLVE_NO_MAGICLINKS),
            };
            using Borrowed descriptor = new(directory);
            for (int tries = 1; ; tries++)
            {
                int result = (int)SystemCall.Invoke(SystemCallNumber.openat2, descriptor.Number, (long)start, (long)(&how), sizeof(open_how));
                // EAGAIN: something was renamed or mounted while a ".." of a link was taken.
                if (result is not (-Uapi.EAGAIN or -Uapi.EINTR) || tries == MostTries)
                    return result;
            }
        }
    }
}
