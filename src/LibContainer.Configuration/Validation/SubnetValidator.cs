using System.Net;

namespace LibContainer.Configuration;

/// <summary>The rules about a bridge whose addresses are given out.</summary>
internal static class SubnetValidator
{
    internal static void Validate(int index, BridgeNetwork network, Dictionary<IPNetwork, Where> routes, Findings findings)
    {
        string place = new Where("networks", index).ToString();
        if (network.Subnets.IsEmpty)
            findings.Add($"{place}.subnets", "a bridge gives out addresses of a subnet, and there is none: 10.88.0.0/24");
        if (!network.Gateways.IsEmpty)
            findings.Add($"{place}.gateways", "the gateway is the bridge; of an internal network there is none");
        for (int i = 0; i < network.Subnets.Length; i++)
            ValidateSubnet(new Where($"{place}.subnets", i), network, i, routes, findings);
        for (int i = 0; i < network.Addresses.Length; i++)
            ValidateAddress(new Where($"{place}.addresses", i), network, network.Addresses[i], findings);
    }

    private static void ValidateSubnet(Where where, BridgeNetwork network, int index, Dictionary<IPNetwork, Where> routes, Findings findings)
    {
        InterfaceAddress own = network.Subnets[index];
        Subnet subnet = new(own);
        if (!subnet.HasRoom)
        {
            findings.Add(where, $"{own.Network} has no room for a bridge and a container");
            return;
        }
        for (int other = 0; other < index; other++)
            if (subnet.Overlaps(new Subnet(network.Subnets[other])))
                findings.Add(where, $"{own.Network} overlaps {network.Subnets[other].Network}");
        if (!network.IsInternal)
            AddressValidator.AddDefault(where, subnet.Gateway.Address, routes, findings);
    }

    private static void ValidateAddress(Where where, BridgeNetwork network, InterfaceAddress address, Findings findings)
    {
        if (!network.Subnets.Any(own => new Subnet(own).Contains(address.Address) && own.PrefixLength == address.PrefixLength))
            findings.Add(where, $"{address} is of none of the subnets: {string.Join(", ", network.Subnets.Select(own => own.Network))}");
        else if (network.Subnets.Any(own => new Subnet(own) is { HasRoom: true } subnet && subnet.Gateway.Address.Equals(address.Address)))
            findings.Add(where, $"{address.Address} is the bridge's own address");
    }
}
