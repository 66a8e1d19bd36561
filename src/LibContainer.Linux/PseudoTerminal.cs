using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Pseudo-terminals. What is written to the master is typed at the terminal, its peer; what is written to the peer is read from the master. Source: pty(7).</summary>
public static unsafe class PseudoTerminal
{
    /// <summary>One of this host's. Reads and writes of the master do not wait. Both ends are close-on-exec, and neither becomes the controlling terminal of this process.</summary>
    /// <exception cref="LinuxException">ENOSPC: there are too many. ENOENT: there is no /dev/ptmx.</exception>
    public static (SafeFileHandle Master, SafeFileHandle Peer) Create()
    {
        int descriptor;
        fixed (byte* path = "/dev/ptmx"u8)
            descriptor = LibC.open(path, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0); // who copies in both directions must not wait for one
        if (descriptor < 0)
            throw LinuxException.FromLastError("open", "/dev/ptmx");
        SafeFileHandle master = new(descriptor, ownsHandle: true);
        try
        {
            int unlocked = 0;
            long result = SystemCall.Invoke(SystemCallNumber.ioctl, descriptor, Uapi.TIOCSPTLCK, (long)(&unlocked));
            return result == 0 ? (master, OpenPeer(master)) : throw new LinuxException("ioctl", (Errno)(-result), detail: "TIOCSPTLCK");
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Name of a peer, on the devpts that it comes from.</summary>
    public static string PathOf(SafeFileHandle peer)
    {
        using Borrowed descriptor = new(peer);
        return File.ResolveLinkTarget($"/proc/self/fd/{descriptor.Number}", returnFinalTarget: false)!.FullName;
    }

    /// <summary>The program's end, opened without a name (Linux 4.13), so in whatever mount namespace it lies.</summary>
    /// <exception cref="LinuxException">EIO: it is locked or hung up.</exception>
    public static SafeFileHandle OpenPeer(SafeHandle master)
    {
        ArgumentNullException.ThrowIfNull(master);
        using Borrowed descriptor = new(master);
        long opened = SystemCall.Invoke(
            SystemCallNumber.ioctl, descriptor.Number, Uapi.TIOCGPTPEER, Uapi.O_RDWR | Uapi.O_NOCTTY | Uapi.O_CLOEXEC);
        return opened >= 0 ? new SafeFileHandle((nint)opened, ownsHandle: true) : throw new LinuxException("ioctl", (Errno)(-opened), detail: "TIOCGPTPEER");
    }
}
