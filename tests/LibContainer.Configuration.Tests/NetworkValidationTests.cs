using System.Collections.Immutable;

namespace LibContainer.Configuration.Tests;

/// <summary>The rules about networks: where they can be, and how interfaces are called.</summary>
public sealed class NetworkValidationTests
{
    private const string NeedsOne = "a network needs a network namespace of the container's own";

    private const string IsAnothers = "a network namespace that is joined has what its maker gave it, and nothing is added";

    private static readonly ContainerConfiguration Everything = Valid.Container with
    {
        Networks = [LoopbackNetwork.Instance, new VethNetwork()],
        Routes = [new RouteConfiguration { Destination = InterfaceAddress.Parse("10.0.0.0/8"), Interface = "eth0" }],
        NetworkDevices = Map(("eth5", "eth5")),
    };

    [Fact]
    public void Networks_routes_and_devices_need_a_namespace_of_the_containers_own()
    {
        Valid.Rules(Everything).Should().BeEmpty();
        Valid.Rules(Everything with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network })
            .Should().Equal($"networks: {NeedsOne}", $"routes: {NeedsOne}", $"networkDevices: {NeedsOne}");
    }

    [Fact]
    public void A_namespace_that_is_joined_gets_nothing()
    {
        ContainerConfiguration joined = Everything with
        {
            Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network,
            JoinedNamespaces = Valid.Container.JoinedNamespaces.Add(NamespaceKinds.Network, "/run/netns/a"),
        };

        Valid.Rules(joined).Should().Equal($"networks: {IsAnothers}", $"routes: {IsAnothers}", $"networkDevices: {IsAnothers}");
        Valid.Rules(joined with { Networks = [], Routes = [], NetworkDevices = Map() }).Should().BeEmpty();
        Valid.Rules(joined with { Namespaces = NamespaceKinds.Default, Networks = [], Routes = [], NetworkDevices = Map() })
            .Should().Equal("""joinedNamespaces["network"]: a namespace is either joined or new""");
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("123456789012345", true)]
    [InlineData("1234567890123456", false)]
    [InlineData("üüüüüüüa", true)]
    [InlineData("üüüüüüüü", false)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...", true)]
    [InlineData("a/b", false)]
    [InlineData("a:b", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("eth%d", false)]
    public void An_interface_has_a_name_that_the_kernel_takes(string name, bool good)
    {
        Places(new VethNetwork { Name = name }).Should().Equal(good ? [] : ["networks[0].name"]);
        Places(new VethNetwork { Bridge = name }).Should().Equal(good ? [] : ["networks[0].bridge"]);
        Places(new MacvlanNetwork { Parent = name }).Should().Equal(good ? [] : ["networks[0].parent"]);
        Places(new IpvlanNetwork { Parent = name }).Should().Equal(good ? [] : ["networks[0].parent"]);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("veth", true)]
    [InlineData("12345678901", true)]
    [InlineData("123456789012", false)]
    [InlineData("a/", false)]
    [InlineData("a b", false)]
    public void Names_of_the_hosts_end_begin_with_what_leaves_room(string prefix, bool good)
        => Places(new VethNetwork { HostPrefix = prefix }).Should().Equal(good ? [] : ["networks[0].hostPrefix"]);

    [Fact]
    public void Two_interfaces_have_two_names_and_none_is_the_loopbacks()
    {
        Rules(new VethNetwork { Name = "a" }, new VethNetwork { Name = "b" }, new VethNetwork { Name = "a" })
            .Should().Equal("networks[2].name: 'a' is the name of two interfaces");
        Rules(new VethNetwork(), new VethNetwork { Name = "eth0" }).Should().BeEmpty("who has no name gets one that is free");
        Rules(new VethNetwork { Name = "lo" }).Should().Equal("networks[0].name: 'lo' is the name of the container's loopback");
    }

    [Fact]
    public void A_device_of_the_host_has_a_name_that_no_interface_has()
        => Valid.Rules(Valid.Container with { Networks = [new VethNetwork { Name = "a" }], NetworkDevices = Map(("b", "a"), ("c", "lo"), ("lo", "d")) })
            .Should().Equal(
                """networkDevices["b"]: 'a' is the name of two devices""",
                """networkDevices["c"]: 'lo' is the name of the container's loopback""",
                """networkDevices["lo"]: the host's loopback cannot leave it""");

    [Theory]
    [InlineData(67, "10.0.0.2/24", "networks[0].mtu: 67 is not from 68 to 65535")]
    [InlineData(68, "10.0.0.2/24", null)]
    [InlineData(65535, "fd00::2/64", null)]
    [InlineData(65536, "10.0.0.2/24", "networks[0].mtu: 65536 is not from 68 to 65535")]
    [InlineData(1280, "fd00::2/64", null)]
    [InlineData(1279, "fd00::2/64", "networks[0].mtu: 1279 is too little for an address of IPv6, which needs 1280")]
    public void Packets_have_a_size_that_the_addresses_allow(int mtu, string address, string? finding)
        => Rules(new VethNetwork { Mtu = mtu, Addresses = [InterfaceAddress.Parse(address)] }).Should().Equal(finding is null ? [] : [finding]);

    [Theory]
    [InlineData(67, false)]
    [InlineData(68, true)]
    [InlineData(65536, true)]
    [InlineData(65537, false)]
    public void Packets_of_the_loopback_are_as_large_as_the_kernel_makes_them_at_most(int mtu, bool good)
        => Places(new LoopbackNetwork { Mtu = mtu }).Should().Equal(good ? [] : ["networks[0].mtu"]);

    [Theory]
    [InlineData("02:42:ac:11:2a:02", null)]
    [InlineData("02:42:AC:11:2A:02", null)]
    [InlineData("", "'' is not a hardware address: six pairs of hexadecimal digits, such as 02:42:ac:11:2a:02")]
    [InlineData("02:42:ac:11:2a", "'02:42:ac:11:2a' is not a hardware address: six pairs of hexadecimal digits, such as 02:42:ac:11:2a:02")]
    [InlineData("02:42:ac:11:2a:0g", "'02:42:ac:11:2a:0g' is not a hardware address: six pairs of hexadecimal digits, such as 02:42:ac:11:2a:02")]
    [InlineData("2:42:ac:11:2a:002", "'2:42:ac:11:2a:002' is not a hardware address: six pairs of hexadecimal digits, such as 02:42:ac:11:2a:02")]
    [InlineData("03:42:ac:11:2a:02", "03:42:ac:11:2a:02 is the address of a group, not of one interface")]
    [InlineData("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff is the address of a group, not of one interface")]
    [InlineData("00:00:00:00:00:00", "00:00:00:00:00:00 is no interface's address")]
    public void A_hardware_address_is_six_pairs_and_one_interfaces(string address, string? finding)
        => Rules(new VethNetwork { HardwareAddress = address }).Should().Equal(finding is null ? [] : [$"networks[0].hardwareAddress: {finding}"]);

    [Fact]
    public void What_only_one_kind_of_network_has_is_judged_as_well()
        => Rules(
            new IpvlanNetwork { Parent = "eth0", HardwareAddress = "02:42:ac:11:2a:02", Mode = (IpvlanMode)7 },
            new MacvlanNetwork { Parent = "eth0", Mode = (MacvlanMode)7 },
            new CustomNetwork("")).Should().Equal(
                "networks[0].mode: 7 is not a mode of ipvlan",
                "networks[0].hardwareAddress: an interface of ipvlan has its parent's",
                "networks[1].mode: 7 is not a mode of macvlan",
                "networks[2].strategy: a strategy has a name");

    private static IEnumerable<string> Rules(params NetworkConfiguration[] networks) => Valid.Rules(Valid.Container with { Networks = [.. networks] });

    private static IEnumerable<string> Places(NetworkConfiguration network) => Rules(network).Select(finding => finding.Split(": ")[0]);

    private static ImmutableDictionary<string, string> Map(params (string Key, string Value)[] entries)
        => entries.ToImmutableDictionary(entry => entry.Key, entry => entry.Value);
}
