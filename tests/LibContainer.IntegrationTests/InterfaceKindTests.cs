using System.Collections.Immutable;
using FluentAssertions;
using LibContainer.Configuration;
using LibContainer.Network;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>Interfaces of a container that are no cable: on one of the host's, one of the host's itself, and what a host application makes. In a network namespace that the test has made.</summary>
public sealed class InterfaceKindTests : IDisposable
{
    private readonly OwnNetwork _host;

    /// <summary>A cable whose ends are both on the host: <c>lan0</c> and, with an address that can be asked for, <c>peer0</c>.</summary>
    public InterfaceKindTests()
    {
        Requires.Root();
        Sandbox.StartLauncher();
        _host = new OwnNetwork();
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateVeth(new LinkOptions("peer0") { IsUp = true }, new LinkOptions("lan0"));
            netlink.SetUp(netlink.GetLink("lan0"));
            netlink.AddAddress(netlink.GetLink("peer0"), InterfaceAddress.Parse("10.9.0.1/24"));
        });
    }

    public void Dispose()
    {
        _host.Dispose();
        Sandbox.AwaitListener();
    }

    [Fact]
    public void A_container_has_an_interface_on_one_of_the_hosts()
    {
        Requires.ProgramOfUserland("busybox");
        ContainerConfiguration container = Sandbox.Default with
        {
            Networks = [LoopbackNetwork.Instance, new MacvlanNetwork { Parent = "lan0", Name = "mac0", HardwareAddress = "02:00:00:00:00:09", Mtu = 1400, Addresses = [InterfaceAddress.Parse("10.9.0.9/24")] }],
        };

        _host.Run(() => Sandbox.Script("busybox nc -w 5 10.9.0.1 9 2>&1 | grep -o refused; ls /sys/class/net; cat /sys/class/net/mac0/address /sys/class/net/mac0/mtu", container))
            .Lines.Should().Equal("refused", "lo", "mac0", "02:00:00:00:00:09", "1400");
        _host.Run(() => Names().Should().Equal("lan0", "lo", "peer0"));
    }

    [Fact]
    public void A_device_of_the_hosts_moves_in_with_its_addresses_and_back_out()
    {
        Requires.ProgramOfUserland("busybox");
        Requires.Program("ip");
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateBridge(new LinkOptions("br0") { IsUp = true });
            netlink.SetMaster(netlink.GetLink("lan0"), netlink.GetLink("br0"));
            netlink.AddAddress(netlink.GetLink("lan0"), InterfaceAddress.Parse("10.9.0.2/24"));
            netlink.AddAddress(netlink.GetLink("lan0"), InterfaceAddress.Parse("fd09::2/64"));
            NetworkLink before = netlink.GetLink("lan0");

            Sandbox.Result result = Sandbox.Script("ip -o address show dev data0; busybox nc -w 5 10.9.0.1 9 2>&1 | grep -o refused; ls /sys/class/net", WithDevice);

            result.Output.Should().ContainAll("10.9.0.2/24", "fd09::2/64", "\nrefused\ndata0\nlo\n");
            NetworkLink after = netlink.GetLink("lan0");
            after.Should().BeEquivalentTo(before, options => options.Including(link => link.Name).Including(link => link.IsUp).Including(link => link.Master).Including(link => link.HardwareAddress));
            netlink.GetAddresses().Where(address => address.Index == after.Index && !address.IsLinkLocal).Select(address => address.Address.ToString()).Should().BeEquivalentTo("10.9.0.2/24", "fd09::2/64");
        });
    }

    [Fact]
    public void A_device_comes_back_from_a_start_that_fails()
        => _host.Run(() =>
        {
            FluentActions.Invoking(() => Sandbox.Exec(WithDevice, new ProcessConfiguration("/nosuch"))).Should().Throw<IOException>();

            Names().Should().Equal("lan0", "lo", "peer0");
        });

    [Fact]
    public void What_is_not_there_is_named()
    {
        ContainerConfiguration container = Sandbox.Default with
        {
            Networks = [new MacvlanNetwork { Parent = "nosuch" }, new IpvlanNetwork { Parent = "nosuch" }, new CustomNetwork("nosuch")],
            NetworkDevices = ImmutableDictionary<string, string>.Empty.Add("nosuch", "data0"),
        };

        FluentActions.Invoking(() => _host.Run(() => Sandbox.Script("true", container))).Should().Throw<ConfigurationException>().Which.Findings.Select(finding => $"{finding.Path}: {finding.Message}").Should().Equal(
            "networks[0].parent: this host has no interface nosuch", "networks[1].parent: this host has no interface nosuch", "networks[2].strategy: there is no strategy 'nosuch'",
            "networkDevices[\"nosuch\"]: this host has no interface nosuch");
    }

    [Fact]
    public void A_strategy_of_the_host_application_connects_and_is_told_of_the_end()
    {
        Cable strategy = new();
        ContainerConfiguration container = Sandbox.Default with { Networks = [new CustomNetwork("cable") { Settings = ImmutableDictionary<string, string>.Empty.Add("name", "mine0") }] };
        ExecOptions options = new() { NetworkStrategies = ImmutableDictionary<string, INetworkStrategy>.Empty.Add("cable", strategy), Started = _ => strategy.Log.Add("runs") };

        _host.Run(() => Sandbox.Exec(container, new ProcessConfiguration("/bin/sh", "-c", "[ -e /sys/class/net/mine0 ]"), options)).ExitCode.Should().Be(0);

        strategy.Log.Should().Equal("connected", "runs", "ended");
    }

    [Fact]
    public void A_strategy_says_what_is_wrong_before_anything_is_made()
    {
        ExecOptions options = new() { NetworkStrategies = ImmutableDictionary<string, INetworkStrategy>.Empty.Add("cable", new Cable()) };

        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default with { Networks = [new CustomNetwork("cable")] }, new ProcessConfiguration("/bin/true"), options))
            .Should().Throw<ConfigurationException>().WithMessage("networks[0].settings[\"name\"]: is missing");
    }

    private static ContainerConfiguration WithDevice => Sandbox.Default with { NetworkDevices = ImmutableDictionary<string, string>.Empty.Add("lan0", "data0") };

    private static IEnumerable<string> Names()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return netlink.GetLinks().Select(link => link.Name).Order(StringComparer.Ordinal);
    }

    private sealed class Cable : INetworkStrategy
    {
        internal List<string> Log { get; } = [];

        public IEnumerable<ConfigurationFinding> Check(CustomNetwork network) => network.Settings.ContainsKey("name") ? [] : [new ConfigurationFinding("settings[\"name\"]", "is missing")];

        public IDisposable Connect(CustomNetwork network, NetworkAttachment container)
        {
            container.Host.CreateVeth(new LinkOptions("near0"), new LinkOptions(network.Settings["name"]) { Namespace = container.Namespace });
            Log.Add("connected");
            return new End(this);
        }

        private sealed class End(Cable strategy) : IDisposable
        {
            public void Dispose() => strategy.Log.Add("ended");
        }
    }
}
