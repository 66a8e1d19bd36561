using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Network.Tests;

/// <summary>Networks as steps.</summary>
public sealed class NetworkStepsTests
{
    [Fact]
    public void A_loopback_network_brings_lo_up() => Steps([LoopbackNetwork.Instance]).Should().Equal(new InterfaceUpStep("lo"));

    [Fact]
    public void A_container_that_says_nothing_has_a_loopback()
        => Steps(new ContainerConfiguration { Root = RootFileSystem.HostUserland() }.Networks).Should().Equal(new InterfaceUpStep("lo"));

    [Fact]
    public void No_network_takes_no_step() => Steps([]).Should().BeEmpty();

    [Fact]
    public void Every_network_has_its_steps_in_order_behind_what_is_planned_already()
    {
        LaunchPlan.Builder plan = new();
        plan.Add(new NewSessionStep());
        NetworkSteps.Add(plan, new() { Root = RootFileSystem.HostUserland(), Networks = [LoopbackNetwork.Instance, new LoopbackNetwork()] });

        plan.Build().Steps.Should().Equal(new NewSessionStep(), new InterfaceUpStep("lo"), new InterfaceUpStep("lo"));
    }

    [Fact]
    public void A_step_says_in_words_what_it_does()
        => Steps([LoopbackNetwork.Instance]).Should().ContainSingle().Which.Description.Should().Be("ioctl SIOCSIFFLAGS lo up");

    private static ImmutableArray<LaunchStep> Steps(ImmutableArray<NetworkConfiguration> networks)
    {
        LaunchPlan.Builder plan = new();
        NetworkSteps.Add(plan, new ContainerConfiguration { Root = RootFileSystem.HostUserland(), Networks = networks });
        return plan.Build().Steps;
    }
}
