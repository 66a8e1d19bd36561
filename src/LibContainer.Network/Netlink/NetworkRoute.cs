using System.Net;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>A route of the main table.</summary>
/// <param name="Destination">Where to. Null: everywhere.</param>
/// <param name="Gateway">Who takes it further. Null: it is on the link.</param>
/// <param name="Source">The address that packets leave with. Null: the kernel's choice.</param>
/// <param name="Index">The interface that they leave by. 0: by several, or none.</param>
/// <param name="Metric">The lower, the sooner it is taken.</param>
public sealed record NetworkRoute(InterfaceAddress? Destination, IPAddress? Gateway, IPAddress? Source, int Index, uint Metric)
{
    private const int BodyLength = 12; // struct rtmsg

    /// <returns>Null: of another table or kind.</returns>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    internal static NetworkRoute? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < BodyLength)
            throw new InvalidDataException($"rtnetlink: {message.Length} bytes are no route");
        IPAddress? destination = null, gateway = null, source = null;
        uint table = message[4], metric = 0;
        int index = 0;
        NetlinkAttributes attributes = new(message[BodyLength..]);
        while (attributes.MoveNext())
            switch (attributes.Type)
            {
                case Rtnetlink.RTA_DST:
                    destination = attributes.Address;
                    break;
                case Rtnetlink.RTA_GATEWAY:
                    gateway = attributes.Address;
                    break;
                case Rtnetlink.RTA_PREFSRC:
                    source = attributes.Address;
                    break;
                case Rtnetlink.RTA_OIF:
                    index = (int)attributes.Number;
                    break;
                case Rtnetlink.RTA_PRIORITY:
                    metric = attributes.Number;
                    break;
                case Rtnetlink.RTA_TABLE:
                    table = attributes.Number;
                    break;
            }
        return table == Rtnetlink.RT_TABLE_MAIN && message[7] == Rtnetlink.RTN_UNICAST
            ? new NetworkRoute(destination is null ? null : NetlinkAttributes.WithPrefix(destination, message[1]), gateway, source, index, metric)
            : null;
    }
}
