using System.Buffers.Binary;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux.Tests;

/// <summary>The socket of rtnetlink. The question is always what the loopback interface is.</summary>
public sealed class NetlinkSocketTests
{
    private const int HeaderLength = 16;

    [Fact]
    public void A_socket_has_a_port_of_its_own_which_answers_carry()
    {
        using NetlinkSocket one = NetlinkSocket.Open(), other = NetlinkSocket.Open();
        byte[] buffer = new byte[32768];

        one.Send(GetLoopback(7));
        int count = one.Receive(buffer);

        one.PortId.Should().NotBe(0).And.NotBe(other.PortId);
        BinaryPrimitives.ReadInt32LittleEndian(buffer).Should().Be(count);
        BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(4)).Should().Be(Rtnetlink.RTM_NEWLINK);
        SequenceOf(buffer).Should().Be(7);
        BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(12)).Should().Be(one.PortId);
    }

    [Fact]
    public void A_socket_of_somebody_elses_keeps_its_port_and_stays_open()
    {
        using SafeFileHandle handle = OpenUnbound();
        uint port;
        using (NetlinkSocket first = new(handle))
            port = first.PortId;

        using NetlinkSocket second = new(handle);

        port.Should().NotBe(0);
        second.PortId.Should().Be(port);
        handle.IsClosed.Should().BeFalse();
    }

    [Fact]
    public void Another_kind_of_socket_is_refused()
    {
        (SafeFileHandle one, SafeFileHandle other) = SocketPair.Create();
        using (one)
        using (other)
            FluentActions.Invoking(() => new NetlinkSocket(one)).Should().Throw<LinuxException>();
    }

    [Fact]
    public void An_answer_that_does_not_fit_is_an_error_and_the_next_one_is_whole()
    {
        using NetlinkSocket socket = NetlinkSocket.Open();
        socket.Send(GetLoopback(1));
        socket.Invoking(it => it.Receive(new byte[20])).Should().Throw<LinuxException>().WithMessage("recvfrom rtnetlink, * bytes: EMSGSIZE*");
        byte[] buffer = new byte[32768];

        socket.Send(GetLoopback(2));
        socket.Receive(buffer);

        SequenceOf(buffer).Should().Be(2);
    }

    [Fact]
    public void Silence_ends()
    {
        using NetlinkSocket socket = NetlinkSocket.Open();

        socket.Invoking(it => it.Receive(new byte[20], TimeSpan.FromMilliseconds(1))).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.ETIMEDOUT);
    }

    [Fact]
    public void There_are_not_that_many_groups()
    {
        using NetlinkSocket socket = NetlinkSocket.Open();

        socket.Invoking(it => it.Join(100_000, Rtnetlink.RTM_NEWLINK)).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.EINVAL);
    }

    [Theory]
    [InlineData("lo", 1)]
    [InlineData("nosuch", null)]
    [InlineData("", null)]
    [InlineData("sixteen-letters-", null)]
    public void An_interface_has_a_number(string name, int? expected)
    {
        using NetlinkSocket socket = NetlinkSocket.Open();

        socket.FindIndex(name).Should().Be(expected);
    }

    /// <summary>A process with CAP_NET_ADMIN can send to any port.</summary>
    [Fact]
    public void What_does_not_come_from_the_kernel_is_passed_over()
    {
        Requires.Root();
        using NetlinkSocket socket = NetlinkSocket.Open();
        using SafeFileHandle stranger = OpenUnbound();
        SendTo(stranger, socket.PortId, GetLoopback(99)).Should().Be(32);
        byte[] buffer = new byte[32768];

        socket.Send(GetLoopback(1));
        socket.Receive(buffer);

        SequenceOf(buffer).Should().Be(1);
    }

    private static uint SequenceOf(byte[] message) => BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(8));

    private static SafeFileHandle OpenUnbound()
    {
        long descriptor = SystemCall.Invoke(SystemCallNumber.socket, Uapi.AF_NETLINK, Uapi.SOCK_RAW | Uapi.SOCK_CLOEXEC, Uapi.NETLINK_ROUTE);
        descriptor.Should().BeGreaterThanOrEqualTo(0);
        return new SafeFileHandle((nint)descriptor, ownsHandle: true);
    }

    /// <summary>Header and struct ifinfomsg.</summary>
    private static byte[] GetLoopback(byte sequence)
    {
        byte[] request = new byte[HeaderLength + 16];
        request[0] = (byte)request.Length;
        request[4] = (byte)Rtnetlink.RTM_GETLINK;
        request[6] = (byte)Rtnetlink.NLM_F_REQUEST;
        request[8] = sequence;
        request[HeaderLength + 4] = 1; // lo is the first in every network namespace
        return request;
    }

    private static unsafe long SendTo(SafeFileHandle socket, uint port, byte[] message)
    {
        byte* address = stackalloc byte[12]; // struct sockaddr_nl
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = Uapi.AF_NETLINK;
        *(uint*)(address + 4) = port;
        using Borrowed descriptor = new(socket);
        fixed (byte* start = message)
            return SystemCall.Invoke(SystemCallNumber.sendto, descriptor.Number, (long)start, message.Length, 0, (long)address, 12);
    }
}
