using System.Diagnostics;
using LibContainer.Configuration;

namespace LibContainer.Tests;

public sealed class ProcessStartInfoTests
{
    /// <summary>The runtime splits them when it starts a process: echo says how.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a b  c")]
    [InlineData("\"a b\" c")]
    [InlineData("a\"b c\"d")]
    [InlineData("\"\" x")]
    [InlineData("a\\b \\\\ \\\"q\\\" \"\\\\\" end")]
    [InlineData("\"a\"\"b\" c")]
    [InlineData(" lead\ttab ")]
    [InlineData("trailing\\")]
    public void Arguments_are_split_as_the_runtime_splits_them(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", $"-c \"for a; do printf '[%s]' \\\"$a\\\"; done\" sh {arguments}") { RedirectStandardOutput = true })!;
        string expected = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        string.Concat(ProcessStartInfoExtensions.Split(arguments).Select(argument => $"[{argument}]")).Should().Be(expected);
    }

    [Fact]
    public void Of_the_environment_only_what_was_added_or_changed_is_passed_on()
    {
        ProcessStartInfo info = new("tool", ["one two", "three"]) { WorkingDirectory = "/srv", UserName = "nobody", RedirectStandardOutput = true };
        info.Environment["ADDED"] = "yes";
        info.Environment["PATH"] = "/tools";

        ProcessConfiguration process = info.ToProcessConfiguration();

        process.Arguments.Should().Equal("tool", "one two", "three");
        process.Environment.Should().BeEquivalentTo("ADDED=yes", "PATH=/tools");
        (process.WorkingDirectory, process.User).Should().Be(("/srv", "nobody"));
        ContainerStartOptions options = info.ToContainerStartOptions();
        (options.StandardInput, options.StandardOutput).Should().Be((StandardStream.Inherit, StandardStream.Pipe));
        new ProcessStartInfo("tool").ToProcessConfiguration().Environment.Should().Equal(ProcessConfiguration.DefaultPath);
    }

    [Fact]
    public void What_a_container_has_not_is_an_error()
        => FluentActions.Invoking(() => new ProcessStartInfo("") { UseShellExecute = true }.ToProcessConfiguration()).Should().Throw<ContainerConfigurationException>()
            .Which.Findings.Select(finding => finding.Path).Should().Equal("FileName", "UseShellExecute");
}
