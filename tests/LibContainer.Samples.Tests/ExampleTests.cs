using System.Diagnostics;
using LibContainer.TestUtilities;

namespace LibContainer.Samples.Tests;

/// <summary>Every example of C# in the README and in docs is compiled, and whole programs are run.</summary>
public sealed class ExampleTests
{
    private static readonly Example[] All =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Prepend(Path.Combine(Repository.Root, "README.md"))
            .SelectMany(path => Example.Of(Path.GetRelativePath(Repository.Root, path), File.ReadLines(path))),
    ];

    public static TheoryData<string> Places => [.. All.Select(example => example.Place)];

    public static TheoryData<string> Programs => [.. All.Where(example => example.IsProgram).Select(example => example.Place)];

    [Theory]
    [MemberData(nameof(Places))]
    public void An_example_compiles(string place) => Find(place).Compile().Should().BeEmpty();

    /// <summary>In a network of its own, since it may connect something.</summary>
    [Theory]
    [MemberData(nameof(Programs))]
    public void A_whole_program_runs_to_its_end(string place)
    {
        Requires.Root();
        Requires.Program("unshare");
        Run(place).ExitCode.Should().Be(0);
    }

    [Fact]
    public void The_first_program_of_the_README_prints_what_stands_beside_it()
    {
        Requires.Root();
        Requires.Program("unshare");
        All[0].Code.Should().Contain("// 42").And.Contain("// exit code 0");

        Run(All[0].Place).Output.Should().MatchRegex(@"\A42\nexit code 0\n[0-9.]+ ms of CPU time, [0-9]+ KB of memory\n\z");
    }

    [Fact]
    public void An_example_that_does_not_compile_is_told_with_its_line()
    {
        string[] page = ["# A page", "```csharp", "int number = 1;", "int wrong = number.ToString();", "```"];

        Example.Of("page.md", page).Single().Compile().Should().Equal("page.md:4: Cannot implicitly convert type 'string' to 'int'");
        Example.Of("page.md", ["```csharp", "using LibContainer;", "Sandbox.RunAsnyc(\"true\");", "```"]).Single().Compile().Should().Equal("page.md:3: 'Sandbox' does not contain a definition for 'RunAsnyc'");
    }

    [Fact]
    public void Parts_have_the_usual_usings_and_whole_programs_their_own()
    {
        Example part = Example.Of("page.md", ["```csharp", "await Sandbox.RunAsync(\"true\");", "```"]).Single();
        Example program = Example.Of("page.md", ["```csharp", "using System.Text;", "await Sandbox.RunAsync(\"true\");", "```"]).Single();

        part.IsProgram.Should().BeFalse();
        part.Compile().Should().BeEmpty();
        program.IsProgram.Should().BeTrue();
        program.Compile().Should().Equal("page.md:3: The name 'Sandbox' does not exist in the current context");
    }

    private static Example Find(string place) => All.Single(example => example.Place == place);

    private static Command.Result Run(string place)
    {
        const string Name = "Example";
        using TemporaryDirectory folder = new();
        foreach (string library in Example.Libraries)
            File.CreateSymbolicLink(folder[Path.GetFileName(library)], library);
        File.Copy(Path.ChangeExtension(typeof(ExampleTests).Assembly.Location, ".runtimeconfig.json"), folder[$"{Name}.runtimeconfig.json"]);
        Find(place).Compile(folder[$"{Name}.dll"]).Should().BeEmpty();

        Command.Result result = Command.Run("unshare", "--net", "dotnet", folder[$"{Name}.dll"]);

        result.Error.Should().BeEmpty();
        return result;
    }
}
