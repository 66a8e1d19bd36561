using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Capabilities.Tests;

/// <summary>The five sets as steps.</summary>
public sealed class CapabilityStepsTests
{
    private static readonly CapabilityConfiguration Sets = new(
        Bounding: CapabilitySet.Chown | CapabilitySet.Kill,
        Effective: CapabilitySet.Kill,
        Permitted: CapabilitySet.Kill | CapabilitySet.Chown | CapabilitySet.Setuid,
        Inheritable: CapabilitySet.Chown,
        Ambient: CapabilitySet.CheckpointRestore);

    [Fact]
    public void The_bounding_set_is_one_step_up_to_the_kernels_last_capability()
    {
        LaunchPlan.Builder plan = new();
        CapabilitySteps.AddBounding(plan, Sets, 40);

        plan.Build().Steps.Should().Equal(new LimitCapabilitiesStep(0b100001, 40));
    }

    [Theory]
    [InlineData(40, 39)]
    [InlineData(37, 36)]
    public void Only_capabilities_that_the_kernel_knows_are_dropped(int last, int dropped)
    {
        LaunchPlan.Builder plan = new();
        CapabilitySteps.AddBounding(plan, Sets, last);

        plan.Build().Steps[0].SystemCalls.Should().HaveCount(dropped);
    }

    [Fact]
    public void The_ambient_set_comes_behind_the_sets_that_it_lies_in()
    {
        LaunchPlan.Builder plan = new();
        CapabilitySteps.AddSets(plan, Sets);

        plan.Build().Steps.Should().Equal(
            new SetCapabilitiesStep(Effective: 1 << 5, Permitted: 1 << 7 | 1 << 5 | 1, Inheritable: 1),
            new SetAmbientCapabilitiesStep(1UL << 40));
    }

    [Fact]
    public void No_capabilities_at_all_are_set_too()
    {
        LaunchPlan.Builder plan = new();
        CapabilitySteps.AddBounding(plan, CapabilityConfiguration.Empty, 40);
        CapabilitySteps.AddSets(plan, CapabilityConfiguration.Empty);

        plan.Build().Steps.Should().Equal(new LimitCapabilitiesStep(0, 40), new SetCapabilitiesStep(0, 0, 0)); // an ambient set goes with the inheritable one
    }

    [Fact]
    public void An_ambient_set_that_could_outlive_the_change_is_cleared()
    {
        LaunchPlan.Builder plan = new();
        CapabilitySteps.AddSets(plan, CapabilityConfiguration.Empty with { Inheritable = CapabilitySet.Chown, Permitted = CapabilitySet.Chown });

        plan.Build().Steps.Should().Equal(new SetCapabilitiesStep(0, 1, 1), new SetAmbientCapabilitiesStep(0));
    }
}
