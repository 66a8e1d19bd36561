namespace LibContainer.Configuration.Tests;

/// <summary>The rules about resource limits.</summary>
public sealed class ResourceLimitValidationTests
{
    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(1UL, 2UL)]
    [InlineData(2UL, 2UL)]
    [InlineData(2UL, null)]
    [InlineData(null, null)]
    public void A_soft_limit_up_to_the_hard_one_is_good(ulong? soft, ulong? hard)
        => Valid.Findings(Valid.Process with { ResourceLimits = [new(ResourceKind.Core, soft, hard)] }).Should().BeEmpty();

    [Theory]
    [InlineData(1UL, 0UL)]
    [InlineData(3UL, 2UL)]
    [InlineData(null, 2UL)]
    public void A_soft_limit_above_the_hard_one_is_bad(ulong? soft, ulong? hard)
        => Valid.Findings(Valid.Process with { ResourceLimits = [new(ResourceKind.Core, soft, hard)] }).Should().Equal(
            new ConfigurationFinding("process.resourceLimits[0]", "the soft limit of Core is above the hard one"));

    [Fact]
    public void A_resource_that_is_limited_again_is_bad()
        => Valid.Findings(Valid.Process with { ResourceLimits = [new(ResourceKind.Core, 0, 0), new(ResourceKind.Cpu, 1, 1), new(ResourceKind.Core, 1, 1)] })
            .Should().Equal(new ConfigurationFinding("process.resourceLimits[2]", "Core is limited twice"));

    [Fact]
    public void Every_resource_can_be_limited_once()
        => Valid.Findings(Valid.Process with { ResourceLimits = [.. Enum.GetValues<ResourceKind>().Select(kind => new ResourceLimit(kind, 1, 1))] })
            .Should().BeEmpty();

    [Fact]
    public void A_resource_that_nobody_knows_is_refused()
        => Valid.Paths(Valid.Process with { ResourceLimits = [new ResourceLimit((ResourceKind)99, 1, 1)] }).Should().Equal("process.resourceLimits[0]");
}
