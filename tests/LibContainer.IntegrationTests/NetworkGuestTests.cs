using FluentAssertions;
using LibContainer.Configuration;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>Kinds of interfaces that not every kernel has, on one that has them.</summary>
[Trait("Machine", "v2")]
public sealed class NetworkGuestTests : IDisposable
{
    private readonly OwnNetwork _host;

    public NetworkGuestTests()
    {
        Requires.Root();
        Sandbox.StartLauncher();
        _host = new OwnNetwork();
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateDummy(new LinkOptions("dummy0") { IsUp = true, Mtu = 1400 });
        });
    }

    public void Dispose()
    {
        _host.Dispose();
        Sandbox.AwaitListener();
    }

    [Fact]
    public void A_dummy_is_one_as_ip_sees_it()
    {
        Requires.Program("ip");

        _host.Run(() => Command.Run("ip", "-details", "link", "show", "dummy0").Output).Should().ContainAll("dummy0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1400", "dummy");
    }

    [Theory]
    [InlineData(IpvlanMode.L2)]
    [InlineData(IpvlanMode.L3)]
    [InlineData(IpvlanMode.L3S)]
    public void Two_containers_on_one_interface_by_ipvlan_reach_each_other(IpvlanMode mode)
    {
        Requires.Program("ip");
        Sandbox.Result second = null!;

        _host.Run(() => Sandbox.Exec(OnDummy(mode, "10.9.0.2/24"), new ProcessConfiguration("/bin/sleep", "600"), new ExecOptions
        {
            Started = first =>
            {
                second = Sandbox.Script("ip -details link show eth0; timeout 60 bash -c 'exec 3<>/dev/tcp/10.9.0.2/9' 2>&1 | grep -o refused", OnDummy(mode, "10.9.0.3/24"));
                first.Kill();
            },
        }));

        second.Output.Should().ContainAll($"ipvlan  mode {mode.ToString().ToLowerInvariant()} bridge", "mtu 1400", "refused");
    }

    private static ContainerConfiguration OnDummy(IpvlanMode mode, string address)
        => Sandbox.Default with { Networks = [LoopbackNetwork.Instance, new IpvlanNetwork { Parent = "dummy0", Mode = mode, Addresses = [InterfaceAddress.Parse(address)] }] };
}
