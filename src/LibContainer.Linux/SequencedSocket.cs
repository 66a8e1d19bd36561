using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>One end of a socket pair on which a message is one packet and may carry descriptors.</summary>
/// <remarks>AF_UNIX, SOCK_SEQPACKET. Source: unix(7), cmsg(3).</remarks>
internal sealed unsafe class SequencedSocket : SafeHandleMinusOneIsInvalid
{
    private const int MaxRights = 24;
    private const int HeaderLength = 16;

    private SequencedSocket(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Both ends are close-on-exec.</summary>
    /// <exception cref="LinuxException">EMFILE: too many descriptors.</exception>
    internal static (SequencedSocket First, SequencedSocket Second) CreatePair()
    {
        int* ends = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends) != 0)
            throw LinuxException.FromLastError("socketpair", detail: "AF_UNIX SOCK_SEQPACKET");
        return (new SequencedSocket(ends[0]), new SequencedSocket(ends[1]));
    }

    /// <summary>Sends one packet in two pieces, with descriptors.</summary>
    /// <returns>Errno, or 0.</returns>
    internal Errno Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<int> descriptors = default)
    {
        using Borrowed socket = new(this);
        return Send(socket.Number, first, second, descriptors);
    }

    /// <summary>The same for any socket of AF_UNIX.</summary>
    internal static Errno Send(int socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<int> descriptors = default)
    {
        byte* control = stackalloc byte[HeaderLength + MaxRights * sizeof(int)];
        fixed (byte* firstStart = first, secondStart = second)
        {
            iovec* pieces = stackalloc iovec[2];
            pieces[0] = new iovec { iov_base = firstStart, iov_len = first.Length };
            pieces[1] = new iovec { iov_base = secondStart, iov_len = second.Length };
            msghdr message = new() { msg_iov = pieces, msg_iovlen = second.IsEmpty ? 1 : 2 };
            if (!descriptors.IsEmpty)
            {
                *(long*)control = HeaderLength + descriptors.Length * sizeof(int);
                ((int*)control)[2] = LibC.SOL_SOCKET;
                ((int*)control)[3] = LibC.SCM_RIGHTS;
                descriptors.CopyTo(new Span<int>(control + HeaderLength, MaxRights));
                message.msg_control = control;
                message.msg_controllen = HeaderLength + (descriptors.Length * sizeof(int) + 7 & ~7);
            }

            while (LibC.sendmsg(socket, &message, LibC.MSG_NOSIGNAL) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != LibC.EINTR)
                    return (Errno)error;
            }
            return 0;
        }
    }

    /// <summary>Waits for one packet.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="descriptor">The descriptor that came with it, close-on-exec, or -1.</param>
    /// <returns>Its length; 0 at end of file; a negative errno.</returns>
    internal int Receive(Span<byte> buffer, out int descriptor)
    {
        using Borrowed socket = new(this);
        return Receive(socket.Number, buffer, out descriptor);
    }

    /// <summary>The same for any socket of AF_UNIX.</summary>
    internal static int Receive(int socket, Span<byte> buffer, out int descriptor)
    {
        byte* control = stackalloc byte[HeaderLength + 8];
        descriptor = -1;
        fixed (byte* start = buffer)
        {
            iovec piece = new() { iov_base = start, iov_len = buffer.Length };
            msghdr message = new() { msg_iov = &piece, msg_iovlen = 1, msg_control = control, msg_controllen = HeaderLength + 8 };
            long received;
            while ((received = LibC.recvmsg(socket, &message, LibC.MSG_CMSG_CLOEXEC)) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != LibC.EINTR)
                    return -error;
            }
            if ((uint)message.msg_controllen >= HeaderLength + sizeof(int))
                descriptor = ((int*)(control + HeaderLength))[0];
            return (int)received;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
