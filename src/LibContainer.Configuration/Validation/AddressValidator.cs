using System.Net;
using System.Net.Sockets;

namespace LibContainer.Configuration;

/// <summary>The rules about addresses of interfaces, their gateways, and routes.</summary>
internal static class AddressValidator
{
    private static readonly IPNetwork LoopbackNetwork = new(new IPAddress([127, 0, 0, 0]), 8);

    private static readonly IPNetwork MulticastNetwork = new(new IPAddress([224, 0, 0, 0]), 4);

    /// <summary>All of a container at once, since addresses and routes are one namespace's and not one interface's.</summary>
    internal static void Validate(ContainerConfiguration container, Findings findings)
    {
        Dictionary<IPAddress, Where> addresses = [];
        Dictionary<IPNetwork, Where> routes = [];
        for (int i = 0; i < container.Networks.Length; i++)
        {
            if (container.Networks[i] is not InterfaceNetwork network)
                continue;
            string place = new Where("networks", i).ToString();
            ValidateAddresses($"{place}.addresses", network, addresses, findings);
            if (network is BridgeNetwork bridged)
                SubnetValidator.Validate(i, bridged, routes, findings);
            else
                ValidateGateways($"{place}.gateways", network, routes, findings);
        }
        if (container.Routes.IsEmpty)
            return;
        HashSet<string>? names = NamesOf(container);
        for (int i = 0; i < container.Routes.Length; i++)
            ValidateRoute(new Where("routes", i), container.Routes[i], names, routes, findings);
    }

    private static void ValidateAddresses(string place, InterfaceNetwork network, Dictionary<IPAddress, Where> seen, Findings findings)
    {
        for (int i = 0; i < network.Addresses.Length; i++)
        {
            Where where = new(place, i);
            InterfaceAddress address = network.Addresses[i];
            if (WhatElse(address) is { } what)
                findings.Add(where, $"{address} is {what}, not the address of one interface");
            else if (!seen.TryAdd(address.Address, where))
                findings.Add(where, $"{address.Address} is there twice: {seen[address.Address]}");
        }
    }

    /// <summary>What an address is that no interface can have. Null: one that it can.</summary>
    private static string? WhatElse(InterfaceAddress address)
    {
        IPAddress one = address.Address;
        if (one.Equals(IPAddress.Any) || one.Equals(IPAddress.IPv6Any))
            return "no address";
        if (IPAddress.IPv6Loopback.Equals(one) || LoopbackNetwork.Contains(one))
            return "the loopback's";
        if (one.IsIPv6Multicast || MulticastNetwork.Contains(one))
            return "the address of a group";
        if (one.Equals(IPAddress.Broadcast))
            return "the address of everybody";
        // Networks of one and of two addresses have none to spare: RFC 3021.
        if (one.AddressFamily != AddressFamily.InterNetwork || address.PrefixLength >= 31)
            return null;
        byte[] bytes = one.GetAddressBytes();
        uint host = ((uint)bytes[0] << 24 | (uint)bytes[1] << 16 | (uint)bytes[2] << 8 | bytes[3]) & (uint)(0xFFFF_FFFFUL >> address.PrefixLength);
        return host == 0 ? "the address of the network itself" : host == (uint)(0xFFFF_FFFFUL >> address.PrefixLength) ? "the address of everybody in the network" : null;
    }

    private static void ValidateGateways(string place, InterfaceNetwork network, Dictionary<IPNetwork, Where> routes, Findings findings)
    {
        for (int i = 0; i < network.Gateways.Length; i++)
        {
            Where where = new(place, i);
            IPAddress gateway = network.Gateways[i];
            if (!CheckPlain(where, gateway, findings))
                continue;
            InterfaceAddress[] own = [.. network.Addresses.Where(address => address.Address.AddressFamily == gateway.AddressFamily)];
            if (own.Length == 0)
                findings.Add(where, $"{gateway} cannot be reached: this interface has no address of {Family(gateway)}");
            else if (own.Any(address => address.Address.Equals(gateway)))
                findings.Add(where, $"{gateway} is the interface's own address");
            // Each interface with IPv6 is in the network of its link, also where nobody says so: RFC 4291.
            else if (!gateway.IsIPv6LinkLocal && !own.Any(address => address.Network.Contains(gateway)))
                findings.Add(where, $"{gateway} is outside every network of this interface: {string.Join(", ", own.Select(address => address.Network).Distinct())}");
            AddDefault(where, gateway, routes, findings);
        }
    }

    internal static void AddDefault(Where where, IPAddress gateway, Dictionary<IPNetwork, Where> routes, Findings findings)
    {
        if (!routes.TryAdd(Everywhere(gateway), where))
            findings.Add(where, $"a container has one default gateway of {Family(gateway)}, and this is the second: {routes[Everywhere(gateway)]}");
    }

    private static void ValidateRoute(Where where, RouteConfiguration route, HashSet<string>? names, Dictionary<IPNetwork, Where> routes, Findings findings)
    {
        findings.CheckInterfaceName(where.Of("interface"), route.Interface);
        if (names?.Contains(route.Interface) == false)
            findings.Add(where.Of("interface"), $"'{Findings.OneLine(route.Interface)}' is no interface of the container");
        bool isPlain = (route.Gateway is null || CheckPlain(where.Of("gateway"), route.Gateway, findings))
            & (route.Source is null || CheckPlain(where.Of("source"), route.Source, findings));
        if ((route.Destination?.Address ?? route.Gateway ?? route.Source) is not { } first)
            findings.Add(where, "needs a destination, a gateway or a source");
        else if (!isPlain)
            return;
        else if ((route.Gateway ?? first).AddressFamily != first.AddressFamily || (route.Source ?? first).AddressFamily != first.AddressFamily)
            findings.Add(where, "destination, gateway and source are of two families");
        // The kernel answers EEXIST to the second.
        else if (!routes.TryAdd(route.Destination?.Network ?? Everywhere(first), where))
            findings.Add(where, $"there is a route to {route.Destination?.Network ?? Everywhere(first)} already: {routes[route.Destination?.Network ?? Everywhere(first)]}");
    }

    /// <summary>All interfaces that the container has. Null: a strategy of the host application knows.</summary>
    private static HashSet<string>? NamesOf(ContainerConfiguration container)
        => container.Networks.Any(network => network is CustomNetwork) ? null : ["lo", .. InterfaceNames.Of(container), .. container.NetworkDevices.Values];

    private static bool CheckPlain(Where where, IPAddress address, Findings findings)
    {
        if (InterfaceAddress.IsPlain(address))
            return true;
        findings.Add(where, $"{address} has a scope: it is the interface that says the link");
        return false;
    }

    private static IPNetwork Everywhere(IPAddress address)
        => new(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);

    private static string Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
