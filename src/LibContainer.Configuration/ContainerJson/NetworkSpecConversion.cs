using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>Networks and routes of 2014 as those of today.</summary>
/// <remarks>Where 2014 looked at nothing before it was used, all of it is looked at here. Any number of veth entries has an interface each, where 2014 had one, <c>eth0</c>.</remarks>
internal static class NetworkSpecConversion
{
    /// <summary>The network namespace that a <c>netns</c> entry names. Null: there is none.</summary>
    internal static string? Joined(ContainerSpec spec, List<ConfigurationFinding> findings)
    {
        int index = spec.Networks.ToList().FindIndex(network => network.Type == "netns");
        if (index < 0)
            return null;
        if (!spec.Networks[index].Context.TryGetValue("nspath", out string? path))
            findings.Add(new($"networks[{index}].context", "netns needs nspath"));
        else if (!Path.IsPathRooted(path))
            findings.Add(new($"networks[{index}].context.nspath", $"'{path}' is not an absolute path"));
        for (int i = 0; i < spec.Networks.Length; i++)
            if (i != index && spec.Networks[i].Type is ("veth" or "netns"))
                findings.Add(new($"networks[{i}]", $"the network is that of networks[{index}], and cannot be changed from here"));
        if (!spec.Routes.IsEmpty)
            findings.Add(new("routes", $"the network is that of networks[{index}], and cannot be changed from here"));
        return path;
    }

    /// <summary>All but <c>netns</c>. With one, the loopback interface is the other's, as all else.</summary>
    internal static ImmutableArray<NetworkConfiguration> Networks(ContainerSpec spec, bool isJoined, List<ConfigurationFinding> findings)
    {
        ImmutableArray<NetworkConfiguration>.Builder networks = ImmutableArray.CreateBuilder<NetworkConfiguration>();
        for (int i = 0; i < spec.Networks.Length; i++)
        {
            NetworkSpec network = spec.Networks[i];
            switch (network.Type)
            {
                case "loopback": // docker wrote 127.0.0.1/0 and the gateway localhost there, and nobody read it
                    if (!isJoined)
                        networks.Add(LoopbackNetwork.Instance with { Mtu = Mtu(network, i, findings) });
                    break;
                case "veth":
                    if (Veth(network, i, findings) is { } veth)
                        networks.Add(veth);
                    break;
                case "netns":
                    break;
                default:
                    findings.Add(new($"networks[{i}]", $"'{network.Type}' is not a network strategy"));
                    break;
            }
        }
        return networks.ToImmutable();
    }

    /// <summary>Those that no entry's gateway has said already: docker wrote both, and the kernel takes a route once (EEXIST).</summary>
    internal static ImmutableArray<RouteConfiguration> Routes(ContainerSpec spec, ImmutableArray<NetworkConfiguration> networks, List<ConfigurationFinding> findings)
    {
        IPAddress[] gateways = [.. networks.OfType<InterfaceNetwork>().SelectMany(network => network.Gateways)];
        ImmutableArray<RouteConfiguration>.Builder routes = ImmutableArray.CreateBuilder<RouteConfiguration>();
        for (int i = 0; i < spec.Routes.Length; i++)
            if (Route(spec.Routes[i], $"routes[{i}]", findings) is { } route && !(route is { Destination: null, Source: null, Gateway: { } gateway } && gateways.Contains(gateway)))
                routes.Add(route);
        return routes.ToImmutable();
    }

    private static VethNetwork? Veth(NetworkSpec network, int index, List<ConfigurationFinding> findings)
    {
        string where = $"networks[{index}]";
        foreach (string key in (string[])["bridge", "prefix"])
            if (!network.Context.ContainsKey(key))
                findings.Add(new($"{where}.context", $"veth needs {key}"));
        InterfaceAddress? address = null;
        IPAddress? gateway = null;
        if (network.Address.Length > 0 && !InterfaceAddress.TryParse(network.Address, out address))
            findings.Add(new($"{where}.address", $"'{network.Address}' is no address with a prefix length, such as 172.17.0.3/16"));
        if (network.Gateway.Length > 0 && !InterfaceAddress.TryParseAddress(network.Gateway, out gateway))
            findings.Add(new($"{where}.gateway", $"'{network.Gateway}' is no address"));
        int? mtu = Mtu(network, index, findings);
        return network.Context.TryGetValue("bridge", out string? bridge) && network.Context.TryGetValue("prefix", out string? prefix)
            ? new VethNetwork { Bridge = bridge, HostPrefix = prefix, Addresses = address is null ? [] : [address], Gateways = gateway is null ? [] : [gateway], Mtu = mtu }
            : null;
    }

    private static int? Mtu(NetworkSpec network, int index, List<ConfigurationFinding> findings)
    {
        if (network.Mtu is < 0 or > int.MaxValue)
            findings.Add(new($"networks[{index}].mtu", $"{network.Mtu} is not a number of bytes"));
        return network.Mtu is 0 or < 0 or > int.MaxValue ? null : (int)network.Mtu;
    }

    private static RouteConfiguration? Route(RouteSpec route, string where, List<ConfigurationFinding> findings)
    {
        int before = findings.Count;
        InterfaceAddress? destination = null, source = null;
        IPAddress? gateway = null;
        if (route.Destination.Length > 0 && !InterfaceAddress.TryParse(route.Destination, out destination))
            findings.Add(new($"{where}.destination", $"'{route.Destination}' is no network, such as 192.168.0.0/24"));
        if (route.Source.Length > 0 && !InterfaceAddress.TryParse(route.Source, out source))
            findings.Add(new($"{where}.source", $"'{route.Source}' is no address with a prefix length, such as 172.17.0.3/32"));
        if (route.Gateway.Length > 0 && !InterfaceAddress.TryParseAddress(route.Gateway, out gateway))
            findings.Add(new($"{where}.gateway", $"'{route.Gateway}' is no address"));
        if (source is not null && source.PrefixLength != InterfaceAddress.BitsOf(source.Address))
            findings.Add(new($"{where}.source", $"{source} is a network, and routes by those that packets come from are not supported yet; one address, /{InterfaceAddress.BitsOf(source.Address)}, is what they leave with"));
        if (route.Destination.Length == 0 && route.Source.Length == 0 && route.Gateway.Length == 0)
            findings.Add(new(where, "has neither a destination nor a source nor a gateway"));
        if (route.InterfaceName.Length == 0)
            findings.Add(new($"{where}.interface_name", "is needed"));
        return findings.Count == before ? new RouteConfiguration { Destination = destination, Source = source?.Address, Gateway = gateway, Interface = route.InterfaceName } : null;
    }
}
