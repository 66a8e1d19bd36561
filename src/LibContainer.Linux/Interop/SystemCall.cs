using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Calls that neither libc nor Tmds.LibC has by name.</summary>
internal static unsafe class SystemCall
{
    /// <returns>The result, or a negative errno, as the kernel itself answers.</returns>
    internal static long Invoke(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
    {
        ssize_t result = LibC.syscall((ssize_t)number, (ssize_t)a, (ssize_t)b, (ssize_t)c, (ssize_t)d, (ssize_t)e, (ssize_t)f);
        long value = result;
        return value == -1 ? -Marshal.GetLastPInvokeError() : value;
    }
}
