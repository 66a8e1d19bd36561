using System.Buffers.Binary;
using LibContainer.Linux;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>A kernel that says what the test wants.</summary>
/// <param name="packets">What it says, one for each that is received. Then it is silent.</param>
internal sealed class ScriptedSocket(params byte[][] packets) : INetlinkSocket
{
    internal const uint OwnPort = 77;

    /// <summary>No message of rtnetlink, and so nobody's.</summary>
    internal const ushort TestType = 99;

    private readonly Queue<byte[]> _packets = new(packets);

    internal List<byte[]> Sent { get; } = [];

    internal bool IsDisposed { get; private set; }

    public uint PortId => OwnPort;

    /// <summary>One message, filled up to a multiple of four bytes.</summary>
    internal static byte[] Message(ushort type, uint sequence, int flags = 0, uint port = OwnPort, params byte[] body)
    {
        byte[] message = new byte[16 + (body.Length + 3 & ~3)];
        BinaryPrimitives.WriteInt32LittleEndian(message, 16 + body.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), port);
        body.CopyTo(message, 16);
        return message;
    }

    /// <summary>The errno and the header of the request.</summary>
    internal static byte[] Acknowledgement(uint sequence, Errno error = 0)
        => Message(Rtnetlink.NLMSG_ERROR, sequence, Rtnetlink.NLM_F_CAPPED, OwnPort, [.. BitConverter.GetBytes(-(int)error), .. new byte[16]]);

    /// <summary>The end of a list.</summary>
    internal static byte[] Done(uint sequence, Errno error = 0, int flags = 0) => Message(Rtnetlink.NLMSG_DONE, sequence, flags, OwnPort, BitConverter.GetBytes(-(int)error));

    /// <summary>One entry of a list.</summary>
    internal static byte[] Entry(uint sequence, byte value, int flags = 0) => Message(TestType, sequence, flags, OwnPort, value);

    public void Send(ReadOnlySpan<byte> messages) => Sent.Add(messages.ToArray());

    public int Receive(Span<byte> buffer, TimeSpan? timeout = null)
    {
        if (!_packets.TryDequeue(out byte[]? packet))
            throw new LinuxException("recvfrom", Errno.ETIMEDOUT, detail: "rtnetlink");
        packet.CopyTo(buffer);
        return packet.Length;
    }

    public int? FindIndex(string interfaceName) => null;

    public void Dispose() => IsDisposed = true;
}
