using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Tests;

/// <summary>Where a command is looked for, as execvp(3) does.</summary>
public sealed class CommandLookupTests
{
    [Theory]
    [InlineData("/bin/ls")]
    [InlineData("./ls")]
    [InlineData("bin/ls")]
    [InlineData("../ls")]
    [InlineData("ls/")]
    public void A_command_with_a_slash_is_where_it_says(string command) => Candidates(command, "PATH=/a:/b").Should().Equal(command);

    [Theory]
    [InlineData("PATH=/a", "/a/ls")]
    [InlineData("PATH=/a:/b:/c", "/a/ls /b/ls /c/ls")]
    [InlineData("PATH=/b:/a", "/b/ls /a/ls")]
    [InlineData("PATH=/a/:/b//", "/a/ls /b/ls")]
    [InlineData("PATH=/", "/ls")]
    [InlineData("PATH=bin:.", "bin/ls ./ls")]
    public void A_command_without_one_is_looked_for_in_each_folder_of_the_path(string path, string candidates)
        => Candidates("ls", path).Should().Equal(candidates.Split(' '));

    [Theory]
    [InlineData("PATH=", "./ls")]
    [InlineData("PATH=:/a", "./ls /a/ls")]
    [InlineData("PATH=/a:", "/a/ls ./ls")]
    [InlineData("PATH=/a::/b", "/a/ls ./ls /b/ls")]
    public void An_empty_folder_is_the_working_directory(string path, string candidates)
        => Candidates("ls", path).Should().Equal(candidates.Split(' '));

    [Fact]
    public void Without_a_path_the_usual_folders_are_taken()
    {
        string[] usual = ["/usr/local/sbin/ls", "/usr/local/bin/ls", "/usr/sbin/ls", "/usr/bin/ls", "/sbin/ls", "/bin/ls"];

        Candidates("ls").Should().Equal(usual);
        Candidates("ls", "XPATH=/a", "path=/b", "HOME=PATH=/c").Should().Equal(usual, "these are other variables");
    }

    [Fact]
    public void The_path_is_found_behind_other_variables() => Candidates("ls", "A=1", "PATH=/a", "B=2").Should().Equal("/a/ls");

    [Fact]
    public void Of_two_paths_the_first_is_taken_as_getenv_does() => Candidates("ls", "PATH=/a", "PATH=/b").Should().Equal("/a/ls");

    private static ImmutableArray<string> Candidates(string command, params string[] environment)
        => CommandLookup.Candidates(new ProcessConfiguration(command, "argument") { Environment = [.. environment] });
}
