using System.Collections.Immutable;
using System.Net;

namespace LibContainer.Configuration.Tests;

/// <summary>Networks and routes that cannot be: each is told with its place, all at once.</summary>
public sealed class NetworkValidationTests
{
    public static TheoryData<string, InterfaceNetwork> Bad => new()
    {
        { "networks[0].name: 'a/b' is not the name of a network device: 1 to 15 bytes without '/', ':' and spaces", new VethNetwork { Name = "a/b" } },
        { "networks[0].name: 'lo' is the loopback interface", new VethNetwork { Name = "lo" } },
        { "networks[0].bridge: '' is not the name of a network device: 1 to 15 bytes without '/', ':' and spaces", new VethNetwork { Bridge = "" } },
        { "networks[0].hostPrefix: 'twelve-bytes' is longer than 11 bytes: a name has 15, and 4 are needed to tell one from the other", new VethNetwork { HostPrefix = "twelve-bytes" } },
        { "networks[0].hostPrefix: '' is not the name of a network device: 1 to 15 bytes without '/', ':' and spaces", new VethNetwork { HostPrefix = "" } },
        { "networks[0].mtu: 67 is not from 68 to 65535", new VethNetwork { Mtu = 67 } },
        { "networks[0].mtu: 1279 is not from 1280 to 65535", new VethNetwork { Mtu = 1279, Addresses = [Address("fd00::2/64")] } },
        { "networks[0].hardwareAddress: '02:42' is not the hardware address of one interface: six bytes such as 02:42:ac:11:00:02", new VethNetwork { HardwareAddress = "02:42" } },
        { "networks[0].hardwareAddress: '01:42:ac:11:00:02' is not the hardware address of one interface: six bytes such as 02:42:ac:11:00:02", new VethNetwork { HardwareAddress = "01:42:ac:11:00:02" } },
        { "networks[0].addresses[0]: 10.0.0.0/24 is the network itself", new VethNetwork { Addresses = [Address("10.0.0.0/24")] } },
        { "networks[0].addresses[0]: 10.0.0.255/24 is everybody's address in that network", new VethNetwork { Addresses = [Address("10.0.0.255/24")] } },
        { "networks[0].addresses[0]: 239.0.0.1/8 is the address of a group", new VethNetwork { Addresses = [Address("239.0.0.1/8")] } },
        { "networks[0].addresses[0]: ::/64 is no address", new VethNetwork { Addresses = [Address("::/64")] } },
        { "networks[0].addresses[1]: 10.0.0.2 is there twice", new VethNetwork { Addresses = [Address("10.0.0.2/24"), Address("10.0.0.2/16")] } },
        { "networks[0].gateways[0]: 10.1.0.1 is outside every network of this interface: 10.0.0.0/24", new VethNetwork { Addresses = [Address("10.0.0.2/24")], Gateways = [IPAddress.Parse("10.1.0.1")] } },
        { "networks[0].gateways[0]: fd00::1 is of a family that this interface has no address of", new VethNetwork { Addresses = [Address("10.0.0.2/24")], Gateways = [IPAddress.Parse("fd00::1")] } },
        { "networks[0].gateways[1]: there is a gateway of that family already, in networks[0]", new VethNetwork { Addresses = [Address("10.0.0.2/24")], Gateways = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.3")] } },
    };

    [Theory, MemberData(nameof(Bad))]
    public void What_cannot_be_is_told_with_its_place(string finding, InterfaceNetwork network) => Findings([network]).Should().Equal(finding);

    [Fact]
    public void Two_entries_that_want_one_name_are_told() => Findings([new VethNetwork { Name = "a" }, new VethNetwork { Name = "a" }]).Should().Equal("networks[1].name: 'a' is the name of two interfaces");

    [Fact]
    public void What_is_right_is_not_told() => Findings(
    [
        LoopbackNetwork.Instance with { Mtu = 1500 },
        new VethNetwork { Bridge = "docker0", Mtu = 1500, HardwareAddress = "02:42:ac:11:00:02", Addresses = [Address("10.0.0.2/31"), Address("fd00::2/64")], Gateways = [IPAddress.Parse("10.0.0.3"), IPAddress.Parse("fe80::1")] },
    ]).Should().BeEmpty();

    [Fact]
    public void A_route_leads_somewhere_in_one_family() => Findings([new VethNetwork()],
    [
        new RouteConfiguration { Interface = "eth0" },
        new RouteConfiguration { Interface = "", Destination = Address("10.0.0.0/8"), Gateway = IPAddress.Parse("fd00::1") },
    ]).Should().Equal(
        "routes[0]: has neither a destination nor a source nor a gateway",
        "routes[1].interface: '' is not the name of a network device: 1 to 15 bytes without '/', ':' and spaces",
        "routes[1]: is of IPv4 and of IPv6");

    [Fact]
    public void A_network_that_is_joined_is_the_others() => Valid.Findings(Valid.Container with
    {
        Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network,
        JoinedNamespaces = ImmutableDictionary<NamespaceKinds, string>.Empty.Add(NamespaceKinds.Network, "/proc/1/ns/net"),
        Networks = [LoopbackNetwork.Instance, new VethNetwork()],
        Routes = [new RouteConfiguration { Interface = "eth0", Gateway = IPAddress.Parse("10.0.0.1") }],
    }).Select(finding => $"{finding.Path}: {finding.Message}").Should().Equal(
        "networks[1]: the network is that of the namespace that is joined, and cannot be changed from here",
        "routes: the network is that of the namespace that is joined, and cannot be changed from here");

    [Fact]
    public void A_name_that_nobody_asked_for_is_the_first_that_is_free()
        => InterfaceNames.Of(Valid.Container with { Networks = [new VethNetwork(), LoopbackNetwork.Instance, new VethNetwork { Name = "eth1" }, new VethNetwork()] })
            .Should().Equal("eth0", "", "eth1", "eth2");

    private static InterfaceAddress Address(string text) => InterfaceAddress.Parse(text);

    private static IEnumerable<string> Findings(ImmutableArray<NetworkConfiguration> networks, ImmutableArray<RouteConfiguration> routes = default)
        => Valid.Findings(Valid.Container with { Networks = networks, Routes = routes }).Select(finding => $"{finding.Path}: {finding.Message}");
}
