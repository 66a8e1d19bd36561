using static LibContainer.Configuration.CapabilitySet;

namespace LibContainer.Configuration.Tests;

/// <summary>The kernel's rules about which set lies in which, said by name.</summary>
public sealed class CapabilityValidationTests
{
    [Theory]
    [InlineData(None)]
    [InlineData(NetAdmin)]
    [InlineData(NetAdmin | Kill | CheckpointRestore)]
    public void The_same_capabilities_in_three_sets_are_good(CapabilitySet capabilities)
        => Paths(CapabilityConfiguration.Of(capabilities)).Should().BeEmpty();

    [Fact]
    public void The_same_capability_in_all_five_sets_is_good()
        => Paths(new CapabilityConfiguration(Kill, Kill, Kill, Kill, Kill)).Should().BeEmpty();

    [Theory]
    [InlineData(None, Kill | NetAdmin, Kill, None, None, "effective: NetAdmin is not in the permitted set")]
    [InlineData(Kill, None, None, Kill, Kill, "ambient: Kill is not in the permitted set")]
    [InlineData(Kill, None, Kill, None, Kill, "ambient: Kill is not in the inheritable set")]
    [InlineData(None, None, Kill, Kill, None, "inheritable: Kill is not in the bounding set")]
    [InlineData(Chown, None, Kill, Chown | Kill | Setuid, None, "inheritable: Kill, Setuid is not in the bounding set")]
    public void A_set_that_is_larger_than_the_one_it_lies_in_is_bad(
        CapabilitySet bounding, CapabilitySet effective, CapabilitySet permitted, CapabilitySet inheritable, CapabilitySet ambient, string finding)
        => Findings(new CapabilityConfiguration(bounding, effective, permitted, inheritable, ambient)).Should().Equal("process.capabilities." + finding);

    [Fact]
    public void Permitted_may_be_larger_than_bounding()
        => Paths(new CapabilityConfiguration(None, Kill, Kill, None, None)).Should().BeEmpty("the bounding set limits what exec gains, and not what is had");

    [Fact]
    public void Each_rule_that_is_broken_is_reported()
        => Paths(new CapabilityConfiguration(None, Kill, None, Setuid, NetAdmin)).Should().Equal(
            "process.capabilities.effective", "process.capabilities.ambient", "process.capabilities.ambient", "process.capabilities.inheritable");

    [Fact]
    public void Of_gives_nothing_that_is_inherited()
        => CapabilityConfiguration.Of(Kill).Should().Be(new CapabilityConfiguration(Bounding: Kill, Effective: Kill, Permitted: Kill, Inheritable: None, Ambient: None));

    private static IEnumerable<string> Paths(CapabilityConfiguration sets) => Valid.Paths(Valid.Process with { Capabilities = sets });

    private static IEnumerable<string> Findings(CapabilityConfiguration sets)
        => Valid.Findings(Valid.Process with { Capabilities = sets }).Select(finding => finding.ToString());

    [Fact]
    public void A_capability_that_nobody_knows_is_told_by_its_bit()
        => Valid.Findings(Valid.Process with { Capabilities = CapabilityConfiguration.Of((CapabilitySet)(1UL << 63)) })
            .Should().ContainSingle().Which.ToString().Should().Be("process.capabilities: 0x8000000000000000 is not a capability that is known");
}
