using System.Collections.Immutable;
using System.Net;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>Networks and routes of a container of 2014 as those of today. 0 and empty texts were how nothing was asked for.</summary>
/// <remarks>
/// A loopback had an address and a gateway that nobody read. <c>netns</c> made the container enter a namespace that exists: it is joined at once here, and there is none of its own that
/// would only be left again.
/// </remarks>
internal sealed class NetworkSpecConversion
{
    private readonly ContainerSpec _spec;
    private readonly List<ConfigurationFinding> _findings;

    private NetworkSpecConversion(ContainerSpec spec, List<ConfigurationFinding> findings) => (_spec, _findings) = (spec, findings);

    /// <summary>The container with the networks and routes, or with the namespace that has them.</summary>
    /// <param name="container">All else; of its namespaces that of the network may go.</param>
    /// <param name="spec">As it was read.</param>
    /// <param name="findings">What is wrong. When there is something, the container is of no use.</param>
    internal static ContainerConfiguration Apply(ContainerConfiguration container, ContainerSpec spec, List<ConfigurationFinding> findings)
        => new NetworkSpecConversion(spec, findings).Apply(container);

    private ContainerConfiguration Apply(ContainerConfiguration container)
    {
        bool isJoined = _spec.Networks.Any(network => network.Type == "netns");
        bool hasOwn = (container.Namespaces & NamespaceKinds.Network) != 0;
        ImmutableArray<NetworkConfiguration>.Builder networks = ImmutableArray.CreateBuilder<NetworkConfiguration>();
        string? joined = null;
        for (int i = 0; i < _spec.Networks.Length; i++)
        {
            NetworkSpec network = _spec.Networks[i];
            string place = $"networks[{i}]";
            switch (network.Type)
            {
                case "loopback":
                    networks.Add(new LoopbackNetwork { Mtu = Mtu(network, place) });
                    break;
                case "veth":
                    if (isJoined)
                        Find(place, "a container that enters a network namespace by netns has the networks of whoever made that");
                    else if (!hasOwn)
                        Find(place, "veth needs a network namespace of the container's own: NEWNET");
                    networks.Add(Veth(network, place));
                    break;
                case "netns":
                    if (joined is not null)
                        Find(place, "a container enters one network namespace");
                    joined ??= NamespacePath(network, place);
                    break;
                default:
                    Find(place, $"'{network.Type}' is not a network strategy");
                    break;
            }
        }
        ImmutableArray<RouteConfiguration> routes = Routes();
        if (isJoined)
        {
            if (!_spec.Routes.IsEmpty)
                Find("routes", "a container that enters a network namespace by netns has the routes of whoever made that");
            return container with
            {
                Namespaces = container.Namespaces & ~NamespaceKinds.Network,
                JoinedNamespaces = container.JoinedNamespaces.SetItem(NamespaceKinds.Network, joined ?? ""),
                Networks = [], // the loopback as well is the other's
            };
        }
        container = container with { Networks = networks.ToImmutable() };
        ImmutableArray<string> names = InterfaceNames.Of(container);
        return container with { Routes = [.. routes.Where(route => !IsOfAnEntry(route, container.Networks, names))] };
    }

    private VethNetwork Veth(NetworkSpec network, string place)
    {
        ImmutableArray<InterfaceAddress> addresses = [];
        if (network.Address.Length > 0 && Address(network.Address, $"{place}.address") is { } address)
            addresses = [address];
        ImmutableArray<IPAddress> gateways = [];
        if (network.Gateway.Length > 0 && Host(network.Gateway, $"{place}.gateway") is { } gateway)
            gateways = [gateway];
        return new VethNetwork
        {
            Bridge = Context(network, "bridge", place),
            HostPrefix = Context(network, "prefix", place) ?? "",
            Addresses = addresses,
            Gateways = gateways,
            Mtu = Mtu(network, place),
        };
    }

    private string NamespacePath(NetworkSpec network, string place)
    {
        string? path = Context(network, "nspath", place);
        if (path is not null && !Path.IsPathRooted(path))
            Find($"{place}.context.nspath", $"'{path}' is not an absolute path");
        return path ?? "";
    }

    /// <summary>What has to be there; whether it is any good is judged with the container.</summary>
    private string? Context(NetworkSpec network, string key, string place)
    {
        if (network.Context.TryGetValue(key, out string? value))
            return value;
        Find($"{place}.context.{key}", "is missing");
        return null;
    }

    private int? Mtu(NetworkSpec network, string place)
    {
        if (network.Mtu is 0 or (>= NetworkValidator.MinMtu and <= NetworkValidator.MaxMtu))
            return network.Mtu == 0 ? null : (int)network.Mtu;
        Find($"{place}.mtu", $"{network.Mtu} is not from {NetworkValidator.MinMtu} to {NetworkValidator.MaxMtu}, nor 0 for the kernel's choice");
        return null;
    }

    private ImmutableArray<RouteConfiguration> Routes()
    {
        ImmutableArray<RouteConfiguration>.Builder routes = ImmutableArray.CreateBuilder<RouteConfiguration>(_spec.Routes.Length);
        for (int i = 0; i < _spec.Routes.Length; i++)
            routes.Add(Route(_spec.Routes[i], $"routes[{i}]"));
        return routes.MoveToImmutable();
    }

    private RouteConfiguration Route(RouteSpec route, string place)
    {
        InterfaceAddress? destination = route.Destination.Length == 0 ? null : Address(route.Destination, $"{place}.destination");
        InterfaceAddress? source = route.Source.Length == 0 ? null : Address(route.Source, $"{place}.source");
        IPAddress? gateway = route.Gateway.Length == 0 ? null : Host(route.Gateway, $"{place}.gateway");
        // Linux has no routes of IPv4 by the network that a packet comes from, but the address that packets leave with.
        if (source is not null && source.PrefixLength != InterfaceAddress.BitsOf(source.Address))
            Find(
                $"{place}.source",
                $"'{route.Source}' is a network, and the kernel has no routes by source network; one address, with /{InterfaceAddress.BitsOf(source.Address)}, is what packets leave with");
        if (route is { Destination: "", Source: "", Gateway: "" })
            Find(place, "needs a destination, a source or a gateway");
        if (new[] { destination?.Address, source?.Address, gateway }.OfType<IPAddress>().DistinctBy(address => address.AddressFamily).Count() > 1)
            Find(place, "destination, gateway and source are of two families");
        if (route.InterfaceName.Length == 0)
            Find($"{place}.interface_name", "is missing");
        return new RouteConfiguration { Destination = destination, Source = source?.Address, Gateway = gateway, Interface = route.InterfaceName };
    }

    /// <summary>
    /// Whether a route says again what an entry's gateway says, as documents of 2014 do. The kernel would answer the second with EEXIST, so it is left out.
    /// </summary>
    private static bool IsOfAnEntry(RouteConfiguration route, ImmutableArray<NetworkConfiguration> networks, ImmutableArray<string> names)
    {
        if (route is not { Source: null, Gateway: { } gateway, Destination: null or { PrefixLength: 0 } })
            return false;
        for (int i = 0; i < networks.Length; i++)
            if (names[i] == route.Interface && networks[i] is InterfaceNetwork network && network.Gateways.Contains(gateway))
                return true;
        return false;
    }

    private InterfaceAddress? Address(string text, string place)
    {
        if (!InterfaceAddress.TryParse(text, out InterfaceAddress? address))
            Find(place, $"'{text}' is not an address with a prefix length, such as 172.17.42.2/16");
        return address;
    }

    private IPAddress? Host(string text, string place)
    {
        if (InterfaceAddress.TryParseAddress(text, out IPAddress? address))
            return address;
        Find(place, $"'{text}' is not an address, such as 172.17.42.1");
        return null;
    }

    private void Find(string place, string message) => _findings.Add(new ConfigurationFinding(place, message));
}
