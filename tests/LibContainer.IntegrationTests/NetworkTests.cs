using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FluentAssertions;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;
using LibContainer.Network;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>Containers on a bridge, in a network namespace that the test has made: seen from inside, from the host, and from each other.</summary>
public class NetworkTests : IDisposable
{
    private const int Bytes = 100 << 20;

    private readonly OwnNetwork _host;

    /// <summary>The bridge that 2014's documents are for.</summary>
    public NetworkTests()
    {
        Requires.Root();
        Sandbox.StartLauncher();
        _host = new OwnNetwork();
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.SetUp(netlink.GetLink("lo"));
            netlink.CreateBridge(new LinkOptions("docker0") { IsUp = true });
            NetworkLink bridge = netlink.GetLink("docker0");
            netlink.AddAddress(bridge, InterfaceAddress.Parse("172.17.42.1/16"));
            netlink.AddAddress(bridge, InterfaceAddress.Parse("fd00::1/64"));
        });
    }

    public void Dispose()
    {
        _host.Dispose();
        Sandbox.AwaitListener();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Two_containers_on_a_bridge_exchange_100_MB_over_IPv4_and_IPv6()
    {
        Requires.Root();
        Requires.ProgramOfUserland("busybox");
        string expected = Convert.ToHexStringLower(SHA256.HashData(Enumerable.Repeat("0123456789abcde\n"u8.ToArray(), Bytes / 16).SelectMany(line => line).ToArray()));

        // Nobody has an address of the round before: the kernel takes its network apart some time later, and it answers until then. Whoever has asked it by then sends what is for the new one there for 45 s.
        foreach ((string address, int number) in ((string, int)[])[("172.17.0.2", 2), ("fd00::4", 4)])
        {
            Thread server = new(() => _host.Run(() => Sandbox.Script("timeout 60 busybox nc -l -p 7000 -e sha256sum", Container($"172.17.0.{number}/16", $"fd00::{number}/64"))));
            server.Start();
            Sandbox.Result client = _host.Run(() => Sandbox.Script(
                $"n=0; until busybox yes 0123456789abcde | head -c {Bytes} | timeout 60 busybox nc {address} 7000; do n=$((n+1)); [ $n -lt 100000 ] || exit 1; done", Container($"172.17.0.{number + 1}/16", $"fd00::{number + 1}/64")));
            server.Join();

            client.Output.Should().StartWith(expected, $"over {address}: {client.Error}");
        }
    }

    [Fact]
    public void Addresses_routes_and_MTU_are_as_asked()
    {
        Requires.Root();
        Requires.Program("ip");
        ContainerConfiguration container = Sandbox.Default with
        {
            Networks =
            [
                LoopbackNetwork.Instance with { Mtu = 1500 },
                new VethNetwork
                {
                    Bridge = "docker0", Mtu = 1400, HardwareAddress = "02:42:ac:11:2a:02",
                    Addresses = [InterfaceAddress.Parse("172.17.42.2/16"), InterfaceAddress.Parse("fd00::42/64")],
                    Gateways = [IPAddress.Parse("172.17.42.1"), IPAddress.Parse("fd00::1")],
                },
                new VethNetwork { Bridge = "docker0", Name = "data0", HostPrefix = "d" },
            ],
            Routes = [new RouteConfiguration { Destination = InterfaceAddress.Parse("192.168.0.0/24"), Interface = "eth0" }],
        };

        Sandbox.Result result = _host.Run(() => Sandbox.Script("cat /sys/class/net/lo/mtu /sys/class/net/eth0/mtu /sys/class/net/eth0/address; ls /sys/class/net; ip route; ip -6 route show default; ip -6 address show dev eth0 tentative; ip -6 address show dev eth0 scope global", container));

        result.Lines[..3].Should().Equal("1500", "1400", "02:42:ac:11:2a:02");
        result.Lines[3..6].Should().Equal("data0", "eth0", "lo");
        result.Output.Should().ContainAll("default via 172.17.42.1 dev eth0", "172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.42.2", "192.168.0.0/24 dev eth0", "default via fd00::1 dev eth0", "inet6 fd00::42/64 scope global nodad");
        result.Output.Should().NotContain("fd00::42/64 scope global tentative");
    }

    [Fact]
    public void A_container_on_none_reaches_nobody()
    {
        Requires.Root();
        Requires.ProgramOfUserland("busybox");

        Sandbox.Result result = _host.Run(() => Sandbox.Script("busybox nc -w 5 172.17.42.1 7000; ls /sys/class/net; wc -l < /proc/net/route", Sandbox.Default));

        result.Error.Should().Contain("Network is unreachable");
        result.Lines[^2..].Should().Equal("lo", "1");
    }

    [Fact]
    public void The_networks_of_2014_work_unchanged()
    {
        Requires.Root();
        Requires.Program("ip");
        ContainerSpec spec = ContainerSpecReader.Read("""
            {"namespaces":{"NEWIPC":true,"NEWNET":true,"NEWNS":true,"NEWPID":true,"NEWUTS":true},
            "networks":[{"type":"loopback","address":"127.0.0.1/0","gateway":"localhost","mtu":1500},{"type":"veth","context":{"bridge":"docker0","prefix":"veth"},"address":"172.17.0.3/16","gateway":"172.17.42.1","mtu":1500}]}
            """u8.ToArray());
        ContainerConfiguration container = Namespaces.Convert(spec, "/", ["true"]).Container with { Root = Sandbox.Default.Root };

        Sandbox.Result result = _host.Run(() => Sandbox.Script("ip -o -4 address; ip route; cat /sys/class/net/lo/mtu", container));

        result.Output.Should().ContainAll("inet 127.0.0.1/8", "inet 172.17.0.3/16", "default via 172.17.42.1 dev eth0", "\n1500\n");
    }

    [Fact]
    public void A_container_that_joins_another_ones_network_sees_its_port()
    {
        Requires.Root();
        Requires.ProgramOfUserland("busybox");
        Sandbox.Result seen = null!;

        _host.Run(() => Sandbox.Exec(Container("172.17.0.2/16", "fd00::2/64"), new ProcessConfiguration("busybox", "nc", "-l", "-p", "7000"), new ExecOptions
        {
            StandardInput = StandardStream.Null,
            Started = first =>
            {
                ContainerConfiguration second = Sandbox.Default with
                {
                    Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network,
                    JoinedNamespaces = ImmutableDictionary<NamespaceKinds, string>.Empty.Add(NamespaceKinds.Network, $"/proc/{first.Id}/ns/net"),
                    Networks = [],
                };
                seen = Sandbox.Script("until grep -q ':1B58 ' /proc/net/tcp /proc/net/tcp6; do :; done; ls /sys/class/net; : | busybox nc 127.0.0.1 7000 && echo connected", second);
            },
        })).ExitCode.Should().Be(0);

        seen.Lines.Should().Equal("eth0", "lo", "connected");
    }

    [Theory]
    [InlineData("nosuch", "'nosuch' is not an absolute path")]
    [InlineData("/nosuch", "open /nosuch: ENOENT (No such file or directory)")]
    [InlineData("/dev/null", "/dev/null is no namespace")]
    [InlineData("/proc/self/ns/uts", "/proc/self/ns/uts is no network namespace")]
    public void A_path_that_is_no_network_namespace_is_named(string path, string message)
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with
        {
            Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network,
            JoinedNamespaces = ImmutableDictionary<NamespaceKinds, string>.Empty.Add(NamespaceKinds.Network, path),
            Networks = [],
        })).Should().Throw<ConfigurationException>().WithMessage($"joinedNamespaces[\"network\"]: {message}");
    }

    [Fact]
    public void A_bridge_that_is_not_there_is_named_and_so_is_one_that_is_none()
    {
        Requires.Root();
        ContainerConfiguration container = Sandbox.Default with { Networks = [LoopbackNetwork.Instance, new VethNetwork { Bridge = "nosuch" }, new VethNetwork { Bridge = "lo" }] };

        Action start = () => _host.Run(() => Sandbox.Script("true", container));

        start.Should().Throw<ConfigurationException>().Which.Findings.Select(finding => $"{finding.Path}: {finding.Message}").Should().Equal(
            "networks[1].bridge: this host has no interface nosuch", "networks[2].bridge: lo is no bridge");
    }

    [Fact]
    public void A_bridge_that_cannot_be_is_a_finding_and_not_an_error_of_the_kernels()
    {
        ContainerConfiguration container = Sandbox.Default with { Networks = [new VethNetwork { Bridge = "sixteen-letters-" }] };

        Action start = () => _host.Run(() => Sandbox.Script("true", container));

        start.Should().Throw<ConfigurationException>().Which.Findings.Should().ContainSingle().Which.Path.Should().Be("networks[0].bridge");
    }

    [Fact]
    public void A_refusal_has_the_entry_the_interface_and_the_kernels_words_and_leaves_nothing()
    {
        Requires.Root();
        ContainerConfiguration container = Container("172.17.0.2/16", "fd00::2/64") with
        {
            Routes = [new RouteConfiguration { Destination = InterfaceAddress.Parse("10.0.0.0/8"), Gateway = IPAddress.Parse("192.0.2.1"), Interface = "eth0" }],
        };

        Action start = () => _host.Run(() => Sandbox.Script("true", container));

        start.Should().Throw<NetworkException>().WithMessage("routes[0]: RTM_NEWROUTE 10.0.0.0/8 via 192.0.2.1 dev eth0: ENETUNREACH (Network is unreachable): Nexthop has invalid gateway");
        _host.Run(() => Names().Should().Equal("docker0", "lo"));
    }

    private static ContainerConfiguration Container(params string[] addresses) => Sandbox.Default with
    {
        Networks = [LoopbackNetwork.Instance, new VethNetwork { Bridge = "docker0", Addresses = [.. addresses.Select(InterfaceAddress.Parse)] }],
    };

    private static IEnumerable<string> Names()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return netlink.GetLinks().Select(link => link.Name).Order(StringComparer.Ordinal);
    }
}
