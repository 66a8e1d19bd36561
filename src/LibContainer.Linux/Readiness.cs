using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>What somebody waits for.</summary>
/// <param name="Handle">A pipe, a socket, a terminal, or a pidfd: that can be "read" once its process has ended.</param>
/// <param name="ToRead">That it can be read, or is at its end.</param>
/// <param name="ToWrite">That it takes something, or never will.</param>
public readonly record struct Interest(SafeHandle Handle, bool ToRead, bool ToWrite)
{
    /// <summary>In one direction.</summary>
    public Interest(SafeHandle handle, bool ToWrite = false)
        : this(handle, !ToWrite, ToWrite) { }
}

/// <summary>Waits on several descriptors at once. Source: poll(2).</summary>
public static unsafe class Readiness
{
    /// <summary>Waits until one can be read, or is at its end.</summary>
    /// <param name="handles">As of <see cref="Interest.Handle"/>.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>For each, whether it is ready. All false: the time was up.</returns>
    public static bool[] Wait(ReadOnlySpan<SafeHandle> handles, TimeSpan timeout)
    {
        Interest[] interests = new Interest[handles.Length];
        for (int i = 0; i < handles.Length; i++)
            interests[i] = new Interest(handles[i]);
        return Wait(interests, timeout);
    }

    /// <summary>By number: LibC.poll does not keep errno, and a wait that a signal interrupts looks like a failure.</summary>
    internal static void Poll(pollfd* polled, int count, TimeSpan timeout)
    {
        long* limit = stackalloc long[] { timeout.Ticks / TimeSpan.TicksPerSecond, timeout.Ticks % TimeSpan.TicksPerSecond * 100 }; // struct timespec; Linux leaves the rest of the time in it
        long result;
        do
            result = SystemCall.Invoke(SystemCallNumber.ppoll, (long)polled, count, timeout == Timeout.InfiniteTimeSpan ? 0 : (long)limit);
        while (result == -Uapi.EINTR);
        if (result < 0)
            throw new LinuxException("ppoll", (Errno)(-result));
    }

    /// <summary>Waits until one of them holds.</summary>
    /// <param name="interests">At most 64.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>For each, whether it holds. All false: the time was up.</returns>
    public static bool[] Wait(ReadOnlySpan<Interest> interests, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(interests.Length, 64);
        pollfd* polled = stackalloc pollfd[interests.Length];
        bool[] ready = new bool[interests.Length];
        bool[] held = new bool[interests.Length];
        try
        {
            for (int i = 0; i < interests.Length; i++)
            {
                Interest interest = interests[i];
                interest.Handle.DangerousAddRef(ref held[i]);
                int events = (interest.ToRead ? LibC.POLLIN : 0) | (interest.ToWrite ? LibC.POLLOUT : 0);
                polled[i] = new pollfd { fd = (int)interest.Handle.DangerousGetHandle(), events = (short)events };
            }
            Poll(polled, interests.Length, timeout);
            for (int i = 0; i < interests.Length; i++)
                ready[i] = polled[i].revents != 0;
            return ready;
        }
        finally
        {
            for (int i = 0; i < interests.Length; i++)
                if (held[i])
                    interests[i].Handle.DangerousRelease();
        }
    }
}
