using LibContainer.Configuration;

namespace LibContainer.Tests;

public sealed class OptionTests
{
    [Fact]
    public void All_that_is_wrong_with_a_sandbox_is_told_at_once()
    {
        SandboxOptions options = new SandboxOptions().Memory(-1).Cpus(0).Pids(0).TemporarySpace(0).User(-1, 0).Show("/nosuch").Variable("A=B", "");

        FluentActions.Invoking(() => options.Build(["true"])).Should().Throw<ContainerConfigurationException>()
            .Which.Findings.Select(finding => finding.Path).Should().BeEquivalentTo("memory", "cpus", "pids", "temporarySpace", "user", "show[\"/nosuch\"]", "variable[\"A=B\"]");
    }

    [Fact]
    public void A_sandbox_has_no_rights_and_no_network_by_itself()
    {
        (ContainerConfiguration container, ProcessConfiguration process) = new SandboxOptions().Build(["true"]);

        (process.UserId, process.GroupId, process.NoNewPrivileges).Should().Be((65534, 65534, true));
        process.Capabilities.Should().Be(CapabilityConfiguration.Empty);
        container.Networks.Should().Equal(Networks.None);
        container.MaskedPaths.Should().Equal(ContainerConfiguration.DefaultMaskedPaths);
        container.ReadOnlyRoot.Should().BeTrue();
    }

    [Fact]
    public void All_that_is_wrong_with_the_runtimes_options_is_told_at_once()
        => FluentActions.Invoking(() => ContainerRuntime.Create(new LibContainerOptions { StateDirectory = "here", CgroupParent = "../up", StopTimeout = TimeSpan.FromSeconds(-2) })).Should().Throw<ContainerConfigurationException>()
            .Which.Findings.Select(finding => finding.Path).Should().Equal("StateDirectory", "CgroupParent", "StopTimeout");

    [Theory]
    [InlineData(3, 3072)]
    [InlineData(-1, -1024)]
    public void Bytes_count_by_powers_of_1024(long count, long bytes) => Bytes.Kilo(count).Should().Be(bytes);

    [Fact]
    public void More_bytes_than_there_are_numbers_is_an_error() => FluentActions.Invoking(() => Bytes.Giga(long.MaxValue)).Should().Throw<OverflowException>();
}
