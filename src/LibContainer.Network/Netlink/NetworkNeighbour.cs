using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>Which hardware address an address on the link of an interface has. Source: rtnetlink(7), arp(7).</summary>
/// <param name="Index">The interface.</param>
/// <param name="Address">The neighbour's, of IPv4 or IPv6.</param>
/// <param name="HardwareAddress">The neighbour's. <see cref="PhysicalAddress.None"/>: it is not known, or the interface has none.</param>
/// <param name="State">How it is known.</param>
public sealed record NetworkNeighbour(int Index, IPAddress Address, PhysicalAddress HardwareAddress, NeighbourState State)
{
    private const int BodyLength = 12; // struct ndmsg

    /// <returns>Null: without an address, as the entries of a bridge are.</returns>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    internal static NetworkNeighbour? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < BodyLength)
            throw new InvalidDataException($"rtnetlink: {message.Length} bytes are no neighbour");
        IPAddress? address = null;
        PhysicalAddress hardware = PhysicalAddress.None;
        NetlinkAttributes attributes = new(message[BodyLength..]);
        while (attributes.MoveNext())
            switch (attributes.Type)
            {
                case Rtnetlink.NDA_DST:
                    address = attributes.Address;
                    break;
                case Rtnetlink.NDA_LLADDR:
                    hardware = new PhysicalAddress(attributes.Value.ToArray());
                    break;
            }
        return address is null
            ? null
            : new NetworkNeighbour(
                BinaryPrimitives.ReadInt32LittleEndian(message[4..]), address, hardware, (NeighbourState)BinaryPrimitives.ReadUInt16LittleEndian(message[8..]));
    }
}
