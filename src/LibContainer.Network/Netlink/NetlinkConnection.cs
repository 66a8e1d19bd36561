using System.Buffers.Binary;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>Asks the kernel and takes its answers. Thread-safe. Source: netlink(7).</summary>
internal sealed class NetlinkConnection(INetlinkSocket socket) : IDisposable
{
    /// <summary>What the kernel puts into one packet at most.</summary>
    private const int BufferLength = 32768;

    /// <summary>A table that changes while it is listed is listed again; one that changes that often is not ours to wait for.</summary>
    private const int MaxDumps = 20;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[BufferLength];
    private uint _sequence;

    /// <summary>One answer, or one entry of a list: what stands behind the header.</summary>
    internal delegate void Answer(ushort type, ReadOnlySpan<byte> body);

    /// <inheritdoc cref="INetlinkSocket.FindIndex"/>
    internal int? FindIndex(string interfaceName) => socket.FindIndex(interfaceName);

    /// <summary>Has a request carried out.</summary>
    /// <exception cref="NetlinkException">The kernel refuses.</exception>
    internal void Transact(NetlinkRequest request) => Query(request, static (_, _) => { });

    /// <summary>Asks for one thing.</summary>
    /// <param name="request">With NLM_F_ACK, by which the end of the answers is known.</param>
    /// <param name="answer">Gets it.</param>
    /// <exception cref="NetlinkException">The kernel refuses: ENODEV where it is not there.</exception>
    internal void Query(NetlinkRequest request, Answer answer)
    {
        lock (_gate)
        {
            Send(request);
            Read(request, answer);
        }
    }

    /// <summary>Lists a table.</summary>
    /// <param name="request">With NLM_F_DUMP.</param>
    /// <param name="parse">Makes an entry of an answer. Null: it is none.</param>
    /// <exception cref="NetlinkException">The kernel refuses; EINTR: the table was changed at every try.</exception>
    internal List<T> Dump<T>(NetlinkRequest request, Func<ushort, ReadOnlySpan<byte>, T?> parse)
        where T : class
    {
        lock (_gate)
        {
            for (int attempt = 1; attempt <= MaxDumps; attempt++)
            {
                List<T> entries = [];
                Send(request);
                bool isWhole = Read(request, (type, body) =>
                {
                    if (parse(type, body) is { } entry)
                        entries.Add(entry);
                });
                if (isWhole)
                    return entries;
            }
        }
        throw new NetlinkException(request.Description, Errno.EINTR, $"the list changed while it was read, {MaxDumps} times");
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void Send(NetlinkRequest request)
    {
        request.Sequence = ++_sequence;
        socket.Send(request.Bytes);
    }

    /// <returns>False: what was listed was changed meanwhile.</returns>
    private bool Read(NetlinkRequest request, Answer answer)
    {
        bool isWhole = true;
        while (true)
        {
            ReadOnlySpan<byte> packet = _buffer.AsSpan(0, socket.Receive(_buffer));
            while (!packet.IsEmpty)
            {
                ReadOnlySpan<byte> message = Next(ref packet, out ushort type, out ushort flags);
                if (BinaryPrimitives.ReadUInt32LittleEndian(message[12..]) is uint port && port != socket.PortId)
                    throw new InvalidDataException($"{request.Description}: an answer to port {port} came to port {socket.PortId}");
                if (BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) is uint sequence && sequence != request.Sequence)
                {
                    if ((int)(request.Sequence - sequence) > 0) // late, to a request that was given up; counted round, since the numbers begin again
                        continue;
                    throw new InvalidDataException($"{request.Description}: the answer to request {sequence} came to request {request.Sequence}");
                }
                isWhole &= (flags & Rtnetlink.NLM_F_DUMP_INTR) == 0;
                ReadOnlySpan<byte> body = message[NetlinkRequest.HeaderLength..];
                switch (type)
                {
                    case Rtnetlink.NLMSG_ERROR or Rtnetlink.NLMSG_DONE:
                        ThrowIfError(request, type, flags, body);
                        return isWhole;
                    case Rtnetlink.NLMSG_NOOP:
                        break;
                    case Rtnetlink.NLMSG_OVERRUN:
                        throw new NetlinkException(request.Description, Errno.ENOBUFS);
                    default:
                        answer(type, body);
                        break;
                }
            }
        }
    }

    /// <summary>Takes the first message off a packet.</summary>
    /// <exception cref="InvalidDataException">It ends behind the packet, or before its header.</exception>
    internal static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> packet, out ushort type, out ushort flags)
    {
        int length = packet.Length < NetlinkRequest.HeaderLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(packet);
        if (length < NetlinkRequest.HeaderLength || length > packet.Length)
            throw new InvalidDataException($"rtnetlink: a message of {length} bytes, where {packet.Length} are left");
        ReadOnlySpan<byte> message = packet[..length];
        type = BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);
        flags = BinaryPrimitives.ReadUInt16LittleEndian(message[6..]);
        packet = packet[Math.Min(NetlinkRequest.Align(length), packet.Length)..];
        return message;
    }

    /// <summary>struct nlmsgerr: the errno, the header of the request, and then attributes, of which one is a sentence. The end of a list has the errno alone.</summary>
    private static void ThrowIfError(NetlinkRequest request, ushort type, ushort flags, ReadOnlySpan<byte> body)
    {
        if (body.Length < sizeof(int))
            throw new InvalidDataException($"{request.Description}: an answer of {body.Length} bytes has no errno");
        int error = BinaryPrimitives.ReadInt32LittleEndian(body);
        if (error >= 0)
            return;
        string? words = null;
        if ((flags & Rtnetlink.NLM_F_ACK_TLVS) != 0)
        {
            ReadOnlySpan<byte> rest = body[sizeof(int)..];
            if (type == Rtnetlink.NLMSG_ERROR)
            {
                int length = rest.Length < NetlinkRequest.HeaderLength ? -1 : (flags & Rtnetlink.NLM_F_CAPPED) != 0 ? NetlinkRequest.HeaderLength : BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (length < NetlinkRequest.HeaderLength || length > rest.Length)
                    throw new InvalidDataException($"{request.Description}: an answer of {body.Length} bytes is about a request of {length}");
                rest = rest[Math.Min(NetlinkRequest.Align(length), rest.Length)..];
            }
            words = NetlinkAttributes.ToText(NetlinkAttributes.Find(rest, Rtnetlink.NLMSGERR_ATTR_MSG));
        }
        throw new NetlinkException(request.Description, (Errno)(-error), words);
    }
}
