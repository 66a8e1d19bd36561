using System.Collections.Immutable;

namespace LibContainer.Configuration.Tests;

/// <summary>How interfaces are called whose name nobody gave.</summary>
public sealed class InterfaceNamesTests
{
    private static readonly VethNetwork Nameless = new();

    [Fact]
    public void Interfaces_without_a_name_are_counted_from_eth0()
        => Names(Nameless, LoopbackNetwork.Instance, Nameless, new CustomNetwork("mine"), new MacvlanNetwork { Parent = "a" })
            .Should().Equal("eth0", "", "eth1", "", "eth2");

    [Fact]
    public void A_name_that_another_entry_has_is_not_given_also_when_that_comes_later()
        => Names(Nameless, Nameless with { Name = "eth0" }, Nameless, Nameless with { Name = "lan" }, Nameless with { Name = "eth2" }, Nameless)
            .Should().Equal("eth1", "eth0", "eth3", "lan", "eth2", "eth4");

    [Fact]
    public void A_name_that_a_device_of_the_host_gets_is_not_given()
        => InterfaceNames.Of(Valid.Container with { Networks = [Nameless], NetworkDevices = Valid.Container.NetworkDevices.Add("eth7", "eth0") })
            .Should().Equal("eth1");

    [Fact]
    public void No_networks_have_no_names() => Names().Should().BeEmpty();

    private static ImmutableArray<string> Names(params NetworkConfiguration[] networks) => InterfaceNames.Of(Valid.Container with { Networks = [.. networks] });
}
