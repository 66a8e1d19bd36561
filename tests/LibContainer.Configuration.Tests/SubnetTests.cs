using System.Net;

namespace LibContainer.Configuration.Tests;

/// <summary>Networks whose addresses are given out one by one.</summary>
public sealed class SubnetTests
{
    [Theory]
    [InlineData("10.88.0.0/24", "10.88.0.1/24")]
    [InlineData("10.88.0.254/24", "10.88.0.254/24")]
    [InlineData("10.88.0.4/30", "10.88.0.5/30")]
    [InlineData("fd00:88::/64", "fd00:88::1/64")]
    [InlineData("fd00:88::ffff:ffff:ffff:ffff/64", "fd00:88::ffff:ffff:ffff:ffff/64")]
    public void The_bridge_has_the_first_address_or_the_one_that_is_said(string subnet, string gateway)
        => new Subnet(InterfaceAddress.Parse(subnet)).Gateway.ToString().Should().Be(gateway);

    [Theory]
    [InlineData("10.88.0.0/24", "", "10.88.0.2")]
    [InlineData("10.88.0.2/24", "", "10.88.0.1")]
    [InlineData("10.88.0.0/24", "10.88.0.2 10.88.0.4", "10.88.0.3")]
    [InlineData("10.88.0.0/30", "", "10.88.0.2")]
    [InlineData("10.88.0.0/30", "10.88.0.2", null)]
    [InlineData("255.255.255.0/24", "", "255.255.255.2")]
    [InlineData("0.0.0.0/0", "", "0.0.0.2")]
    [InlineData("fd00:88::/64", "fd00:88::2", "fd00:88::3")]
    [InlineData("fd00:88::/126", "fd00:88::2", "fd00:88::3")]
    [InlineData("fd00:88::/126", "fd00:88::2 fd00:88::3", null)]
    [InlineData("::/0", "", "::2")]
    public void The_lowest_free_address_is_given_out(string subnet, string taken, string? expected)
        => new Subnet(InterfaceAddress.Parse(subnet)).FirstFree(address => taken.Split(' ').Contains(address.ToString()))?.Address.ToString().Should().Be(expected);

    [Fact]
    public void All_are_given_out_but_those_of_the_network_of_everybody_and_of_the_bridge()
    {
        Subnet subnet = new(InterfaceAddress.Parse("10.88.0.16/28"));
        HashSet<IPAddress> taken = [];

        while (subnet.FirstFree(taken.Contains) is { } free)
            taken.Add(free.Address);

        taken.Select(address => address.ToString()).Should().Equal(Enumerable.Range(18, 13).Select(last => $"10.88.0.{last}"));
    }

    [Fact]
    public void A_bridge_is_told_what_it_cannot_give_out()
    {
        Rules(Networks.Bridge("lc0")).Should().Equal("networks[0].subnets: a bridge gives out addresses of a subnet, and there is none: 10.88.0.0/24");
        Rules(Networks.Bridge("lc0", "10.88.0.0/31", "fd00::/127")).Should().Equal(
            "networks[0].subnets[0]: 10.88.0.0/31 has no room for a bridge and a container", "networks[0].subnets[1]: fd00::/127 has no room for a bridge and a container");
        Rules(Networks.Bridge("lc0", "10.88.0.0/24", "10.88.0.128/25") with { IsInternal = true }).Should().Equal("networks[0].subnets[1]: 10.88.0.128/25 overlaps 10.88.0.0/24");
        Rules(Networks.Bridge("lc0", "10.88.0.0/24", "10.89.0.0/24")).Should().Equal(
            "networks[0].subnets[1]: a container has one default gateway of IPv4, and this is the second: networks[0].subnets[0]");
        Rules(Networks.Bridge("lc0", "10.88.0.0/24") with { Gateways = [IPAddress.Parse("10.88.0.1")] }).Should().Equal(
            "networks[0].gateways: the gateway is the bridge; of an internal network there is none");
        Rules(Networks.Bridge("lc0", "10.88.0.0/24") with { Addresses = [InterfaceAddress.Parse("10.89.0.2/24"), InterfaceAddress.Parse("10.88.0.1/24")] }).Should().Equal(
            "networks[0].addresses[0]: 10.89.0.2/24 is of none of the subnets: 10.88.0.0/24", "networks[0].addresses[1]: 10.88.0.1 is the bridge's own address");
        Rules(Networks.Bridge("lc:0", "10.88.0.0/24")).Should().ContainSingle().Which.Should().StartWith("networks[0].bridge: ");
        Rules(Networks.Bridge("lc+0", "10.88.0.0/24") with { Masquerade = true }).Should().Equal(
            "networks[0].bridge: 'lc+0' is not a name for a table of nft: letters, digits, '-', '_' and '.'");
    }

    [Fact]
    public void Bridges_beside_each_other_are_fine_when_one_is_internal()
    {
        Rules(Networks.Bridge("lc0", "10.88.0.0/24", "fd00:88::/64"), Networks.Bridge("lc1", "10.89.0.0/24") with { IsInternal = true, Addresses = [InterfaceAddress.Parse("10.89.0.9/24")] }).Should().BeEmpty();
        Rules(Networks.Bridge("lc0", "10.88.0.0/24"), Networks.Bridge("lc1", "10.89.0.0/24")).Should().Equal(
            "networks[1].subnets[0]: a container has one default gateway of IPv4, and this is the second: networks[0].subnets[0]");
    }

    private static IEnumerable<string> Rules(params NetworkConfiguration[] networks) => Valid.Rules(Valid.Container with { Networks = [.. networks] });
}
