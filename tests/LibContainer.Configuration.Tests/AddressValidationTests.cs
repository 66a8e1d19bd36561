using System.Net;

namespace LibContainer.Configuration.Tests;

/// <summary>The rules about addresses of interfaces, their gateways, and routes.</summary>
public sealed class AddressValidationTests
{
    [Theory]
    [InlineData("10.0.0.2/24", null)]
    [InlineData("10.0.0.0/31", null)]
    [InlineData("10.0.0.1/31", null)]
    [InlineData("10.0.0.0/32", null)]
    [InlineData("fd00::/64", null)]
    [InlineData("10.0.0.0/30", "the address of the network itself")]
    [InlineData("10.0.0.3/30", "the address of everybody in the network")]
    [InlineData("10.0.0.255/24", "the address of everybody in the network")]
    [InlineData("10.0.0.255/23", null)]
    [InlineData("255.255.255.255/32", "the address of everybody")]
    [InlineData("224.0.0.1/24", "the address of a group")]
    [InlineData("239.255.255.255/32", "the address of a group")]
    [InlineData("ff02::1/64", "the address of a group")]
    [InlineData("0.0.0.0/0", "no address")]
    [InlineData("::/64", "no address")]
    [InlineData("127.0.0.1/8", "the loopback's")]
    [InlineData("::1/128", "the loopback's")]
    public void An_address_is_one_interfaces(string address, string? what)
        => Rules(Cable([address])).Should().Equal(what is null ? [] : [$"networks[0].addresses[0]: {address} is {what}, not the address of one interface"]);

    [Fact]
    public void An_address_is_there_once_in_a_container()
        => Rules(Cable(["10.0.0.2/24", "10.0.0.2/16"]), LoopbackNetwork.Instance, Cable(["fd00::2/64", "10.0.0.2/24"])).Should().Equal(
            "networks[0].addresses[1]: 10.0.0.2 is there twice: networks[0].addresses[0]",
            "networks[2].addresses[1]: 10.0.0.2 is there twice: networks[0].addresses[0]");

    [Theory]
    [InlineData("10.0.0.2/24", "10.0.0.1", null)]
    [InlineData("10.0.0.2/24", "10.0.1.1", "10.0.1.1 is outside every network of this interface: 10.0.0.0/24")]
    [InlineData("10.0.0.2/24", "10.0.0.2", "10.0.0.2 is the interface's own address")]
    [InlineData("10.0.0.2/24", "fd00::1", "fd00::1 cannot be reached: this interface has no address of IPv6")]
    [InlineData("fd00::2/64", "10.0.0.1", "10.0.0.1 cannot be reached: this interface has no address of IPv4")]
    [InlineData("fd00::2/64", "fd00::1", null)]
    [InlineData("fd00::2/64", "fd01::1", "fd01::1 is outside every network of this interface: fd00::/64")]
    [InlineData("fd00::2/64", "fe80::1", null)]
    [InlineData("fd00::2/64", "fe80::1%3", "fe80::1%3 has a scope: it is the interface that says the link")]
    public void A_gateway_is_in_a_network_of_its_interface(string address, string gateway, string? finding)
        => Rules(Cable([address], gateway)).Should().Equal(finding is null ? [] : [$"networks[0].gateways[0]: {finding}"]);

    [Fact]
    public void A_gateway_is_in_any_of_the_networks_and_all_are_named_otherwise()
    {
        Rules(Cable(["10.0.0.2/24", "10.0.1.2/24"], "10.0.1.1")).Should().BeEmpty();
        Rules(Cable(["10.0.0.2/24", "fd00::2/64", "10.0.1.2/24"], "10.0.2.1"))
            .Should().Equal("networks[0].gateways[0]: 10.0.2.1 is outside every network of this interface: 10.0.0.0/24, 10.0.1.0/24");
    }

    [Fact]
    public void Of_each_family_there_is_one_default_gateway()
    {
        Rules(Cable(["10.0.0.2/24", "fd00::2/64"], "10.0.0.1", "fd00::1")).Should().BeEmpty();
        Rules(Cable(["10.0.0.2/24"], "10.0.0.1", "10.0.0.3"))
            .Should().Equal("networks[0].gateways[1]: a container has one default gateway of IPv4, and this is the second: networks[0].gateways[0]");
        Rules(Cable(["fd00::2/64"], "fd00::1"), Cable(["fd01::2/64"], "fd01::1"))
            .Should().Equal("networks[1].gateways[0]: a container has one default gateway of IPv6, and this is the second: networks[0].gateways[0]");
    }

    [Theory]
    [InlineData("10.0.0.0/8", null, null, null)]
    [InlineData(null, "10.0.0.1", null, null)]
    [InlineData(null, null, "10.0.0.2", null)]
    [InlineData("10.0.0.0/8", "10.0.0.1", "10.0.0.2", null)]
    [InlineData(null, null, null, "routes[0]: needs a destination, a gateway or a source")]
    [InlineData("10.0.0.0/8", "fd00::1", null, "routes[0]: destination, gateway and source are of two families")]
    [InlineData("10.0.0.0/8", null, "fd00::1", "routes[0]: destination, gateway and source are of two families")]
    [InlineData(null, "10.0.0.1", "fd00::1", "routes[0]: destination, gateway and source are of two families")]
    [InlineData("fd00::/8", "fe80::1%3", null, "routes[0].gateway: fe80::1%3 has a scope: it is the interface that says the link")]
    [InlineData("fd00::/8", null, "fe80::1%3", "routes[0].source: fe80::1%3 has a scope: it is the interface that says the link")]
    public void A_route_says_something_and_in_one_family(string? destination, string? gateway, string? source, string? finding)
        => Valid.Rules(Routed(Route(destination, gateway, source))).Should().Equal(finding is null ? [] : [finding]);

    [Fact]
    public void A_route_leaves_by_an_interface_of_the_container()
    {
        ContainerConfiguration container = Routed(Route("10.0.0.0/8") with { Interface = "eth1" });

        Valid.Rules(container).Should().Equal("routes[0].interface: 'eth1' is no interface of the container");
        Valid.Rules(container with { Networks = [Cable([]), Cable([])] }).Should().BeEmpty();
        Valid.Rules(container with { NetworkDevices = container.NetworkDevices.Add("a", "eth1") }).Should().BeEmpty();
        Valid.Rules(container with { Networks = [new CustomNetwork("mine")] }).Should().BeEmpty("what that has is known to it alone");
        Valid.Rules(Routed(Route("10.0.0.0/8") with { Interface = "lo" })).Should().BeEmpty();
        Valid.Rules(container with { Networks = [new CustomNetwork("mine")], Routes = [Route("10.0.0.0/8") with { Interface = "a/b" }] })
            .Should().ContainSingle().Which.Should().StartWith("routes[0].interface: 'a/b' is not the name of a network device");
    }

    [Fact]
    public void To_each_network_there_is_one_route()
    {
        Valid.Rules(Routed(Route("10.0.0.0/8"), Route("10.0.0.0/9"), Route("10.9.9.9/8", "10.0.0.1")))
            .Should().Equal("routes[2]: there is a route to 10.0.0.0/8 already: routes[0]");
        Valid.Rules(Routed(Route("0.0.0.0/0", "10.0.0.1"), Route(null, "10.0.0.3"), Route(null, "fd00::1")))
            .Should().Equal("routes[1]: there is a route to 0.0.0.0/0 already: routes[0]");
        Valid.Rules(Routed(Route(null, "10.0.0.1")) with { Networks = [Cable(["10.0.0.2/24"], "10.0.0.1")] })
            .Should().Equal("routes[0]: there is a route to 0.0.0.0/0 already: networks[0].gateways[0]");
    }

    private static RouteConfiguration Route(string? destination, string? gateway = null, string? source = null) => new()
    {
        Destination = destination is null ? null : InterfaceAddress.Parse(destination),
        Gateway = gateway is null ? null : IPAddress.Parse(gateway),
        Source = source is null ? null : IPAddress.Parse(source),
        Interface = "eth0",
    };

    private static ContainerConfiguration Routed(params RouteConfiguration[] routes)
        => Valid.Container with { Networks = [new VethNetwork()], Routes = [.. routes] };

    private static VethNetwork Cable(string[] addresses, params string[] gateways)
        => new() { Addresses = [.. addresses.Select(InterfaceAddress.Parse)], Gateways = [.. gateways.Select(IPAddress.Parse)] };

    private static IEnumerable<string> Rules(params NetworkConfiguration[] networks) => Valid.Rules(Valid.Container with { Networks = [.. networks] });
}
