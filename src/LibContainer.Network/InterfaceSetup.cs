using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Network.Netlink;

namespace LibContainer.Network;

/// <summary>What every interface of a container gets, however it came there.</summary>
internal static class InterfaceSetup
{
    /// <summary>Up, with its addresses and default routes.</summary>
    /// <param name="network">The entry.</param>
    /// <param name="link">The interface.</param>
    /// <param name="inside">The container's network.</param>
    internal static void Complete(InterfaceNetwork network, NetworkLink link, RouteNetlink inside)
    {
        inside.SetUp(link);
        foreach (InterfaceAddress address in network.Addresses)
            inside.AddAddress(link, address);
        foreach (IPAddress gateway in network.Gateways)
            inside.AddRoute(link, new RouteConfiguration { Gateway = gateway, Interface = link.Name });
    }

    /// <summary>What it is made as, by one request, where it belongs.</summary>
    internal static LinkOptions Options(InterfaceNetwork network, string name, SafeHandle target) => new(name) { Mtu = network.Mtu, HardwareAddress = HardwareAddress(network), Namespace = target };

    /// <summary>The validator has seen to it that it is one.</summary>
    private static PhysicalAddress? HardwareAddress(InterfaceNetwork network) => network.HardwareAddress is { } text ? PhysicalAddress.Parse(text) : null;
}
