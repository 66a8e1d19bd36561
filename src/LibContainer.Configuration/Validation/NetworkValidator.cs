using System.Net.Sockets;

namespace LibContainer.Configuration;

/// <summary>The rules about networks: where they can be, and how interfaces are called. What is about addresses and routes is <see cref="AddressValidator"/>'s.</summary>
internal static class NetworkValidator
{
    /// <summary>ETH_MIN_MTU of the kernel: the smallest of IPv4, RFC 791.</summary>
    internal const int MinMtu = 68;

    /// <summary>ETH_MAX_MTU of the kernel.</summary>
    internal const int MaxMtu = 65535;

    /// <summary>The loopback's by itself.</summary>
    private const int MaxLoopbackMtu = 65536;

    /// <summary>IPV6_MIN_MTU of the kernel, RFC 8200: with less, an interface loses its addresses of IPv6.</summary>
    private const int MinMtuOfIPv6 = 1280;

    /// <summary>What leaves four letters for the library to choose.</summary>
    private const int MaxHostPrefixBytes = Findings.MaxInterfaceNameBytes - 4;

    private const string Loopback = "lo";

    internal static void Validate(ContainerConfiguration container, Findings findings)
    {
        ValidateNamespace("networks", container.Networks.IsEmpty, container, findings);
        ValidateNamespace("routes", container.Routes.IsEmpty, container, findings);
        ValidateNamespace("networkDevices", container.NetworkDevices.IsEmpty, container, findings);
        bool hasInterfaces = false;
        for (int i = 0; i < container.Networks.Length; i++)
        {
            hasInterfaces |= container.Networks[i] is InterfaceNetwork;
            Validate(new Where("networks", i), container.Networks[i], findings);
        }
        if (hasInterfaces || !container.NetworkDevices.IsEmpty)
            ValidateNames(container, findings);
        if (hasInterfaces || !container.Routes.IsEmpty)
            AddressValidator.Validate(container, findings);
    }

    private static void ValidateNamespace(string member, bool isEmpty, ContainerConfiguration container, Findings findings)
    {
        if (isEmpty)
            return;
        if (container.JoinedNamespaces.ContainsKey(NamespaceKinds.Network))
            findings.Add(member, "a network namespace that is joined has what its maker gave it, and nothing is added");
        else if ((container.Namespaces & NamespaceKinds.Network) == 0)
            findings.Add(member, "a network needs a network namespace of the container's own");
    }

    private static void Validate(Where where, NetworkConfiguration network, Findings findings)
    {
        switch (network)
        {
            case LoopbackNetwork { Mtu: { } mtu }:
                findings.CheckRange(where.Of("mtu"), mtu, MinMtu, MaxLoopbackMtu);
                break;
            case VethNetwork veth:
                if (veth.Bridge is { } bridge)
                    findings.CheckInterfaceName(where.Of("bridge"), bridge);
                if (!Findings.IsPartOfInterfaceName(veth.HostPrefix, MaxHostPrefixBytes))
                    findings.Add(
                        where.Of("hostPrefix"),
                        $"'{Findings.OneLine(veth.HostPrefix)}' is not how a name begins: {MaxHostPrefixBytes} bytes at most, without '/', ':', '%' and spaces");
                break;
            case BridgeNetwork bridged:
                findings.CheckInterfaceName(where.Of("bridge"), bridged.Bridge);
                if (bridged.Masquerade && !bridged.Bridge.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
                    findings.Add(where.Of("bridge"), $"'{Findings.OneLine(bridged.Bridge)}' is not a name for a table of nft: letters, digits, '-', '_' and '.'");
                break;
            case MacvlanNetwork macvlan:
                findings.CheckInterfaceName(where.Of("parent"), macvlan.Parent);
                findings.CheckDefined(where.Of("mode"), macvlan.Mode, "a mode of macvlan");
                break;
            case IpvlanNetwork ipvlan:
                findings.CheckInterfaceName(where.Of("parent"), ipvlan.Parent);
                findings.CheckDefined(where.Of("mode"), ipvlan.Mode, "a mode of ipvlan");
                if (ipvlan.HardwareAddress is not null)
                    findings.Add(where.Of("hardwareAddress"), "an interface of ipvlan has its parent's");
                break;
            case CustomNetwork { Strategy: "" }:
                findings.Add(where.Of("strategy"), "a strategy has a name");
                break;
        }
        if (network is InterfaceNetwork one)
            ValidateInterface(where, one, findings);
    }

    private static void ValidateInterface(Where where, InterfaceNetwork network, Findings findings)
    {
        if (network.Mtu is { } mtu)
        {
            findings.CheckRange(where.Of("mtu"), mtu, MinMtu, MaxMtu);
            if (mtu is >= MinMtu and < MinMtuOfIPv6 && network.Addresses.Any(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6))
                findings.Add(where.Of("mtu"), $"{mtu} is too little for an address of IPv6, which needs {MinMtuOfIPv6}");
        }
        if (network is not IpvlanNetwork && network.HardwareAddress is { } hardware)
            ValidateHardwareAddress(where.Of("hardwareAddress"), hardware, findings);
    }

    /// <summary>is_valid_ether_addr of the kernel.</summary>
    private static void ValidateHardwareAddress(Where where, string text, Findings findings)
    {
        string[] pairs = text.Split(':');
        if (pairs.Length != 6 || !pairs.All(pair => pair.Length == 2 && pair.All(char.IsAsciiHexDigit)))
            findings.Add(where, $"'{Findings.OneLine(text)}' is not a hardware address: six pairs of hexadecimal digits, such as 02:42:ac:11:2a:02");
        else if ((Convert.FromHexString(pairs[0])[0] & 1) != 0)
            findings.Add(where, $"{text} is the address of a group, not of one interface");
        else if (pairs.All(pair => pair == "00"))
            findings.Add(where, $"{text} is no interface's address");
    }

    /// <summary>Those that are given; those that are not are chosen so that they are free.</summary>
    private static void ValidateNames(ContainerConfiguration container, Findings findings)
    {
        HashSet<string> names = [];
        for (int i = 0; i < container.Networks.Length; i++)
        {
            if (container.Networks[i] is not InterfaceNetwork { Name: { } name })
                continue;
            Where where = new("networks", i, "name");
            findings.CheckInterfaceName(where, name);
            CheckFree(where, name, "interfaces");
        }
        foreach ((string host, string inside) in container.NetworkDevices.OrderBy(device => device.Key, StringComparer.Ordinal))
        {
            Where where = Where.Key("networkDevices", host);
            findings.CheckInterfaceName(where, host);
            if (host == Loopback)
                findings.Add(where, "the host's loopback cannot leave it");
            if (host != inside)
                findings.CheckInterfaceName(where, inside);
            CheckFree(where, inside, "devices");
        }

        void CheckFree(Where where, string name, string what)
        {
            if (name == Loopback)
                findings.Add(where, $"'{Loopback}' is the name of the container's loopback");
            else if (!names.Add(name))
                findings.Add(where, $"'{Findings.OneLine(name)}' is the name of two {what}");
        }
    }
}
