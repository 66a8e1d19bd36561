using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Capabilities.Tests;

/// <summary>What this process has, and what it is told that it cannot give.</summary>
public sealed class HostCapabilitiesTests
{
    private static string[] Status(string permitted) =>
    [
        "Name:\tCapPrm:", "Uid:\t0\t0\t0\t0", "CapInh:\t0000000000000004", "CapPrm:\t" + permitted, "CapEff:\t0000000000000001",
        "CapBnd:\t000001ffffffffff", "CapAmb:\t0000000000000002",
    ];

    [Theory]
    [InlineData("0000000000000000", 0UL)]
    [InlineData("00000000a80425fb", 0xA80425FBUL)]
    [InlineData("000001ffffffffff", 0x1FFFFFFFFFFUL)]
    [InlineData("8000000000000000", 1UL << 63)]
    public void The_permitted_set_is_read_from_its_own_line(string text, ulong permitted)
        => ((ulong)HostCapabilities.ParsePermitted(Status(text))).Should().Be(permitted);

    [Fact]
    public void The_permitted_set_of_this_process_is_what_another_program_reads_of_it()
    {
        string[] fields = Command.Run("grep", "CapPrm", $"/proc/{Environment.ProcessId}/status").Output.Split(['\t', '\n'], StringSplitOptions.RemoveEmptyEntries);

        HostCapabilities.ReadPermitted().Should().Be((CapabilitySet)Convert.ToUInt64(fields[^1], 16));
    }

    [Fact]
    public void The_kernels_last_capability_is_the_highest_that_it_knows()
    {
        Command.Run("cat", "/proc/sys/kernel/cap_last_cap").Output.Trim().Should().Be($"{HostCapabilities.Last}");
        HostCapabilities.Last.Should().BeInRange(40, 63, "the oldest kernel that is supported has 41");
    }

    [Fact]
    public void What_this_process_has_can_be_given()
        => HostCapabilities.Check(CapabilityConfiguration.Of(HostCapabilities.ReadPermitted())).Should().BeEmpty();

    [Fact]
    public void Nothing_can_always_be_given() => HostCapabilities.Check(CapabilityConfiguration.Empty).Should().BeEmpty();

    [Theory]
    [InlineData("effective")]
    [InlineData("permitted")]
    [InlineData("ambient")]
    public void What_this_process_lacks_is_named(string set)
    {
        CapabilitySet lacking = Lacking();
        CapabilitySet all = HostCapabilities.ReadPermitted() | lacking;
        CapabilityConfiguration capabilities = set switch
        {
            "effective" => CapabilityConfiguration.Empty with { Effective = all },
            "permitted" => CapabilityConfiguration.Empty with { Permitted = all },
            _ => CapabilityConfiguration.Empty with { Ambient = all },
        };

        ConfigurationFinding finding = HostCapabilities.Check(capabilities).Should().ContainSingle().Subject;

        finding.Path.Should().Be("process.capabilities");
        // No name is expected when this process has all and a number beyond the last was asked for.
        string[] words = finding.Message.Split(' ', ',');
        CapabilityNames.All.Where(name => words.Contains(name)).Should().Equal(CapabilityNames.Of(lacking));
    }

    [Theory]
    [InlineData("bounding")]
    [InlineData("inheritable")]
    public void A_set_that_gives_nothing_by_itself_may_name_what_this_process_lacks(string set)
    {
        CapabilityConfiguration capabilities = set == "bounding"
            ? CapabilityConfiguration.Empty with { Bounding = Lacking() }
            : CapabilityConfiguration.Empty with { Inheritable = Lacking() };

        HostCapabilities.Check(capabilities).Should().BeEmpty();
    }

    /// <summary>One capability that this process does not have; a number that no kernel knows when it has all.</summary>
    private static CapabilitySet Lacking()
    {
        CapabilitySet permitted = HostCapabilities.ReadPermitted();
        return Enum.GetValues<CapabilitySet>().FirstOrDefault(capability => capability != 0 && (permitted & capability) == 0, (CapabilitySet)(1UL << 63));
    }
}
