using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Security.Tests;

/// <summary>Limits that this host cannot give.</summary>
public sealed class SecurityChecksTests
{
    /// <summary>A resource that this process has a hard limit for, and the limit: RLIMIT_NOFILE has one everywhere (fs.nr_open).</summary>
    private static (ResourceKind Kind, ulong Hard) Limited => (ResourceKind.OpenFiles, ProcessLimits.Get((int)ResourceKind.OpenFiles).Hard);

    private static readonly ResourceLimit Harmless = new(ResourceKind.Core, 0, 0);

    [Fact]
    public void A_hard_limit_above_the_hosts_own_is_named_when_it_may_not_be_raised()
        => Check(new ResourceLimit(Limited.Kind, 1, Limited.Hard + 1), mayRaise: false).Should().Equal(new ConfigurationFinding(
            "process.resourceLimits[1]",
            $"the hard limit of RLIMIT_NOFILE is above this host's own ({Limited.Hard}), and raising it needs CAP_SYS_RESOURCE"));

    [Fact]
    public void No_limit_is_above_every_limit()
        => Check(new ResourceLimit(Limited.Kind, 1, null), mayRaise: false).Should().ContainSingle().Which.Path.Should().Be("process.resourceLimits[1]");

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    public void A_hard_limit_up_to_the_hosts_own_needs_no_rights(ulong below)
        => Check(new ResourceLimit(Limited.Kind, 1, Limited.Hard - below), mayRaise: false).Should().BeEmpty();

    [Fact]
    public void A_host_that_may_raise_limits_may_give_any() => Check(new ResourceLimit(Limited.Kind, null, null), mayRaise: true).Should().BeEmpty();

    private static IEnumerable<ConfigurationFinding> Check(ResourceLimit limit, bool mayRaise)
        => SecuritySteps.Check(new ProcessConfiguration("/bin/true") { ResourceLimits = [Harmless, limit] }, mayRaise);
}
