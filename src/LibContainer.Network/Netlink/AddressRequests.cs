using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>Requests about addresses, neighbours and routes. Source: rtnetlink(7), include/uapi/linux/if_addr.h, neighbour.h, rtnetlink.h.</summary>
internal static class AddressRequests
{
    /// <summary>Of IPv6 it can be used at once: nobody looks whether another has it (IFA_F_NODAD).</summary>
    internal static NetlinkRequest Add(int index, string name, InterfaceAddress address)
        => Address(
            Rtnetlink.RTM_NEWADDR, NetlinkRequest.New, "RTM_NEWADDR", index, name, address,
            address.Address.AddressFamily == AddressFamily.InterNetworkV6 ? Rtnetlink.IFA_F_NODAD : (byte)0);

    internal static NetlinkRequest Delete(int index, string name, InterfaceAddress address)
        => Address(Rtnetlink.RTM_DELADDR, Rtnetlink.NLM_F_ACK, "RTM_DELADDR", index, name, address);

    internal static NetlinkRequest GetAll(AddressFamily family = AddressFamily.Unspecified)
        => new NetlinkRequest(Rtnetlink.RTM_GETADDR, Rtnetlink.NLM_F_DUMP, "RTM_GETADDR").Body(Family(family), 0, 0, 0, 0, 0, 0, 0);

    internal static NetlinkRequest AddNeighbour(int index, string name, IPAddress address, ReadOnlySpan<byte> hardwareAddress)
        => Neighbour(Rtnetlink.RTM_NEWNEIGH, NetlinkRequest.New, "RTM_NEWNEIGH", index, name, address, Rtnetlink.NUD_PERMANENT).Add(Rtnetlink.NDA_LLADDR, hardwareAddress);

    internal static NetlinkRequest DeleteNeighbour(int index, string name, IPAddress address)
        => Neighbour(Rtnetlink.RTM_DELNEIGH, Rtnetlink.NLM_F_ACK, "RTM_DELNEIGH", index, name, address, 0);

    internal static NetlinkRequest GetNeighbours() => new NetlinkRequest(Rtnetlink.RTM_GETNEIGH, Rtnetlink.NLM_F_DUMP, "RTM_GETNEIGH").Body(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    internal static NetlinkRequest AddRoute(int index, RouteConfiguration route) => Route(Rtnetlink.RTM_NEWROUTE, NetlinkRequest.New, "RTM_NEWROUTE", index, route);

    /// <summary>Whoever has added it, the kernel itself included.</summary>
    internal static NetlinkRequest DeleteRoute(int index, RouteConfiguration route) => Route(Rtnetlink.RTM_DELROUTE, Rtnetlink.NLM_F_ACK, "RTM_DELROUTE", index, route);

    /// <summary>struct rtmsg.</summary>
    internal static NetlinkRequest GetRoutes(AddressFamily family)
        => new NetlinkRequest(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_DUMP, "RTM_GETROUTE").Body(Family(family), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    internal static byte Family(AddressFamily family) => family switch
    {
        AddressFamily.Unspecified => 0,
        AddressFamily.InterNetwork => Uapi.AF_INET,
        AddressFamily.InterNetworkV6 => 10, // AF_INET6, which .NET counts otherwise
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "neither IPv4 nor IPv6"),
    };

    /// <summary>struct ifaddrmsg.</summary>
    private static NetlinkRequest Address(ushort type, int flags, string typeName, int index, string name, InterfaceAddress address, byte addressFlags = 0)
    {
        Span<byte> body = stackalloc byte[8];
        body[0] = Family(address.Address.AddressFamily);
        body[1] = (byte)address.PrefixLength;
        body[2] = addressFlags;
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        return new NetlinkRequest(type, flags, $"{typeName} {address} dev {name}").Body(body)
            .Add(Rtnetlink.IFA_LOCAL, address.Address).Add(Rtnetlink.IFA_ADDRESS, address.Address);
    }

    /// <summary>struct ndmsg.</summary>
    private static NetlinkRequest Neighbour(ushort type, int flags, string typeName, int index, string name, IPAddress address, ushort state)
    {
        Span<byte> body = stackalloc byte[12];
        body[0] = Family(address.AddressFamily);
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        BinaryPrimitives.WriteUInt16LittleEndian(body[8..], state);
        return new NetlinkRequest(type, flags, $"{typeName} {address} dev {name}").Body(body).Add(Rtnetlink.NDA_DST, address);
    }

    /// <summary>struct rtmsg. Bits behind the prefix are not sent: the kernel refuses them.</summary>
    private static NetlinkRequest Route(ushort type, int flags, string typeName, int index, RouteConfiguration route)
    {
        AddressFamily family = (route.Destination?.Address ?? route.Gateway ?? route.Source)?.AddressFamily ?? throw new ArgumentException("a route leads somewhere", nameof(route));
        bool isIPv4 = family == AddressFamily.InterNetwork;
        // A route of IPv4 has a scope. When one is deleted it is looked for with all that is said here: fib_table_delete.
        (byte protocol, byte scope, byte kind) = type == Rtnetlink.RTM_DELROUTE
            ? (Rtnetlink.RTPROT_UNSPEC, isIPv4 ? Rtnetlink.RT_SCOPE_NOWHERE : Rtnetlink.RT_SCOPE_UNIVERSE, Rtnetlink.RTN_UNSPEC)
            : (Rtnetlink.RTPROT_BOOT, isIPv4 && route.Gateway is null ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE, Rtnetlink.RTN_UNICAST);
        NetlinkRequest request = new NetlinkRequest(type, flags, $"{typeName} {Describe(route)}").Body(
            Family(family), (byte)(route.Destination?.PrefixLength ?? 0), 0, 0,
            Rtnetlink.RT_TABLE_MAIN, protocol, scope, kind, 0, 0, 0, 0);
        if (route.Destination is { PrefixLength: > 0 } destination)
            request.Add(Rtnetlink.RTA_DST, destination.Network.BaseAddress);
        if (route.Gateway is { } gateway)
            request.Add(Rtnetlink.RTA_GATEWAY, gateway);
        if (route.Source is { } source)
            request.Add(Rtnetlink.RTA_PREFSRC, source);
        return request.Add(Rtnetlink.RTA_OIF, (uint)index);
    }

    private static string Describe(RouteConfiguration route)
        => $"{route.Destination?.Network.ToString() ?? "default"}{(route.Gateway is null ? "" : $" via {route.Gateway}")} dev {route.Interface}{(route.Source is null ? "" : $" src {route.Source}")}";
}
