using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net.NetworkInformation;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>An interface, as the kernel tells of it. Source: rtnetlink(7).</summary>
public sealed record NetworkLink
{
    private const int BodyLength = 16; // struct ifinfomsg

    /// <summary>The kernel's number for it, in its network namespace.</summary>
    public required int Index { get; init; }

    /// <summary>At most 15 bytes.</summary>
    public string Name { get; init; } = "";

    /// <summary>Other names that it can be found by, up to 127 bytes each.</summary>
    public ImmutableArray<string> AlternativeNames { get; init; } = [];

    /// <summary><c>veth</c>, <c>bridge</c> ... Empty: hardware, or loopback.</summary>
    public string Kind { get; init; } = "";

    /// <summary>IFF_*. Source: netdevice(7).</summary>
    public uint Flags { get; init; }

    /// <summary>It is up, as far as it has been told to be.</summary>
    public bool IsUp => (Flags & Uapi.IFF_UP) != 0;

    /// <summary>Most bytes of a packet.</summary>
    public int Mtu { get; init; }

    /// <summary>Hardware address.</summary>
    public PhysicalAddress HardwareAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Index of the bridge that it is a port of. 0: none.</summary>
    public int Master { get; init; }

    /// <summary>Index of the interface that it is on, or of its other end, which may be of another namespace. 0: none.</summary>
    public int Parent { get; init; }

    /// <summary>What has passed it.</summary>
    public LinkStatistics Statistics { get; init; } = new();

    /// <exception cref="InvalidDataException">It is no such message.</exception>
    internal static NetworkLink Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < BodyLength)
            throw new InvalidDataException($"rtnetlink: {message.Length} bytes are no interface");
        NetworkLink link = new() { Index = IndexOf(message), Flags = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) };
        NetlinkAttributes attributes = new(message[BodyLength..]);
        while (attributes.MoveNext())
            link = attributes.Type switch
            {
                Rtnetlink.IFLA_IFNAME => link with { Name = attributes.Text },
                Rtnetlink.IFLA_MTU => link with { Mtu = (int)attributes.Number },
                Rtnetlink.IFLA_ADDRESS => link with { HardwareAddress = new PhysicalAddress(attributes.Value.ToArray()) },
                Rtnetlink.IFLA_MASTER => link with { Master = (int)attributes.Number },
                Rtnetlink.IFLA_LINK => link with { Parent = (int)attributes.Number },
                Rtnetlink.IFLA_LINKINFO => link with { Kind = NetlinkAttributes.ToText(NetlinkAttributes.Find(attributes.Value, Rtnetlink.IFLA_INFO_KIND)) },
                Rtnetlink.IFLA_PROP_LIST => link with { AlternativeNames = Names(attributes.Value) },
                Rtnetlink.IFLA_STATS64 => link with { Statistics = LinkStatistics.Parse(attributes.Value) },
                _ => link,
            };
        return link;
    }

    /// <summary>Of a message that has told its type already.</summary>
    internal static int IndexOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadInt32LittleEndian(message[4..]);

    private static ImmutableArray<string> Names(ReadOnlySpan<byte> list)
    {
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        NetlinkAttributes properties = new(list);
        while (properties.MoveNext())
            if (properties.Type == Rtnetlink.IFLA_ALT_IFNAME)
                names.Add(properties.Text);
        return names.ToImmutable();
    }
}
