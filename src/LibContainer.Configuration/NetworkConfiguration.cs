using System.Collections.Immutable;
using System.Net;

namespace LibContainer.Configuration;

/// <summary>One network of a container.</summary>
public abstract record NetworkConfiguration
{
    private protected NetworkConfiguration() { }
}

/// <summary>The loopback interface, up: 127.0.0.1 and ::1 answer inside the container.</summary>
public sealed record LoopbackNetwork : NetworkConfiguration
{
    /// <summary>As the kernel makes it.</summary>
    public static LoopbackNetwork Instance { get; } = new();

    /// <summary>Most bytes of a packet. Null: the kernel's choice, 65536.</summary>
    public int? Mtu { get; init; }
}

/// <summary>A network that the container has an interface in.</summary>
public abstract record InterfaceNetwork : NetworkConfiguration
{
    private protected InterfaceNetwork() { }

    /// <summary>Name inside, at most 15 bytes. Null: <c>eth0</c>, or the first of <c>eth1</c>, <c>eth2</c> ... that is free.</summary>
    public string? Name { get; init; }

    /// <summary>Addresses, in the order in which they are added. Those of IPv6 can be used at once: nobody looks whether another has them.</summary>
    public ImmutableArray<InterfaceAddress> Addresses { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Where packets to everywhere else go: of each family one at most.</summary>
    public ImmutableArray<IPAddress> Gateways { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Most bytes of a packet, 68 to 65535. Null: the kernel's choice.</summary>
    public int? Mtu { get; init; }

    /// <summary>Hardware address: <c>02:42:ac:11:2a:02</c>. Null: the kernel's choice.</summary>
    public string? HardwareAddress { get; init; }
}

/// <summary>A cable between container and host. Source: veth(4).</summary>
public sealed record VethNetwork : InterfaceNetwork
{
    /// <summary>The bridge of the host that the host's end is a port of. Null: none.</summary>
    public string? Bridge { get; init; }

    /// <summary>How names of the host's end begin, at most 11 bytes. What follows is chosen by the library.</summary>
    public string HostPrefix { get; init; } = "veth";
}

/// <summary>
/// A cable into a bridge of the library's own, which comes with its first container and goes with its last, and an address on it that no other container has.
/// <see cref="InterfaceNetwork.Addresses"/> are chosen where none are given; <see cref="InterfaceNetwork.Gateways"/> are the bridge's.
/// </summary>
/// <remarks>Who has which address is in <c>/run/libcontainer/networks</c>, for all programs of this host. What one that was killed had is given out again.</remarks>
public sealed record BridgeNetwork : InterfaceNetwork
{
    /// <summary>Name of the bridge. One that is there and was not made by this library stays what it is; it needs an address in each subnet.</summary>
    public required string Bridge { get; init; }

    /// <summary>
    /// What addresses are from, one of each: <c>10.88.0.0/24</c>, of which the bridge has the first, or <c>10.88.0.254/24</c>, of which it has that one. All containers on a bridge say the same.
    /// </summary>
    public ImmutableArray<InterfaceAddress> Subnets { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The container has no default route: it reaches the subnets, and nothing else.</summary>
    public bool IsInternal { get; init; }

    /// <summary>
    /// What containers send elsewhere leaves the host under the host's address: by <c>nft</c>, in a table <c>libcontainer-BRIDGE</c> of its own, with forwarding of IP switched on for the host's network. Source: nft(8).
    /// </summary>
    public bool Masquerade { get; init; }
}

/// <summary>Networks by their usual names.</summary>
public static class Networks
{
    /// <summary>Nobody is reached: a loopback interface.</summary>
    public static ImmutableArray<NetworkConfiguration> None { get; } = [LoopbackNetwork.Instance];

    /// <summary>A bridge of the library's own.</summary>
    /// <param name="name">At most 15 bytes.</param>
    /// <param name="subnets">One, or one of each family: <c>10.88.0.0/24</c>, <c>fd00:88::/64</c>.</param>
    /// <exception cref="FormatException">One is none.</exception>
    public static BridgeNetwork Bridge(string name, params ReadOnlySpan<string> subnets)
    {
        ImmutableArray<InterfaceAddress>.Builder parsed = ImmutableArray.CreateBuilder<InterfaceAddress>(subnets.Length);
        foreach (string subnet in subnets)
            parsed.Add(InterfaceAddress.Parse(subnet));
        return new BridgeNetwork { Bridge = name, Subnets = parsed.MoveToImmutable() };
    }
}

/// <summary>An address of its own on an interface of the host's. Source: ip-link(8), macvlan.</summary>
public sealed record MacvlanNetwork : InterfaceNetwork
{
    /// <summary>The host's interface.</summary>
    public required string Parent { get; init; }

    /// <summary>Whom else on that interface it reaches.</summary>
    public MacvlanMode Mode { get; init; } = MacvlanMode.Bridge;
}

/// <summary>Whom else on the same parent an interface reaches. Source: ip-link(8), macvlan.</summary>
public enum MacvlanMode
{
    /// <summary>Nobody.</summary>
    Private,

    /// <summary>Those that the switch outside sends its packets back to.</summary>
    Vepa,

    /// <summary>All others.</summary>
    Bridge,

    /// <summary>It has the parent for itself.</summary>
    Passthru,
}

/// <summary>An address of IP on an interface of the host's, whose hardware address it shares. Source: the kernel's networking/ipvlan.rst.</summary>
public sealed record IpvlanNetwork : InterfaceNetwork
{
    /// <summary>The host's interface.</summary>
    public required string Parent { get; init; }

    /// <summary>Who decides where a packet goes.</summary>
    public IpvlanMode Mode { get; init; }
}

/// <summary>Who decides where a packet of an interface goes. Source: the kernel's networking/ipvlan.rst.</summary>
public enum IpvlanMode
{
    /// <summary>The container, up to the link.</summary>
    L2,

    /// <summary>The host, by its routes; no broadcast.</summary>
    L3,

    /// <summary>The host, by its routes and its packet filter.</summary>
    L3S,
}

/// <summary>A network that a strategy of the host application sets up, which is registered under a name.</summary>
/// <param name="Strategy">That name.</param>
public sealed record CustomNetwork(string Strategy) : NetworkConfiguration
{
    /// <summary>What it needs to know, by name.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>A route of the container. Source: ip-route(8).</summary>
public sealed record RouteConfiguration
{
    /// <summary>Where to; bits behind the prefix do not count. Null: everywhere.</summary>
    public InterfaceAddress? Destination { get; init; }

    /// <summary>The address of its own that packets leave with. Null: the kernel's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Who takes them further. Null: the destination is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The container's interface that they leave by.</summary>
    public required string Interface { get; init; }
}
