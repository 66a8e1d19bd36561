using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>
/// Our requests beside those that ip(8) sends for the same: <c>scripts/capture-netlink</c> has written these down. Links there: a0 is 10, br0 20, br2 30; descriptor 4 is a namespace.
/// Every difference has its reason here, and one that does not occur any more is an error as well.
/// </summary>
public sealed class CaptureTests
{
    private const string VirtualFunctions = "IFLA_29=01000000"; // IFLA_EXT_MASK=RTEXT_FILTER_VF

    private static readonly string Folder = Path.Combine(Repository.Root, "tests/LibContainer.Network.Tests/Captures");

    private static readonly LinkOptions V0 = new("v0"), M0 = new("m0"), I0 = new("i0");

    /// <summary>Case; lines that only we have; lines that only ip has; why.</summary>
    private static readonly (string Case, string[] Ours, string[] Ips, string Reason)[] Differences =
    [
        ("link-add-ipvlan-l2 and the isolation is left as it is", [], ["IFLA_LINKINFO/IFLA_INFO_DATA/IFLA_IPVLAN_FLAGS=0000"],
            "the flags are those of the parent and of all that are on it: a container that says nothing does not change them for the others, as ip does"),
        ("link-set-address asks first what there is", ["flags=5"], ["flags=1"], "NLM_F_ACK: by the acknowledgement the end of the answers is known"),
        ("link-show", [".family=00"], [".family=11"], "ip says AF_PACKET, for which the kernel has no list but the one of AF_UNSPEC"),
        ("link-show", [], [VirtualFunctions], "ip shows the virtual functions of network cards, which are of no use to a container and make answers long"),
        ("link-show-name", ["flags=5"], ["flags=1"], "NLM_F_ACK, as above"),
        ("link-show-name", [".family=00"], [".family=11"], "as above"),
        ("link-show-name", [], [VirtualFunctions], "as above"),
        ("addr-add-v4-loopback", [".scope=00"], [".scope=fe"], "the kernel itself makes it RT_SCOPE_HOST for 127.0.0.0/8: inet_insert_ifa"),
        ("route-show", [], ["RTA_TABLE=fe000000"], "the kernel makes it an error when the main table has never had a route; we take its routes out of all"),
        ("route-show-v6", [], ["RTA_TABLE=fe000000"], "as above"),
        ("neigh-del", [".state=0000"], [".state=8000"], "the kernel looks at no state when it deletes: neigh_delete"),
    ];

    private static readonly Case[] Cases =
    [
        new("link-add-veth", LinkRequests.CreateVeth(V0 with { Mtu = 1400, HardwareAddress = Mac(1) }, new("eth0") { Mtu = 1300, HardwareAddress = Mac(2) }, farNamespace: 4)),
        new("link-add-veth-plain", LinkRequests.CreateVeth(V0, new("v1"), farNamespace: -1)),
        new("link-add-veth-queues", LinkRequests.CreateVeth(V0 with { Queues = 1 }, new("v1") { Queues = 1 }, farNamespace: -1)),
        new("link-add-veth-master", LinkRequests.CreateVeth(V0 with { Master = 20, IsUp = true }, new("v1"), farNamespace: -1)),
        new("link-add-bridge", LinkRequests.CreateBridge(new("br1"))),
        new("link-add-bridge-up", LinkRequests.CreateBridge(new("br1") { HardwareAddress = Mac(5), IsUp = true })),
        new("link-add-dummy", LinkRequests.CreateDummy(new("d0"))),
        new("link-add-macvlan-private", LinkRequests.CreateMacvlan(M0, 10, MacvlanMode.Private, -1)),
        new("link-add-macvlan-vepa", LinkRequests.CreateMacvlan(M0, 10, MacvlanMode.Vepa, -1)),
        new("link-add-macvlan-bridge", LinkRequests.CreateMacvlan(M0 with { Mtu = 1400, HardwareAddress = Mac(3) }, 10, MacvlanMode.Bridge, 4)),
        new("link-add-macvlan-passthru", LinkRequests.CreateMacvlan(M0, 10, MacvlanMode.Passthru, -1)),
        new("link-add-ipvlan-l2", LinkRequests.CreateIpvlan(I0, 10, IpvlanMode.L2, IpvlanIsolation.Bridge, -1)),
        new("link-add-ipvlan-l2 and the isolation is left as it is", LinkRequests.CreateIpvlan(I0, 10, IpvlanMode.L2, null, -1)),
        new("link-add-ipvlan-l3-private", LinkRequests.CreateIpvlan(I0, 10, IpvlanMode.L3, IpvlanIsolation.Private, 4)),
        new("link-add-ipvlan-l3s-vepa", LinkRequests.CreateIpvlan(I0, 10, IpvlanMode.L3S, IpvlanIsolation.Vepa, -1)),
        new("link-set-up", LinkRequests.SetFlags(20, "br0", Uapi.IFF_UP, Uapi.IFF_UP)),
        new("link-set-down", LinkRequests.SetFlags(10, "a0", 0, Uapi.IFF_UP)),
        new("link-set-mtu", LinkRequests.SetMtu(10, "a0", 1400)),
        new("link-set-address", LinkRequests.SetHardwareAddress(20, "br0", Mac(4).GetAddressBytes())),
        new("link-set-address asks first what there is", LinkRequests.GetByIndex(20)),
        new("link-set-name", LinkRequests.Rename(20, "br0", "br9")),
        new("link-set-master", LinkRequests.SetMaster(10, "a0", 20)),
        new("link-set-nomaster", LinkRequests.SetMaster(10, "a0", 0)),
        new("link-set-netns-pid", LinkRequests.MoveToProcess(10, "a0", 1)),
        new("link-set-netns-fd", LinkRequests.MoveToNamespace(10, "a0", 4, null)),
        new("link-set-netns-fd-name", LinkRequests.MoveToNamespace(10, "a0", 4, "eth0")),
        new("link-altname-add", LinkRequests.AddAlternativeName(20, "br0", "a-longer-name-than-fifteen")),
        new("link-altname-del", LinkRequests.DeleteAlternativeName(30, "br2", "an-old-name")),
        new("link-del", LinkRequests.Delete(20, "br0")),
        new("link-show", LinkRequests.GetAll()),
        new("link-show-name", LinkRequests.Get("a0")),
        new("addr-add-v4", AddressRequests.Add(20, "br0", InterfaceAddress.Parse("10.3.0.1/24"))),
        new("addr-add-v4-loopback", AddressRequests.Add(1, "lo", InterfaceAddress.Parse("127.0.0.2/8"))),
        new("addr-add-v6-nodad", AddressRequests.Add(20, "br0", InterfaceAddress.Parse("fd00:3::1/64"))),
        new("addr-del-v4", AddressRequests.Delete(10, "a0", InterfaceAddress.Parse("10.1.0.1/24"))),
        new("addr-del-v6", AddressRequests.Delete(10, "a0", InterfaceAddress.Parse("fd00:1::1/64"))),
        new("addr-show", AddressRequests.GetAll()),
        new("addr-show-v6", AddressRequests.GetAll(AddressFamily.InterNetworkV6)),
        new("route-add-default", AddressRequests.AddRoute(10, Route(null, "10.1.0.2"))),
        new("route-add-prefix", AddressRequests.AddRoute(10, Route("10.4.0.0/16", null))),
        new("route-add-src", AddressRequests.AddRoute(10, Route("10.4.3.2/16", "10.1.0.2", "10.1.0.1"))),
        new("route-add-v6-default", AddressRequests.AddRoute(10, Route(null, "fd00:1::2"))),
        new("route-add-v6-prefix", AddressRequests.AddRoute(10, Route("fd00:4::77/32", null))),
        new("route-del", AddressRequests.DeleteRoute(10, Route("10.2.0.0/16", "10.1.0.2"))),
        new("route-del-prefix", AddressRequests.DeleteRoute(10, Route("10.1.0.0/24", null))),
        new("route-del-v6", AddressRequests.DeleteRoute(10, Route("fd00:2::/32", "fd00:1::2"))),
        new("route-show", AddressRequests.GetRoutes(AddressFamily.InterNetwork)),
        new("route-show-v6", AddressRequests.GetRoutes(AddressFamily.InterNetworkV6)),
        new("neigh-add-v4", AddressRequests.AddNeighbour(10, "a0", IPAddress.Parse("10.1.0.8"), Mac(8).GetAddressBytes())),
        new("neigh-add-v6", AddressRequests.AddNeighbour(10, "a0", IPAddress.Parse("fd00:1::8"), Mac(8).GetAddressBytes())),
        new("neigh-del", AddressRequests.DeleteNeighbour(10, "a0", IPAddress.Parse("10.1.0.9"))),
        new("neigh-show", AddressRequests.GetNeighbours()),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_is_what_ip_sends_but_for_what_has_a_reason(string name)
    {
        Case one = Cases.Single(one => one.Name == name);
        DecodedMessage ours = new(one.Request.Bytes);

        (string[] onlyOurs, string[] onlyIps) = Compare(ours, OfIp(one.Capture, ours.Type));

        onlyOurs.Should().BeEquivalentTo(Differences.Where(difference => difference.Case == name).SelectMany(difference => difference.Ours));
        onlyIps.Should().BeEquivalentTo(Differences.Where(difference => difference.Case == name).SelectMany(difference => difference.Ips));
    }

    [Fact]
    public void Every_request_has_a_capture()
    {
        string[] builders =
        [
            .. new[] { typeof(LinkRequests), typeof(AddressRequests) }
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
                .Where(method => !method.IsPrivate && method.ReturnType == typeof(NetlinkRequest)).Select(method => $"{method.DeclaringType!.Name}.{method.Name}"),
        ];

        builders.Should().OnlyHaveUniqueItems("a case knows its request by this name");
        Cases.Select(one => one.Builder).Distinct().Should().BeEquivalentTo(builders);
    }

    [Fact]
    public void Every_capture_has_a_request()
        => Cases.Select(one => one.Capture).Distinct().Should().BeEquivalentTo(Directory.GetFiles(Folder, "*.txt").Select(Path.GetFileNameWithoutExtension));

    [Fact]
    public void Every_difference_has_a_reason_and_a_case()
        => Differences.Should().OnlyContain(
            difference => difference.Reason.Length > 0 && difference.Ours.Length + difference.Ips.Length > 0 && Cases.Any(one => one.Name == difference.Case));

    /// <summary>The comparison itself: each of these has one thing changed.</summary>
    [Fact]
    public void A_changed_type_flag_attribute_or_field_is_noticed()
    {
        DecodedMessage ip = OfIp("link-set-mtu", Rtnetlink.RTM_NEWLINK);

        Compare(new(LinkRequests.SetMtu(10, "a0", 1400).Bytes), ip).Ours.Should().BeEmpty();
        Compare(new(LinkRequests.SetMtu(10, "a0", 1401).Bytes), ip).Ours.Should().Equal("IFLA_MTU=79050000");
        Compare(new(LinkRequests.SetMtu(11, "a0", 1400).Bytes), ip).Ours.Should().Equal(".index=0b000000");
        Compare(new(new NetlinkRequest(Rtnetlink.RTM_NEWLINK, 0, "x").Link(10).Add(Rtnetlink.IFLA_MTU, 1400u).Bytes), ip).Ours.Should().Equal("flags=1");
        Compare(new(LinkRequests.SetFlags(10, "a0", Uapi.IFF_UP, Uapi.IFF_UP).Bytes), ip).Ips.Should().Equal(".change=00000000", ".flags=00000000", "IFLA_MTU=78050000");
        Compare(new(LinkRequests.Delete(10, "a0").Bytes), ip).Ours.Should().Equal("type=17");
        Compare(new(LinkRequests.SetMtu(10, "a0", 1400).Add(Rtnetlink.IFLA_MTU, 1400u).Bytes), ip).Ours.Should().Equal("IFLA_MTU=78050000");
    }

    private static (string[] Ours, string[] Ips) Compare(DecodedMessage ours, DecodedMessage ip) => (Without(ours.Lines, ip.Lines), Without(ip.Lines, ours.Lines));

    /// <summary>One that is there twice has to be in the other twice.</summary>
    private static string[] Without(IReadOnlyList<string> lines, IReadOnlyList<string> others)
    {
        List<string> rest = [.. lines];
        foreach (string other in others)
            rest.Remove(other);
        return [.. rest];
    }

    /// <summary>ip asks for names and numbers before, and first of all, with sequence number 0, whether the kernel knows RTM_NEWLINK. The last of the same type is what was wanted.</summary>
    private static DecodedMessage OfIp(string capture, ushort type)
        => File.ReadLines(Path.Combine(Folder, capture + ".txt")).Where(line => !line.StartsWith('#')).Select(line => new DecodedMessage(Convert.FromHexString(line)))
            .Last(message => message.Type == type && message.Sequence != 0);

    private static RouteConfiguration Route(string? destination, string? gateway, string? source = null) => new()
    {
        Destination = destination is null ? null : InterfaceAddress.Parse(destination),
        Gateway = gateway is null ? null : IPAddress.Parse(gateway),
        Source = source is null ? null : IPAddress.Parse(source),
        Interface = "a0",
    };

    private static PhysicalAddress Mac(byte last) => new([2, 0, 0, 0, 0, last]);

    /// <param name="Name">That of the capture, and words when it is not the only one with it.</param>
    /// <param name="Request">Ours.</param>
    /// <param name="Code">How it is made, as it stands above.</param>
    private sealed record Case(string Name, NetlinkRequest Request, [CallerArgumentExpression(nameof(Request))] string Code = "")
    {
        public string Capture => Name.Split(' ')[0];

        public string Builder => Code.Split('(')[0];
    }
}
