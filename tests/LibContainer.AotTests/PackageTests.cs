using LibContainer.Cgroups;
using LibContainer.TestUtilities;

namespace LibContainer.AotTests;

/// <summary>What somebody gets who adds the package to a new project, and copies the README's first program.</summary>
public sealed class PackageTests(NewProject project) : IClassFixture<NewProject>
{
    [Fact]
    public void A_new_project_runs_the_first_program_with_one_package()
    {
        RequiresContainers();

        project.Dotnet("run").Should().MatchRegex(ReadmeProgram.Output);
        string[] rooms = ["Capabilities", "Cgroups", "Configuration", "Launch", "Linux", "Mount", "Namespaces", "Network", "Security"];
        project.Packages().Should().Contain(rooms.Select(room => $"LibContainer.{room}"), "one package brings every room");
    }

    [Fact]
    public void It_can_be_published_as_a_single_file()
    {
        RequiresContainers();

        (string output, string program) = project.Publish("--use-current-runtime", "--self-contained", "false", "-p:PublishSingleFile=true");

        output.Should().NotContain("warning");
        Directory.GetFiles(Path.GetDirectoryName(program)!).Should().NotContain(file => file.EndsWith(".dll"));
        ShouldPrintAsTold(program);
    }

    [Fact]
    public void It_can_be_published_as_a_native_program()
    {
        RequiresContainers();
        Requires.Program("gcc");

        (string output, string program) = project.Publish("--use-current-runtime", "-p:PublishAot=true");

        output.Should().NotContain("warning");
        ShouldPrintAsTold(program);
    }

    private static void ShouldPrintAsTold(string program)
    {
        Command.Result result = Command.Run(program);
        (result.ExitCode, result.Error).Should().Be((0, ""));
        result.Output.Should().MatchRegex(ReadmeProgram.Output);
    }

    private static void RequiresContainers()
    {
        Requires.Root();
        foreach (string name in new[] { "memory", "pids" })
            Requires.Host(ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Controllers.Contains(name)), $"the cgroup controller {name}");
    }
}
