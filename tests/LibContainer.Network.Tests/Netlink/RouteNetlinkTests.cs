using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>The kernel's own network, in a namespace that each test makes.</summary>
public sealed class RouteNetlinkTests
{
    [Fact]
    public void An_interface_that_was_made_is_told_as_it_was_made() => InOwnNetwork(netlink =>
    {
        netlink.CreateBridge(new LinkOptions("br0") { HardwareAddress = PhysicalAddress.Parse("02:00:00:00:00:01"), IsUp = true });
        NetworkLink bridge = netlink.GetLink("br0");
        netlink.CreateVeth(new LinkOptions("a") { Mtu = 1400, Master = bridge.Index, IsUp = true }, new LinkOptions("b") { Mtu = 1400 });
        NetworkLink a = netlink.GetLink("a"), b = netlink.GetLink("b");

        bridge.Should().Match<NetworkLink>(link => link.Kind == "bridge" && link.IsUp && link.HardwareAddress.ToString() == "020000000001");
        a.Should().Match<NetworkLink>(link => link.Kind == "veth" && link.IsUp && link.Mtu == 1400 && link.Master == bridge.Index && link.Parent == b.Index);
        b.Should().Match<NetworkLink>(link => link.Kind == "veth" && !link.IsUp && link.Mtu == 1400 && link.Master == 0 && link.Parent == a.Index);
        netlink.GetLinks().Select(link => link.Name).Should().BeEquivalentTo("lo", "br0", "a", "b");
    });

    [Fact]
    public void Who_listens_for_the_end_of_interfaces_is_not_woken_by_anything_else() => InOwnNetwork(netlink =>
    {
        using NetlinkSocket listener = NetlinkSocket.Open();
        listener.Join(Rtnetlink.RTNLGRP_LINK, Rtnetlink.RTM_DELLINK);
        netlink.CreateBridge(new LinkOptions("br0") { IsUp = true });
        netlink.SetMtu(netlink.GetLink("br0"), 1400);
        netlink.Delete(netlink.GetLink("br0"));
        byte[] buffer = new byte[32768];

        ReadOnlySpan<byte> packet = buffer.AsSpan(0, listener.Receive(buffer));
        ReadOnlySpan<byte> message = NetlinkConnection.Next(ref packet, out ushort type, out _);

        type.Should().Be(Rtnetlink.RTM_DELLINK);
        NetworkLink.Parse(message[NetlinkRequest.HeaderLength..]).Name.Should().Be("br0");
    });

    [Fact]
    public void Settings_are_seen_and_leave_the_others_alone() => InOwnNetwork(netlink =>
    {
        netlink.CreateVeth(new LinkOptions("a"), new LinkOptions("b"));
        NetworkLink link = netlink.GetLink("a");

        netlink.SetMtu(link, 1300);
        netlink.SetHardwareAddress(link, PhysicalAddress.Parse("02:00:00:00:00:02"));
        netlink.AddAlternativeName(link, "a-name-that-is-long");
        netlink.GetLink(link.Index).Should().Match<NetworkLink>(now => now.Mtu == 1300 && !now.IsUp && now.HardwareAddress.ToString() == "020000000002" && now.AlternativeNames.Single() == "a-name-that-is-long");
        netlink.SetUp(link);
        netlink.GetLink("a").IsUp.Should().BeTrue();
        netlink.SetDown(link);
        netlink.GetLink("a").IsUp.Should().BeFalse();
        netlink.DeleteAlternativeName(link, "a-name-that-is-long");
        netlink.Rename(link, "c");
        netlink.GetLink("c").Should().Match<NetworkLink>(now => now.Index == link.Index && now.AlternativeNames.IsEmpty);
        netlink.Delete(link);
        netlink.FindLink("c").Should().BeNull();
        netlink.FindLink("b").Should().BeNull("a cable has two ends");
    });

    [Fact]
    public void A_port_comes_and_goes() => InOwnNetwork(netlink =>
    {
        netlink.CreateBridge(new LinkOptions("br0"));
        netlink.CreateVeth(new LinkOptions("a"), new LinkOptions("b"));

        netlink.SetMaster(netlink.GetLink("a"), netlink.GetLink("br0"));
        netlink.GetLink("a").Master.Should().Be(netlink.GetLink("br0").Index);
        netlink.SetMaster(netlink.GetLink("a"), null);
        netlink.GetLink("a").Master.Should().Be(0);
    });

    [Fact]
    public void Addresses_and_routes_of_both_families_are_told() => InOwnNetwork(netlink =>
    {
        netlink.CreateVeth(new LinkOptions("a") { IsUp = true }, new LinkOptions("b") { IsUp = false });
        netlink.SetUp(netlink.GetLink("b"));
        NetworkLink link = netlink.GetLink("a");
        InterfaceAddress first = InterfaceAddress.Parse("10.0.0.1/24"), second = InterfaceAddress.Parse("fd00::1/64");
        netlink.AddAddress(link, first);
        netlink.AddAddress(link, second);

        netlink.GetAddresses().Where(address => address.Index == link.Index && !address.IsLinkLocal)
            .Should().BeEquivalentTo([new LinkAddress(link.Index, first, false, true, false), new LinkAddress(link.Index, second, false, true, false)]);

        RouteConfiguration route = new() { Destination = InterfaceAddress.Parse("192.0.2.0/24"), Gateway = IPAddress.Parse("10.0.0.2"), Source = first.Address, Interface = "a" };
        netlink.AddRoute(link, route);
        netlink.AddRoute(link, new RouteConfiguration { Gateway = IPAddress.Parse("fd00::2"), Interface = "a" });
        netlink.GetRoutes(AddressFamily.InterNetwork).Should().Contain(new NetworkRoute(route.Destination, route.Gateway, first.Address, link.Index, 0));
        netlink.GetRoutes(AddressFamily.InterNetworkV6).Should().ContainSingle(found => found.Destination == null && found.Gateway!.ToString() == "fd00::2" && found.Index == link.Index);

        netlink.DeleteRoute(link, route);
        netlink.DeleteAddress(link, first);
        netlink.GetRoutes(AddressFamily.InterNetwork).Should().BeEmpty();
    });

    /// <summary>The kernel's own, for the network that an address is in, says protocol "kernel": what is deleted is looked for without one.</summary>
    [Theory]
    [InlineData("10.0.0.1/24")]
    [InlineData("fd00::1/64")]
    public void A_route_is_deleted_whoever_has_added_it(string text) => InOwnNetwork(netlink =>
    {
        InterfaceAddress address = InterfaceAddress.Parse(text);
        netlink.CreateVeth(new LinkOptions("a") { IsUp = true }, new LinkOptions("b"));
        netlink.SetUp(netlink.GetLink("b"));
        NetworkLink link = netlink.GetLink("a");
        netlink.AddAddress(link, address);
        Routes().Should().ContainSingle();

        netlink.DeleteRoute(link, new RouteConfiguration { Destination = address, Interface = "a" });
        Routes().Should().BeEmpty();

        IEnumerable<NetworkRoute> Routes() => netlink.GetRoutes(address.Address.AddressFamily).Where(route => route.Destination?.Network.Equals(address.Network) == true);
    });

    [Theory]
    [InlineData("10.0.0.9")]
    [InlineData("fd00::9")]
    public void A_neighbour_is_told_until_it_is_taken_back(string text) => InOwnNetwork(netlink =>
    {
        netlink.CreateVeth(new LinkOptions("a") { IsUp = true }, new LinkOptions("b"));
        netlink.SetUp(netlink.GetLink("b"));
        NetworkLink link = netlink.GetLink("a");
        IPAddress address = IPAddress.Parse(text);
        PhysicalAddress hardware = PhysicalAddress.Parse("02:00:00:00:00:09");

        netlink.AddNeighbour(link, address, hardware);
        netlink.GetNeighbours().Should().Contain(new NetworkNeighbour(link.Index, address, hardware, NeighbourState.Permanent));

        netlink.DeleteNeighbour(link, address);
        netlink.GetNeighbours().Should().NotContain(neighbour => neighbour.Address.Equals(address) && neighbour.State == NeighbourState.Permanent);
    });

    /// <summary>Nobody answers for it: b has no address.</summary>
    [Fact]
    public void A_neighbour_that_is_asked_for_in_vain_has_no_hardware_address() => InOwnNetwork(netlink =>
    {
        netlink.CreateVeth(new LinkOptions("a") { IsUp = true }, new LinkOptions("b"));
        netlink.SetUp(netlink.GetLink("b"));
        NetworkLink link = netlink.GetLink("a");
        netlink.AddAddress(link, InterfaceAddress.Parse("10.0.0.1/24"));
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo(new byte[1], new IPEndPoint(IPAddress.Parse("10.0.0.2"), 9));

        NetworkNeighbour neighbour = netlink.GetNeighbours().Single(found => found.Address.ToString() == "10.0.0.2");
        neighbour.Index.Should().Be(link.Index);
        neighbour.HardwareAddress.Should().Be(PhysicalAddress.None);
        neighbour.State.Should().BeOneOf(NeighbourState.Incomplete, NeighbourState.Failed);
    });

    [Fact]
    public void A_socket_stays_in_the_namespace_that_it_was_opened_in()
    {
        Requires.Root();
        using OwnNetwork one = new(), other = new();
        using RouteNetlink netlink = one.Run(RouteNetlink.Open);
        other.Run(() =>
        {
            using RouteNetlink here = RouteNetlink.Open();
            here.CreateBridge(new LinkOptions("other0"));
        });

        one.Run(() => netlink.CreateBridge(new LinkOptions("one0")));
        other.Run(() => netlink.GetLinks().Select(link => link.Name)).Should().BeEquivalentTo("lo", "one0");
    }

    [Fact]
    public void The_other_end_is_born_where_it_belongs_and_an_interface_moves()
    {
        Requires.Root();
        using OwnNetwork one = new(), other = new();
        using RouteNetlink here = one.Run(RouteNetlink.Open), there = other.Run(RouteNetlink.Open);
        using Microsoft.Win32.SafeHandles.SafeFileHandle target = File.OpenHandle(other.Path);

        one.Run(() => here.CreateVeth(new LinkOptions("a"), new LinkOptions("eth0") { Namespace = target }));
        here.GetLinks().Select(link => link.Name).Should().BeEquivalentTo("lo", "a");
        there.GetLinks().Select(link => link.Name).Should().BeEquivalentTo("lo", "eth0");

        here.MoveToNamespace(here.GetLink("a"), target, "eth1");
        here.GetLinks().Select(link => link.Name).Should().BeEquivalentTo("lo");
        there.GetLinks().Select(link => link.Name).Should().BeEquivalentTo("lo", "eth0", "eth1");
    }

    [Fact]
    public void What_one_end_sends_the_other_receives() => InOwnNetwork(netlink =>
    {
        netlink.CreateVeth(new LinkOptions("a") { IsUp = true }, new LinkOptions("b"));
        NetworkLink a = netlink.GetLink("a"), b = netlink.GetLink("b");
        netlink.SetUp(b);
        netlink.AddAddress(a, InterfaceAddress.Parse("10.0.0.1/24"));
        netlink.AddNeighbour(a, IPAddress.Parse("10.0.0.2"), b.HardwareAddress);
        // The kernel sees a moment later that the cable has both ends up, and throws away what is sent before: linkwatch_do_dev.
        const uint Running = 0x40; // IFF_RUNNING
        SpinWait.SpinUntil(() => (netlink.GetLink(a.Index).Flags & Running) != 0, TimeSpan.FromSeconds(10)).Should().BeTrue();
        LinkStatistics before = netlink.GetLink(b.Index).Statistics;
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < 10; i++)
            socket.SendTo(new byte[1000], new IPEndPoint(IPAddress.Parse("10.0.0.2"), 9));

        LinkStatistics sent = netlink.GetLink(a.Index).Statistics, received = netlink.GetLink(b.Index).Statistics;
        (received.ReceivedBytes - before.ReceivedBytes).Should().BeGreaterThanOrEqualTo(10 * 1042);
        sent.SentPackets.Should().BeGreaterThanOrEqualTo(10);
        netlink.DeleteNeighbour(a, IPAddress.Parse("10.0.0.2"));
    });

    [Fact]
    public void A_refusal_has_the_request_the_errno_and_the_kernels_words() => InOwnNetwork(netlink =>
    {
        netlink.CreateBridge(new LinkOptions("br0") { IsUp = true });
        NetworkLink bridge = netlink.GetLink("br0");

        Refusal(() => netlink.CreateBridge(new LinkOptions("br0"))).Should().Be("RTM_NEWLINK br0 type bridge: EEXIST (File exists)");
        Refusal(() => netlink.GetLink("nosuch")).Should().Be("RTM_GETLINK nosuch: ENODEV (No such device)");
        Refusal(() => netlink.SetMtu(bridge, 70000)).Should().Be("RTM_NEWLINK br0 mtu 70000: EINVAL (Invalid argument): mtu greater than device maximum");
        Refusal(() => netlink.AddRoute(bridge, new RouteConfiguration { Gateway = IPAddress.Parse("192.0.2.1"), Interface = "br0" }))
            .Should().Be("RTM_NEWROUTE default via 192.0.2.1 dev br0: ENETUNREACH (Network is unreachable): Nexthop has invalid gateway");
        netlink.GetLinks().Should().HaveCount(2, "the connection goes on after an error");

        static string Refusal(Action action) => FluentActions.Invoking(action).Should().Throw<NetlinkException>().Which.Message;
    });

    [Fact]
    public void What_is_no_socket_of_netlink_is_refused()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/dev/null");

        FluentActions.Invoking(() => RouteNetlink.Over(file)).Should().Throw<LinuxException>().WithMessage("bind AF_NETLINK: ENOTSOCK*");
    }

    private static void InOwnNetwork(Action<RouteNetlink> test)
    {
        Requires.Root();
        using OwnNetwork network = new();
        network.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            test(netlink);
        });
    }
}
