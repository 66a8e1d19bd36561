using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Network;

/// <summary>A cable into a bridge of the library's own: the bridge is made with its first container, and each gets addresses that nobody else has.</summary>
internal static class BridgeStrategy
{
    private const string HostPrefix = "veth";

    private static readonly string StartOfThisProcess = ProcessStartTime.Read(Environment.ProcessId) ?? "";

    /// <summary>Writes down what a container will have, makes the bridge if need be, and connects it.</summary>
    /// <param name="network">The entry.</param>
    /// <param name="name">The name inside.</param>
    /// <param name="target">The container's network namespace.</param>
    /// <param name="host">The host's.</param>
    /// <returns>The entry as a cable with those addresses, and what the host has of it.</returns>
    /// <exception cref="NetworkException">No address is free, or the one that is asked for is not.</exception>
    /// <exception cref="NetlinkException">The kernel refuses, and nothing is left.</exception>
    internal static (VethNetwork Cable, BridgeEnd End) Connect(BridgeNetwork network, string name, SafeFileHandle target, HostNetwork host)
    {
        (Lease lease, VethNetwork cable) = Take(network, host);
        try
        {
            return (cable, new BridgeEnd(network.Bridge, lease, VethStrategy.Connect(cable, name, lease.Link, target, host), host));
        }
        catch
        {
            Release(network.Bridge, lease, host);
            throw;
        }
    }

    /// <summary>What a bridge of this name would be refused for, if it is there. Null: nothing.</summary>
    internal static string? WhyNot(BridgeNetwork network, HostNetwork host)
    {
        if (WhyNotNow(network, host, File.Exists(BridgeTable.PathOf(host.Id, network.Bridge))) is null)
            return null;
        // Whoever takes bridge and table away meanwhile, with the last container, is through with it when it is this one's turn.
        string? why = null;
        BridgeTable.Change(host, network.Bridge, (table, _) => why = WhyNotNow(network, host, table.IsMade));
        return why;
    }

    private static string? WhyNotNow(BridgeNetwork network, HostNetwork host, bool isOurs)
    {
        if (host.Netlink.FindIndex(network.Bridge) is not { } index)
            return null;
        if (host.WhyNoBridge(network.Bridge) is { } why)
            return why;
        if (isOurs)
            return null;
        IPAddress[] own = AddressesOf(index, host);
        return network.Subnets.Select(subnet => new Subnet(subnet).Gateway).FirstOrDefault(gateway => !own.Contains(gateway.Address)) is { } missing
            ? $"{network.Bridge} is there, and was not made by this library: it has no address {missing}"
            : null;
    }

    private static IPAddress[] AddressesOf(int index, HostNetwork host)
        => [.. host.Netlink.GetAddresses().Where(address => address.Index == index).Select(address => address.Address.Address)];

    private static (Lease Lease, VethNetwork Cable) Take(BridgeNetwork network, HostNetwork host)
    {
        (Lease, VethNetwork)? taken = null;
        BridgeTable.Change(host, network.Bridge, (table, write) =>
        {
            ImmutableArray<Lease> others = table.Leases.RemoveAll(lease => lease.IsLeft(link => host.Netlink.FindIndex(link) is not null));
            ImmutableArray<InterfaceAddress> addresses = Choose(network, others);
            Lease lease = new([.. addresses.Select(address => address.ToString())], VethStrategy.NewName(HostPrefix), Environment.ProcessId, StartOfThisProcess);
            NetworkLink? bridge = host.Netlink.FindLink(network.Bridge);
            table = table with { Leases = others.Add(lease), IsMade = table.IsMade || bridge is null, Masquerades = table.Masquerades && bridge is not null };
            write(table);
            try
            {
                if (table.IsMade)
                    Make(network, bridge, host);
                if (network.Masquerade && !table.Masquerades)
                {
                    Masquerade.Add(network, host);
                    write(table with { Masquerades = true });
                }
            }
            catch
            {
                write(RemoveIfUnused(network.Bridge, table with { Leases = others }, host));
                throw;
            }
            taken = (lease, CableOf(network, addresses));
        });
        return taken!.Value;
    }

    /// <summary>The container is gone, and with it its cable.</summary>
    internal static void Release(string bridge, Lease lease, HostNetwork host)
        => BridgeTable.Change(host, bridge, (table, write) => write(RemoveIfUnused(bridge, table with { Leases = table.Leases.RemoveAll(other => other.Link == lease.Link) }, host)));

    /// <summary>Gives back what containers had whose host was killed, and removes bridges that nobody is on any more.</summary>
    /// <returns>What that was.</returns>
    internal static IReadOnlyList<string> RemoveLeftovers(HostNetwork host)
    {
        List<string> removed = [];
        foreach (string bridge in BridgeTable.Bridges(host.Id).ToArray())
            BridgeTable.Change(host, bridge, (table, write) =>
            {
                Lease[] left = [.. table.Leases.Where(lease => lease.IsLeft(link => host.Netlink.FindIndex(link) is not null))];
                if (left.Length == 0 && !table.Leases.IsEmpty)
                    return;
                write(RemoveIfUnused(bridge, table with { Leases = table.Leases.RemoveRange(left) }, host));
                removed.AddRange(left.Select(lease => $"{string.Join(' ', lease.Addresses)} on {bridge}"));
                if (left.Length == table.Leases.Length && table.IsMade)
                    removed.Add($"bridge {bridge}");
            });
        return removed;
    }

    /// <summary>The last one takes along what the first one made.</summary>
    private static BridgeTable RemoveIfUnused(string bridge, BridgeTable table, HostNetwork host)
    {
        if (!table.Leases.IsEmpty)
            return table;
        if (table.Masquerades)
            Masquerade.Remove(bridge, host);
        if (table.IsMade && host.Netlink.FindLink(bridge) is { } link)
            host.Netlink.Delete(link);
        return BridgeTable.Empty;
    }

    /// <summary>Up, with its addresses; whoever began with that before may have been killed half-way.</summary>
    private static void Make(BridgeNetwork network, NetworkLink? bridge, HostNetwork host)
    {
        if (bridge is null)
        {
            host.Netlink.CreateBridge(new LinkOptions(network.Bridge) { IsUp = true, Mtu = network.Mtu });
            bridge = host.Netlink.GetLink(network.Bridge);
            host.Netlink.SetHardwareAddress(bridge, bridge.HardwareAddress); // one that is set stays: else it would change with every port
        }
        IPAddress[] own = AddressesOf(bridge.Index, host);
        foreach (InterfaceAddress subnet in network.Subnets)
            if (new Subnet(subnet).Gateway is var gateway && !own.Contains(gateway.Address))
                host.Netlink.AddAddress(bridge, gateway);
        if (!bridge.IsUp)
            host.Netlink.SetUp(bridge);
    }

    private static ImmutableArray<InterfaceAddress> Choose(BridgeNetwork network, ImmutableArray<Lease> others)
    {
        ImmutableArray<InterfaceAddress>.Builder chosen = ImmutableArray.CreateBuilder<InterfaceAddress>();
        foreach (InterfaceAddress address in network.Addresses)
        {
            if (others.FirstOrDefault(lease => lease.ParsedAddresses.Contains(address.Address)) is { } other)
                throw new NetworkException($"{address.Address} is in use on {network.Bridge}: by {other.Link}, of process {other.Owner}", Errno.EADDRINUSE);
            chosen.Add(address);
        }
        HashSet<IPAddress> taken = [.. others.SelectMany(lease => lease.ParsedAddresses)];
        foreach (Subnet subnet in network.Subnets.Select(own => new Subnet(own)))
            if (!network.Addresses.Any(address => subnet.Contains(address.Address)))
                chosen.Add(subnet.FirstFree(taken.Contains) ?? throw new NetworkException(
                    string.Create(CultureInfo.InvariantCulture, $"no address of {subnet.Own.Network} is free on {network.Bridge}: {others.Length} containers have one"), Errno.EADDRNOTAVAIL));
        return chosen.ToImmutable();
    }

    private static VethNetwork CableOf(BridgeNetwork network, ImmutableArray<InterfaceAddress> addresses) => new()
    {
        Bridge = network.Bridge,
        HostPrefix = HostPrefix,
        Name = network.Name,
        Mtu = network.Mtu,
        Addresses = addresses,
        Gateways = network.IsInternal ? [] : [.. network.Subnets.Select(own => new Subnet(own).Gateway.Address)],
        HardwareAddress = network.HardwareAddress ?? HardwareAddressOf(addresses[0].Address),
    };

    /// <summary>It follows from the address, so that whoever talked to the last container that had this one need not ask again: <c>02:42:</c> and its last four bytes, as Docker's.</summary>
    private static string HardwareAddressOf(IPAddress address)
        => string.Join(':', new PhysicalAddress([0x02, 0x42, .. address.GetAddressBytes()[^4..]]).GetAddressBytes().Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
}

/// <summary>What the host has of a container on such a bridge.</summary>
internal sealed class BridgeEnd(string bridge, Lease lease, HostEnd cable, HostNetwork host)
{
    /// <summary>Its address is another's as soon as its cable is gone: until then the kernel answers who asks for it.</summary>
    internal async Task RemoveAsync()
    {
        await cable.RemoveAsync().ConfigureAwait(false);
        BridgeStrategy.Release(bridge, lease, host);
    }
}
