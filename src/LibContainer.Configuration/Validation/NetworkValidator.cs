using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace LibContainer.Configuration;

/// <summary>The rules about networks and routes.</summary>
internal static class NetworkValidator
{
    private const int MaxPrefixBytes = 11; // IFNAMSIZ without its NUL, and four digits
    private const int MinMtu = 68, MinMtuOfIPv6 = 1280, MaxMtu = 65535; // RFC 791, RFC 8200

    internal static void Validate(ContainerConfiguration container, Findings findings)
    {
        if (container.JoinedNamespaces.ContainsKey(NamespaceKinds.Network))
        {
            ValidateJoined(container, findings);
            return;
        }
        if (!container.Routes.IsEmpty && (container.Namespaces & NamespaceKinds.Network) == 0)
            findings.Add("routes", "a route needs a network namespace of the container's own");
        if (!container.Networks.Any(network => network is not LoopbackNetwork { Mtu: null }) && container.Routes.IsEmpty)
            return; // most containers
        HashSet<string> names = ["lo"];
        HashSet<IPAddress> addresses = [];
        Dictionary<AddressFamily, int> gateways = [];
        for (int i = 0; i < container.Networks.Length; i++)
        {
            Where where = new("networks", i);
            switch (container.Networks[i])
            {
                case LoopbackNetwork { Mtu: { } mtu }:
                    findings.CheckRange(where.Of("mtu"), mtu, MinMtu, int.MaxValue);
                    break;
                case InterfaceNetwork network:
                    ValidateInterface(network, where, names, findings);
                    ValidateAddresses(network, i, addresses, gateways, findings);
                    break;
                case CustomNetwork { Strategy.Length: 0 }:
                    findings.Add(where.Of("strategy"), "a strategy has a name");
                    break;
            }
        }
        for (int i = 0; i < container.Routes.Length; i++)
            ValidateRoute(container.Routes[i], new Where("routes", i), findings);
    }

    private static void ValidateJoined(ContainerConfiguration container, Findings findings)
    {
        const string Others = "the network is that of the namespace that is joined, and cannot be changed from here";
        for (int i = 0; i < container.Networks.Length; i++)
            if (container.Networks[i] is not LoopbackNetwork { Mtu: null }) // its loopback interface is there
                findings.Add(new Where("networks", i), Others);
        if (!container.Routes.IsEmpty)
            findings.Add("routes", Others);
        if (!container.NetworkDevices.IsEmpty)
            findings.Add("networkDevices", Others);
    }

    private static void ValidateInterface(InterfaceNetwork network, Where where, HashSet<string> names, Findings findings)
    {
        if (network.Name is { } name)
        {
            findings.CheckInterfaceName(where.Of("name"), name);
            if (!names.Add(name))
                findings.Add(where.Of("name"), name == "lo" ? "'lo' is the loopback interface" : $"'{name}' is the name of two interfaces");
        }
        if (network.Mtu is { } mtu)
            findings.CheckRange(where.Of("mtu"), mtu, network.Addresses.Any(IsIPv6) ? MinMtuOfIPv6 : MinMtu, MaxMtu);
        if (network.HardwareAddress is { } hardware && !IsHardwareAddress(hardware))
            findings.Add(where.Of("hardwareAddress"), $"'{hardware}' is not the hardware address of one interface: six bytes such as 02:42:ac:11:00:02");
        if (network is VethNetwork veth)
            ValidateVeth(veth, where, findings);
        if (network is MacvlanNetwork { Parent: var ofMacvlan })
            findings.CheckInterfaceName(where.Of("parent"), ofMacvlan);
        if (network is IpvlanNetwork { Parent: var ofIpvlan })
            findings.CheckInterfaceName(where.Of("parent"), ofIpvlan);
    }

    private static void ValidateVeth(VethNetwork veth, Where where, Findings findings)
    {
        if (veth.Bridge is { } bridge)
            findings.CheckInterfaceName(where.Of("bridge"), bridge);
        if (Encoding.UTF8.GetByteCount(veth.HostPrefix) > MaxPrefixBytes)
            findings.Add(where.Of("hostPrefix"), $"'{veth.HostPrefix}' is longer than {MaxPrefixBytes} bytes: a name has 15, and 4 are needed to tell one from the other");
        else
            findings.CheckInterfaceName(where.Of("hostPrefix"), veth.HostPrefix);
    }

    private static void ValidateAddresses(InterfaceNetwork network, int index, HashSet<IPAddress> all, Dictionary<AddressFamily, int> gateways, Findings findings)
    {
        for (int i = 0; i < network.Addresses.Length; i++)
        {
            InterfaceAddress address = network.Addresses[i];
            string where = string.Create(CultureInfo.InvariantCulture, $"networks[{index}].addresses[{i}]");
            if (WhyNot(address) is { } why)
                findings.Add(where, $"{address} {why}");
            if (!all.Add(address.Address))
                findings.Add(where, $"{address.Address} is there twice");
        }
        for (int i = 0; i < network.Gateways.Length; i++)
        {
            IPAddress gateway = network.Gateways[i];
            string where = string.Create(CultureInfo.InvariantCulture, $"networks[{index}].gateways[{i}]");
            InterfaceAddress[] near = [.. network.Addresses.Where(address => address.Address.AddressFamily == gateway.AddressFamily)];
            if (near.Length == 0)
                findings.Add(where, $"{gateway} is of a family that this interface has no address of");
            else if (!near.Any(address => address.Network.Contains(gateway)) && !gateway.IsIPv6LinkLocal)
                findings.Add(where, $"{gateway} is outside every network of this interface: {string.Join(", ", near.Select(address => address.Network))}");
            if (!gateways.TryAdd(gateway.AddressFamily, index))
                findings.Add(where, $"there is a gateway of that family already, in networks[{gateways[gateway.AddressFamily]}]");
        }
    }

    private static void ValidateRoute(RouteConfiguration route, Where where, Findings findings)
    {
        findings.CheckInterfaceName(where.Of("interface"), route.Interface);
        AddressFamily[] families = [.. new[] { route.Destination?.Address, route.Source, route.Gateway }.OfType<IPAddress>().Select(address => address.AddressFamily).Distinct()];
        if (families.Length == 0)
            findings.Add(where, "has neither a destination nor a source nor a gateway");
        if (families.Length > 1)
            findings.Add(where, "is of IPv4 and of IPv6");
    }

    private static string? WhyNot(InterfaceAddress address)
    {
        byte[] bytes = address.Address.GetAddressBytes();
        bool isIPv6 = IsIPv6(address);
        if (bytes.All(part => part == 0))
            return "is no address";
        if (isIPv6 ? address.Address.IsIPv6Multicast : bytes[0] is >= 224 and < 240)
            return "is the address of a group";
        if (isIPv6 || address.PrefixLength >= 31)
            return null;
        if (address.Network.BaseAddress.Equals(address.Address))
            return "is the network itself";
        uint host = uint.MaxValue >> address.PrefixLength;
        return ((uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(bytes)) & host) == host ? "is everybody's address in that network" : null;
    }

    private static bool IsIPv6(InterfaceAddress address) => address.Address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsHardwareAddress(string text)
        => text.Split(':') is { Length: 6 } parts && parts.All(part => part.Length == 2 && part.All(char.IsAsciiHexDigit))
            && PhysicalAddress.TryParse(text, out PhysicalAddress? address) && address.GetAddressBytes() is var bytes && (bytes[0] & 1) == 0 && bytes.Any(part => part != 0);
}
