using System.Diagnostics;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary><c>nsinit spec</c> and <c>config</c> on a folder of 2014. Needs no root.</summary>
public sealed class SpecCommandTests : IDisposable
{
    private const string Data = "tests/LibContainer.Configuration.Tests/ContainerJson/Data";

    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public void Spec_prints_what_the_document_shows()
    {
        File.Copy(Path.Combine(Repository.Root, Data, "seed.json"), _folder["container.json"]);

        NsInit("spec").Should().Be(new Command.Result(0, File.ReadAllText(Path.Combine(Repository.Root, Data, "seed.spec")), ""));
    }

    [Fact]
    public void Config_prints_the_JSON_alone()
    {
        File.Copy(Path.Combine(Repository.Root, Data, "seed.json"), _folder["container.json"]);

        NsInit("config").Should().Be(new Command.Result(0, File.ReadAllText(Path.Combine(Repository.Root, Data, "seed.json")), ""));
    }

    [Fact]
    public void A_folder_without_a_container_is_told()
        => NsInit("spec").Should().Be(new Command.Result(1, "", $"nsinit: {_folder["container.json"]} does not exist\n"));

    [Fact]
    public void Malformed_JSON_is_told_with_line_and_column()
    {
        File.WriteAllText(_folder["container.json"], "{\n  \"tty\": yes\n}");

        NsInit("spec").Error.Should().Be($"nsinit: {_folder["container.json"]}: line 2, column 10: 'y' is not what JSON has there\n");
    }

    [Fact]
    public void Errors_go_to_the_log_when_there_is_one()
    {
        NsInit("spec", ("log", _folder["log"])).Should().Be(new Command.Result(1, "", ""));
        NsInit("spec", ("log", _folder["log"]));

        File.ReadAllLines(_folder["log"]).Should().HaveCount(2).And.OnlyContain(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d .*container\.json does not exist$"));
    }

    private Command.Result NsInit(string command, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(Repository.NsInit, command) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["data_path"] = _folder.Path;
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Command.Result(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public void Dispose() => _folder.Dispose();
}
