using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A socket of rtnetlink. It stays in the network namespace that it was opened in, whoever uses it. Source: netlink(7).</summary>
internal sealed unsafe class NetlinkSocket : INetlinkSocket
{
    /// <summary>The kernel answers at once; what takes as long as this will not come.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private const int InterfaceRequestLength = 40, InterfaceNameLength = 16; // struct ifreq, IFNAMSIZ

    private readonly SafeHandle _handle;
    private readonly bool _ownsHandle;

    /// <summary>One that somebody has opened, perhaps in another network namespace. It stays theirs to close.</summary>
    /// <exception cref="LinuxException">It is no socket of netlink.</exception>
    internal NetlinkSocket(SafeHandle handle)
        : this(handle, ownsHandle: false) { }

    private NetlinkSocket(SafeHandle handle, bool ownsHandle)
    {
        (_handle, _ownsHandle) = (handle, ownsHandle);
        PortId = Bind();
        foreach (int option in (ReadOnlySpan<int>)[Rtnetlink.NETLINK_CAP_ACK, Rtnetlink.NETLINK_EXT_ACK, Rtnetlink.NETLINK_GET_STRICT_CHK])
            SetOption(option, 1);
    }

    /// <summary>Opens one in the calling thread's network namespace.</summary>
    /// <exception cref="LinuxException">EMFILE, ENFILE: too many descriptors.</exception>
    internal static NetlinkSocket Open()
    {
        int descriptor = LibC.socket(Uapi.AF_NETLINK, Uapi.SOCK_RAW | Uapi.SOCK_CLOEXEC, Uapi.NETLINK_ROUTE);
        if (descriptor < 0)
            throw LinuxException.FromLastError("socket", detail: "AF_NETLINK NETLINK_ROUTE");
        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        try
        {
            return new NetlinkSocket(handle, ownsHandle: true);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The socket's own address: answers carry it.</summary>
    public uint PortId { get; }

    /// <summary>Gets what the kernel tells everybody: messages of one type, since one interface that comes or goes is told of in ten, and each wakes whoever listens. Source: socket(7), SO_ATTACH_FILTER.</summary>
    /// <param name="group">RTNLGRP_*.</param>
    /// <param name="type">RTM_*.</param>
    internal void Join(int group, ushort type)
    {
        const ushort TypeOffset = 4; // in struct nlmsghdr
        SocketFilter* instructions = stackalloc SocketFilter[]
        {
            new(Uapi.BPF_LD | Uapi.BPF_H | Uapi.BPF_ABS, 0, 0, TypeOffset),
            new(Uapi.BPF_JMP | Uapi.BPF_JEQ | Uapi.BPF_K, 0, 1, BinaryPrimitives.ReverseEndianness(type)), // it loads as if the network had sent it
            new(Uapi.BPF_RET | Uapi.BPF_K, 0, 0, uint.MaxValue),
            new(Uapi.BPF_RET | Uapi.BPF_K, 0, 0, 0),
        };
        SocketFilterProgram program = new() { Length = 4, Instructions = instructions };
        using (Borrowed socket = new(_handle))
            if (LibC.setsockopt(socket.Number, Uapi.SOL_SOCKET, Uapi.SO_ATTACH_FILTER, &program, sizeof(SocketFilterProgram)) != 0)
                throw LinuxException.FromLastError("setsockopt", detail: "SO_ATTACH_FILTER");
        SetOption(Rtnetlink.NETLINK_ADD_MEMBERSHIP, group);
    }

    /// <inheritdoc/>
    public int? FindIndex(string interfaceName)
    {
        Span<byte> request = stackalloc byte[InterfaceRequestLength];
        request.Clear();
        if (!Encoding.UTF8.TryGetBytes(interfaceName, request[..(InterfaceNameLength - 1)], out _))
            return null; // no interface has so long a name
        using Borrowed socket = new(_handle);
        fixed (byte* start = request)
        {
            long result = SystemCall.Invoke(SystemCallNumber.ioctl, socket.Number, Uapi.SIOCGIFINDEX, (long)start);
            return result switch
            {
                >= 0 => BinaryPrimitives.ReadInt32LittleEndian(request[InterfaceNameLength..]),
                -(int)Errno.ENODEV => null,
                _ => throw new LinuxException("ioctl", (Errno)(-result), detail: $"SIOCGIFINDEX {interfaceName}"),
            };
        }
    }

    /// <summary>Sends requests to the kernel, which has carried them out when this returns.</summary>
    public void Send(ReadOnlySpan<byte> messages)
    {
        Address kernel = new() { Family = Uapi.AF_NETLINK };
        using Borrowed socket = new(_handle);
        fixed (byte* start = messages)
        {
            long result;
            do
                result = SystemCall.Invoke(SystemCallNumber.sendto, socket.Number, (long)start, messages.Length, Uapi.MSG_NOSIGNAL, (long)(&kernel), sizeof(Address));
            while (result == -Uapi.EINTR);
            if (result < 0)
                throw new LinuxException("sendto", (Errno)(-result), detail: $"of {messages.Length} bytes to rtnetlink");
        }
    }

    /// <summary>Takes the next packet of the kernel's.</summary>
    /// <param name="buffer">Gets it, whole messages; 32 KB are enough for every kernel.</param>
    /// <param name="timeout">How long to wait for one. Null: the time in which an answer has to come.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="LinuxException">ETIMEDOUT: none came. ENOBUFS: more was told than there is room for, and is lost.</exception>
    public int Receive(Span<byte> buffer, TimeSpan? timeout = null)
    {
        const int MSG_TRUNC = 0x20;
        using Borrowed socket = new(_handle);
        while (true)
        {
            Address sender = default;
            int length = sizeof(Address);
            long count;
            fixed (byte* start = buffer)
                count = SystemCall.Invoke(SystemCallNumber.recvfrom, socket.Number, (long)start, buffer.Length, Uapi.MSG_DONTWAIT | MSG_TRUNC, (long)(&sender), (long)(&length));
            switch (count)
            {
                case -Uapi.EINTR:
                    continue;
                case -Uapi.EAGAIN:
                    if (!Readiness.Wait([new Interest(_handle)], timeout ?? AnswerTimeout)[0])
                        throw new LinuxException("recvfrom", Errno.ETIMEDOUT, detail: "rtnetlink");
                    continue;
                case < 0:
                    throw new LinuxException("recvfrom", (Errno)(-count), detail: "rtnetlink");
            }
            if (count > buffer.Length)
                throw new LinuxException("recvfrom", Errno.EMSGSIZE, detail: $"rtnetlink, {count} bytes");
            if (sender.PortId == 0) // the kernel; another process may send to this socket, too
                return (int)count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHandle)
            _handle.Dispose();
    }

    private uint Bind()
    {
        Address address = new() { Family = Uapi.AF_NETLINK };
        socklen_t length = sizeof(Address);
        using Borrowed socket = new(_handle);
        // One that is bound already says EINVAL, since 0 is not its port.
        if (LibC.bind(socket.Number, (sockaddr*)&address, length) != 0 && Marshal.GetLastPInvokeError() != Uapi.EINVAL)
            throw LinuxException.FromLastError("bind", detail: "AF_NETLINK");
        if (LibC.getsockname(socket.Number, (sockaddr*)&address, &length) != 0)
            throw LinuxException.FromLastError("getsockname", detail: "AF_NETLINK");
        return address.Family == Uapi.AF_NETLINK ? address.PortId : throw new LinuxException("getsockname", Errno.EAFNOSUPPORT, detail: "AF_NETLINK");
    }

    private void SetOption(int option, int value)
    {
        using Borrowed socket = new(_handle);
        if (LibC.setsockopt(socket.Number, Rtnetlink.SOL_NETLINK, option, &value, sizeof(int)) != 0)
            throw LinuxException.FromLastError("setsockopt", detail: $"SOL_NETLINK {option}");
    }

    /// <summary>struct sock_filter.</summary>
    private readonly record struct SocketFilter(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    /// <summary>struct sock_fprog.</summary>
    private struct SocketFilterProgram
    {
        public ushort Length;
        public SocketFilter* Instructions;
    }

    /// <summary>struct sockaddr_nl.</summary>
    private struct Address
    {
        public ushort Family;
        public ushort Padding;
        public uint PortId;
        public uint Groups;
    }
}
