using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Waits on several descriptors at once. Source: poll(2).</summary>
public static unsafe class Readiness
{
    /// <summary>Waits until one can be read, or is at its end.</summary>
    /// <param name="handles">Pipes, sockets, pidfds: a pidfd can be "read" once its process has ended.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>For each, whether it is ready. All false: the time was up.</returns>
    public static bool[] Wait(ReadOnlySpan<SafeHandle> handles, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handles.Length, 64);
        pollfd* polled = stackalloc pollfd[handles.Length];
        bool[] ready = new bool[handles.Length];
        bool[] held = new bool[handles.Length];
        try
        {
            for (int i = 0; i < handles.Length; i++)
            {
                handles[i].DangerousAddRef(ref held[i]);
                polled[i] = new pollfd { fd = (int)handles[i].DangerousGetHandle(), events = LibC.POLLIN };
            }
            while (LibC.poll(polled, (uint)handles.Length, (int)timeout.TotalMilliseconds) < 0)
                if (Marshal.GetLastPInvokeError() != LibC.EINTR)
                    throw LinuxException.FromLastError("poll");
            for (int i = 0; i < handles.Length; i++)
                ready[i] = polled[i].revents != 0;
            return ready;
        }
        finally
        {
            for (int i = 0; i < handles.Length; i++)
                if (held[i])
                    handles[i].DangerousRelease();
        }
    }
}
