using LibContainer.TestUtilities;

namespace LibContainer.Security.Tests;

/// <summary>Docker's default profile.</summary>
public sealed class AppArmorProfileTests
{
    [Fact]
    public void It_includes_what_the_distribution_has_and_defines_what_it_has_not()
    {
        AppArmorProfile.DockerDefault("p", _ => true).Should().StartWith("include <tunables/global>\n\nprofile p flags=(attach_disconnected, mediate_deleted) {\n  include <abstractions/base>\n\n  network,\n");
        AppArmorProfile.DockerDefault("p", _ => false).Should().StartWith("@{PROC}=/proc/\n\nprofile p flags=(attach_disconnected, mediate_deleted) {\n  network,\n").And.EndWith(",\n}\n");
    }

    [Theory]
    [InlineData("deny @{PROC}/sysrq-trigger rwklx")]
    [InlineData("deny /sys/fs/cg[^r]*/** wklx")]
    [InlineData("deny mount fstype=devpts")]
    [InlineData("mount fstype=proc -> /proc/")]
    [InlineData("signal (receive) peer=unconfined")] // else the host could not kill it
    public void It_has_the_rules(string rule) => AppArmorProfile.DockerDefault("p", _ => false).Should().Contain($"  {rule},\n");

    [Theory]
    [InlineData("a b")]
    [InlineData("a{")]
    [InlineData("a\n}")]
    public void A_name_is_a_word(string name) => FluentActions.Invoking(() => AppArmorProfile.DockerDefault(name)).Should().Throw<ArgumentException>();

    [Fact]
    public void The_parser_takes_it()
    {
        Requires.Program("apparmor_parser");

        // Without a kernel that could take it: compiled, and thrown away.
        AppArmorProfile.Run(AppArmorProfile.DockerDefault(), "--skip-kernel-load", "--skip-cache");
        AppArmorProfile.Run(AppArmorProfile.DockerDefault("alone", _ => false), "--skip-kernel-load", "--skip-cache");
    }

    [Fact]
    public void What_the_parser_refuses_is_told_in_its_words()
    {
        Requires.Program("apparmor_parser");

        FluentActions.Invoking(() => AppArmorProfile.Run("profile p { fly, }", "--skip-kernel-load", "--skip-cache"))
            .Should().Throw<InvalidOperationException>().WithMessage("apparmor_parser --skip-kernel-load --skip-cache: exit code 1: *syntax error*");
    }
}
