using LibContainer.Configuration;

namespace LibContainer.Configuration.Tests;

/// <summary>The rules about terminals and labels.</summary>
public sealed class TerminalAndLabelValidationTests
{
    private static readonly string[] BadLabels = ["a\nb", "a\0b", "a\"b"];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(24, 80)]
    [InlineData(65535, 65535)]
    public void A_size_is_two_numbers_of_sixteen_bits(int rows, int columns)
        => Valid.Findings(Valid.Process with { Terminal = new(rows, columns) }).Should().BeEmpty();

    [Theory]
    [InlineData(-1, 80)]
    [InlineData(24, 65536)]
    public void Other_sizes_are_bad(int rows, int columns)
        => Valid.Findings(Valid.Process with { Terminal = new(rows, columns) }).Should().Equal(
            new ConfigurationFinding("process.terminal", $"{rows} rows by {columns} columns is not a size: 0 to 65535"));

    [Fact]
    public void A_new_terminal_needs_a_devpts_and_one_of_the_host_does_not()
    {
        ContainerConfiguration without = Valid.Container with { Mounts = [.. MountConfiguration.Defaults, MountConfiguration.Memory("/dev/pts/")] };

        ConfigurationValidator.Validate(without, Valid.Process with { Terminal = new() }).Should().Equal(
            new ConfigurationFinding("process.terminal", "a new terminal needs a devpts mounted at /dev/pts"));
        ConfigurationValidator.Validate(without, Valid.Process with { Terminal = new() { Path = "/dev/pts/3" } }).Should().BeEmpty();
    }

    [Fact]
    public void A_terminal_of_the_host_has_an_absolute_path()
        => Valid.Findings(Valid.Process with { Terminal = new() { Path = "pts/3" } }).Should().Equal(
            new ConfigurationFinding("process.terminal.path", "'pts/3' is not an absolute path"));

    [Fact]
    public void A_label_is_one_line_of_the_kernels()
    {
        foreach (string label in BadLabels)
        {
            Valid.Findings(Valid.Process with { AppArmorProfile = label, SELinuxLabel = label }).Select(finding => finding.Path)
                .Should().Equal("process.appArmorProfile", "process.selinuxLabel");
            ConfigurationValidator.Validate(Valid.Container with { MountLabel = label }, Valid.Process).Should().ContainSingle().Which.Path.Should().Be("mountLabel");
        }
        Valid.Findings(Valid.Process with { AppArmorProfile = "" }).Should().Equal(new ConfigurationFinding("process.appArmorProfile", "a label is not empty; null stands for none"));
    }

    [Fact]
    public void A_way_out_of_the_hosts_root_that_nobody_knows_is_bad()
        => ConfigurationValidator.Validate(Valid.Container with { RootSwitch = (RootSwitch)7 }, Valid.Process).Should().Equal(
            new ConfigurationFinding("rootSwitch", "7 is not a way to leave the host's root"));
}
