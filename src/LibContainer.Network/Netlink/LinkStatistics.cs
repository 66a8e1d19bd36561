using System.Buffers.Binary;

namespace LibContainer.Network.Netlink;

/// <summary>What has passed an interface since it was made, in its own view: what a container receives, the host's end of its veth has sent. Source: struct rtnl_link_stats64, the kernel's networking/statistics.rst.</summary>
public sealed record LinkStatistics
{
    private const int Fields = 8;

    /// <summary>Packets that came in.</summary>
    public ulong ReceivedPackets { get; init; }

    /// <summary>Packets that went out.</summary>
    public ulong SentPackets { get; init; }

    /// <summary>Bytes that came in.</summary>
    public ulong ReceivedBytes { get; init; }

    /// <summary>Bytes that went out.</summary>
    public ulong SentBytes { get; init; }

    /// <summary>Bad packets that came in.</summary>
    public ulong ReceiveErrors { get; init; }

    /// <summary>Packets that could not go out.</summary>
    public ulong SendErrors { get; init; }

    /// <summary>Good packets that came in and were thrown away.</summary>
    public ulong ReceiveDropped { get; init; }

    /// <summary>Packets that were thrown away on their way out.</summary>
    public ulong SendDropped { get; init; }

    /// <exception cref="InvalidDataException">It is too short.</exception>
    internal static LinkStatistics Parse(ReadOnlySpan<byte> fields)
    {
        if (fields.Length < Fields * sizeof(ulong))
            throw new InvalidDataException($"rtnetlink: {fields.Length} bytes are no statistics");
        return new()
        {
            ReceivedPackets = At(fields, 0),
            SentPackets = At(fields, 1),
            ReceivedBytes = At(fields, 2),
            SentBytes = At(fields, 3),
            ReceiveErrors = At(fields, 4),
            SendErrors = At(fields, 5),
            ReceiveDropped = At(fields, 6),
            SendDropped = At(fields, 7),
        };

        static ulong At(ReadOnlySpan<byte> all, int index) => BinaryPrimitives.ReadUInt64LittleEndian(all[(index * sizeof(ulong))..]);
    }
}
