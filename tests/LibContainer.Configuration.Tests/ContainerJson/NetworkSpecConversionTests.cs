using System.Net;
using System.Text;
using LibContainer.Configuration.ContainerJson;

namespace LibContainer.Configuration.Tests.ContainerJson;

/// <summary>Networks and routes of documents of 2014.</summary>
public sealed class NetworkSpecConversionTests
{
    private const string Own = """ "namespaces":{"NEWNS":true,"NEWNET":true} """;

    private const string Cable = """{"type":"veth","context":{"bridge":"docker0","prefix":"veth"},"address":"172.17.42.2/16","gateway":"172.17.42.1","mtu":1500}""";

    private static ContainerConfiguration Convert(string json)
        => ContainerSpecConversion.Convert(ContainerSpecReader.Read(Encoding.UTF8.GetBytes(json)), "/root/of/it", ["cmd"], _ => null).Container;

    private static string[] Findings(string json)
        => [.. FluentActions.Invoking(() => Convert(json)).Should().Throw<ConfigurationException>().Which.Findings.Select(finding => finding.ToString())];

    [Fact]
    public void The_networks_and_routes_of_the_sample_document_are_taken_over()
    {
        ContainerConfiguration container = Convert($$"""
            { {{Own}}, "networks":[{"type":"loopback","address":"127.0.0.1/0","gateway":"localhost","mtu":1500},{{Cable}}],
              "routes":[{"gateway":"172.17.42.1","interface_name":"eth0"},{"destination":"192.168.0.0/24","interface_name":"eth0"}] }
            """);

        container.Networks.Should().HaveCount(2);
        container.Networks[0].Should().Be(new LoopbackNetwork { Mtu = 1500 });
        container.Networks[1].Should().BeEquivalentTo(new
        {
            Name = (string?)null,
            Bridge = "docker0",
            HostPrefix = "veth",
            Mtu = 1500,
            HardwareAddress = (string?)null,
        });
        InterfaceNetwork cable = container.Networks[1].Should().BeOfType<VethNetwork>().Subject;
        cable.Addresses.Should().Equal(InterfaceAddress.Parse("172.17.42.2/16"));
        cable.Gateways.Should().Equal(IPAddress.Parse("172.17.42.1"));
        container.Routes.Should().Equal(
            [new RouteConfiguration { Destination = InterfaceAddress.Parse("192.168.0.0/24"), Interface = "eth0" }], "the first says what the gateway says");
        ConfigurationValidator.Validate(container, Valid.Process).Should().BeEmpty();
    }

    [Fact]
    public void What_is_empty_is_none()
    {
        VethNetwork cable = Convert($$$"""{ {{{Own}}}, "networks":[{"type":"veth","context":{"bridge":"b","prefix":""}}] }""")
            .Networks.Should().ContainSingle().Which.Should().BeOfType<VethNetwork>().Subject;

        cable.Addresses.Should().BeEmpty();
        cable.Gateways.Should().BeEmpty();
        cable.Mtu.Should().BeNull();
        cable.HostPrefix.Should().BeEmpty();
        Convert($$"""{ {{Own}}, "networks":[{"type":"loopback"}] }""").Networks.Should().Equal(LoopbackNetwork.Instance);
    }

    [Theory]
    [InlineData("""{"namespaces":{"NEWNS":true,"NEWNET":true},"networks":[{"type":"loopback"},{"type":"netns","context":{"nspath":"/run/netns/a"}}]}""")]
    [InlineData("""{"namespaces":{"NEWNS":true},"networks":[{"type":"netns","ns_path":"/run/netns/a"}]}""")]
    public void A_namespace_that_is_entered_is_joined_and_none_is_made(string json)
    {
        ContainerConfiguration container = Convert(json);

        container.Namespaces.Should().Be(NamespaceKinds.Mount);
        container.JoinedNamespaces.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create(NamespaceKinds.Network, "/run/netns/a"));
        container.Networks.Should().BeEmpty();
        container.Routes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"netns"}""", "networks[0].context.nspath: is missing")]
    [InlineData("""{"type":"netns","context":{"nspath":"a"}}""", "networks[0].context.nspath: 'a' is not an absolute path")]
    [InlineData("""{"type":"netns","context":{"nspath":""}}""", "networks[0].context.nspath: '' is not an absolute path")]
    [InlineData("""{"type":"netns","context":{"nspath":"/a"}},{"type":"netns","context":{"nspath":"/b"}}""", "networks[1]: a container enters one network namespace")]
    [InlineData(
        """{"type":"netns","context":{"nspath":"/a"}},{"type":"veth","context":{"bridge":"b","prefix":"v"}}""",
        "networks[1]: a container that enters a network namespace by netns has the networks of whoever made that")]
    [InlineData("""{"type":"carrier pigeon"}""", "networks[0]: 'carrier pigeon' is not a network strategy")]
    [InlineData("""{"type":"loopback","mtu":-1}""", "networks[0].mtu: -1 is not from 68 to 65535, nor 0 for the kernel's choice")]
    [InlineData("""{"type":"loopback"},{"type":"veth","context":{"prefix":"v"}}""", "networks[1].context.bridge: is missing")]
    [InlineData("""{"type":"veth","context":{"bridge":"b"}}""", "networks[0].context.prefix: is missing")]
    [InlineData(
        """{"type":"veth","context":{"bridge":"b","prefix":"v"},"address":"10.0.0.2"}""",
        "networks[0].address: '10.0.0.2' is not an address with a prefix length, such as 172.17.42.2/16")]
    [InlineData(
        """{"type":"veth","context":{"bridge":"b","prefix":"v"},"gateway":"localhost"}""",
        "networks[0].gateway: 'localhost' is not an address, such as 172.17.42.1")]
    [InlineData(
        """{"type":"veth","context":{"bridge":"b","prefix":"v"},"mtu":4294967296}""",
        "networks[0].mtu: 4294967296 is not from 68 to 65535, nor 0 for the kernel's choice")]
    public void What_is_wrong_with_a_network_is_said_with_its_place(string networks, string finding)
        => Findings($$"""{ {{Own}}, "networks":[{{networks}}] }""").Should().Equal(finding);

    [Theory]
    [InlineData("""{"interface_name":"eth0"}""", "routes[0]: needs a destination, a source or a gateway")]
    [InlineData("""{"gateway":"10.0.0.1"}""", "routes[0].interface_name: is missing")]
    [InlineData(
        """{"destination":"10.0.0.0","interface_name":"eth0"}""",
        "routes[0].destination: '10.0.0.0' is not an address with a prefix length, such as 172.17.42.2/16")]
    [InlineData("""{"gateway":"10.0.0.1/8","interface_name":"eth0"}""", "routes[0].gateway: '10.0.0.1/8' is not an address, such as 172.17.42.1")]
    [InlineData(
        """{"destination":"fd00::/8","gateway":"10.0.0.1","interface_name":"eth0"}""",
        "routes[0]: destination, gateway and source are of two families")]
    [InlineData(
        """{"source":"10.0.0.0/24","interface_name":"eth0"}""",
        "routes[0].source: '10.0.0.0/24' is a network, and the kernel has no routes by source network; one address, with /32, is what packets leave with")]
    public void What_is_wrong_with_a_route_is_said_with_its_place(string routes, string finding)
        => Findings($$"""{ {{Own}}, "routes":[{{routes}}] }""").Should().Equal(finding);

    [Fact]
    public void A_source_that_is_one_address_is_what_packets_leave_with()
        => Convert($$"""
            { {{Own}}, "routes":[{"destination":"10.1.0.0/16","source":"10.0.0.2/32","gateway":"10.0.0.1","interface_name":"eth0"},
              {"source":"fd00::2/128","interface_name":"eth0"}] }
            """).Routes.Should().Equal(
            new RouteConfiguration
            {
                Destination = InterfaceAddress.Parse("10.1.0.0/16"),
                Source = IPAddress.Parse("10.0.0.2"),
                Gateway = IPAddress.Parse("10.0.0.1"),
                Interface = "eth0",
            },
            new RouteConfiguration { Source = IPAddress.Parse("fd00::2"), Interface = "eth0" });

    [Theory]
    [InlineData("""{"gateway":"172.17.42.1","interface_name":"eth0"}""", true)]
    [InlineData("""{"destination":"0.0.0.0/0","gateway":"172.17.42.1","interface_name":"eth0"}""", true)]
    [InlineData("""{"gateway":"172.17.42.1","interface_name":"eth1"}""", false)]
    [InlineData("""{"gateway":"172.17.42.9","interface_name":"eth0"}""", false)]
    [InlineData("""{"gateway":"172.17.42.1","source":"172.17.42.2/32","interface_name":"eth0"}""", false)]
    [InlineData("""{"destination":"10.0.0.0/8","gateway":"172.17.42.1","interface_name":"eth0"}""", false)]
    public void A_route_that_says_what_a_gateway_says_is_left_out(string route, bool isSaid)
        => Convert($$"""{ {{Own}}, "networks":[{{Cable}}], "routes":[{{route}}] }""").Routes.IsEmpty.Should().Be(isSaid);

    [Fact]
    public void Routes_and_cables_of_a_namespace_that_is_entered_are_an_others_and_a_cable_needs_one_of_its_own()
    {
        Findings("""{"networks":[{"type":"netns","context":{"nspath":"/a"}}],"routes":[{"gateway":"10.0.0.1","interface_name":"eth0"}]}""")
            .Should().Equal("routes: a container that enters a network namespace by netns has the routes of whoever made that");
        Findings("""{"networks":[{"type":"veth","context":{"bridge":"b","prefix":"v"}}]}""")
            .Should().Equal("networks[0]: veth needs a network namespace of the container's own: NEWNET");
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
        => Findings("""
            {"networks":[{"type":"veth","address":"a","gateway":"b","mtu":1},{"type":"x"}],"routes":[{"destination":"c","source":"d","gateway":"e"}]}
            """).Select(finding => finding.Split(": ")[0]).Should().Equal(
            "networks[0]", "networks[0].address", "networks[0].gateway", "networks[0].context.bridge", "networks[0].context.prefix", "networks[0].mtu",
            "networks[1]", "routes[0].destination", "routes[0].source", "routes[0].gateway", "routes[0].interface_name");
}
