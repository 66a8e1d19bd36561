namespace LibContainer.Configuration.Tests;

/// <summary>The rules about the program, its environment, and as whom it runs.</summary>
public sealed class ProcessValidationTests
{
    /// <summary>MAX_ARG_STRLEN, with its NUL.</summary>
    private static readonly int MaxBytes = 32 * Environment.SystemPageSize;

    [Fact]
    public void A_command_is_needed()
    {
        ConfigurationFinding expected = new("process.arguments", "a command is needed");

        Valid.Findings(new ProcessConfiguration()).Should().Equal(expected);
        Valid.Findings(new ProcessConfiguration("")).Should().Equal(expected);
        Valid.Findings(new ProcessConfiguration("", "x")).Should().Equal(expected);
    }

    [Fact]
    public void An_argument_other_than_the_command_may_be_empty()
        => Valid.Findings(new ProcessConfiguration("echo", "", "x")).Should().BeEmpty();

    [Theory]
    [InlineData("A=1")]
    [InlineData("A=")]
    [InlineData("A==")]
    [InlineData("A=b=c")]
    public void An_environment_entry_is_a_name_and_a_value(string entry)
        => Valid.Findings(Valid.Process with { Environment = [entry] }).Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("=")]
    [InlineData("=1")]
    public void An_environment_entry_without_a_name_or_without_a_value_is_bad(string entry)
        => Valid.Findings(Valid.Process with { Environment = ["A=1", entry] }).Should().Equal(
            new ConfigurationFinding("process.environment[1]", $"'{entry}' is not NAME=value"));

    [Fact]
    public void No_argument_and_no_variable_has_a_nul_in_it()
        => Valid.Paths(new ProcessConfiguration("a\0", "b", "c\0") { Environment = ["A=1", "B=\0"] }).Should().Equal(
            "process.arguments[0]", "process.arguments[2]", "process.environment[1]");

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(100_000, false)]
    public void One_string_fits_in_32_pages_with_its_nul(int more, bool good)
    {
        string text = new('x', MaxBytes + more);

        Valid.Findings(new ProcessConfiguration("echo", text)).Should().Equal(good ? [] : new[] { TooLong("process.arguments[1]", text.Length) });
        Valid.Findings(Valid.Process with { Environment = ["A=" + text[2..]] }).Should().Equal(good ? [] : new[] { TooLong("process.environment[0]", text.Length) });
    }

    [Fact]
    public void The_length_of_a_string_counts_bytes_and_not_characters()
    {
        string text = new('ü', MaxBytes / 2); // two bytes each

        Valid.Findings(new ProcessConfiguration("echo", text)).Should().Equal(TooLong("process.arguments[1]", MaxBytes));
        Valid.Findings(new ProcessConfiguration("echo", text[1..])).Should().BeEmpty();
    }

    [Fact]
    public void All_strings_together_have_six_megabytes_with_their_nuls_and_pointers()
    {
        // 96 strings of 64 KB, each with its NUL and its pointer, make 6 MB to the byte.
        const int Count = 96;
        string text = new('x', 6 * 1024 * 1024 / Count - 1 - sizeof(ulong));
        ProcessConfiguration process = new() { Arguments = [.. Enumerable.Repeat(text, Count)], Environment = [] };

        Valid.Findings(process).Should().BeEmpty();
        Valid.Findings(process with { Arguments = process.Arguments.SetItem(1, text + "x") }).Should().ContainSingle()
            .Which.ToString().Should().Be("process.arguments: arguments and environment are 6291457 bytes long, and Linux takes 6291456 at most");
        Valid.Paths(process with { Environment = ["A="] }).Should().Equal(["process.arguments"], "the environment counts too");
    }

    [Theory]
    [InlineData("", "'' is not an absolute path")]
    [InlineData("tmp", "'tmp' is not an absolute path")]
    [InlineData("/tmp/../..", "'/tmp/../..' climbs out of the root")]
    [InlineData("/tmp\0", "contains a NUL character, at which the kernel would stop reading")]
    public void The_working_directory_is_absolute_and_stays_in_the_root(string directory, string message)
        => Valid.Findings(Valid.Process with { WorkingDirectory = directory }).Should().Equal(new ConfigurationFinding("process.workingDirectory", message));

    [Theory]
    [InlineData(0, true)]
    [InlineData(int.MaxValue, true)]
    [InlineData(-1, false)]
    [InlineData(int.MinValue, false)]
    public void An_id_is_not_negative(int id, bool good)
        => Valid.Paths(Valid.Process with { UserId = id, GroupId = id, AdditionalGroupIds = [0, id] })
            .Should().Equal(good ? [] : new[] { "process.userId", "process.groupId", "process.additionalGroupIds[1]" });

    [Theory]
    [InlineData(0, true)]
    [InlineData(0x1FF, true)]
    [InlineData(0x200, false)]
    [InlineData(-1, false)]
    public void A_umask_is_permission_bits(int mask, bool good)
        => Valid.Paths(Valid.Process with { Umask = mask }).Should().Equal(good ? [] : new[] { "process.umask" });

    private static ConfigurationFinding TooLong(string path, int length) => new(path, $"is {length} bytes long, and Linux takes {MaxBytes - 1} at most");

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("a:")]
    [InlineData(":b")]
    [InlineData("a:b:c")]
    public void A_user_is_a_name_or_a_name_and_a_group(string user)
        => Valid.Paths(Valid.Process with { User = user }).Should().Equal("process.user");

    [Fact]
    public void A_user_is_given_by_name_or_by_ids()
        => Valid.Paths(Valid.Process with { User = "web", UserId = 1 }).Should().Equal("process.user");
}
