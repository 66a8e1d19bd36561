using System.Xml.Linq;
using LibContainer.TestUtilities;

namespace LibContainer.Solution.Tests;

/// <summary>Who may know whom. A new arrow is a decision, written here and in docs/walk.md, and not an accident.</summary>
public sealed class ProjectArrowTests
{
    private static readonly string[] GroundFloor = ["LibContainer.Linux", "LibContainer.Configuration"];
    private static readonly string[] Rooms = ["LibContainer.Mount", "LibContainer.Capabilities", "LibContainer.Security", "LibContainer.Network", "LibContainer.Cgroups"];

    /// <summary>The drawing. LibContainer.Launcher is embedded by LibContainer.Launch, which is an arrow of the build and not of the code.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["LibContainer.Linux"] = [],
        ["LibContainer.Configuration"] = [],
        ["LibContainer.Launcher"] = [],
        ["LibContainer.Launch"] = ["LibContainer.Linux", "LibContainer.Launcher"],
        ["LibContainer.Mount"] = [.. GroundFloor, "LibContainer.Launch"],
        ["LibContainer.Capabilities"] = [.. GroundFloor, "LibContainer.Launch"],
        ["LibContainer.Security"] = [.. GroundFloor, "LibContainer.Launch"],
        ["LibContainer.Network"] = [.. GroundFloor, "LibContainer.Launch"],
        ["LibContainer.Cgroups"] = [.. GroundFloor, "LibContainer.Launch"],
        ["LibContainer.Namespaces"] = [.. GroundFloor, .. Rooms, "LibContainer.Launch"],
        ["LibContainer"] = [.. GroundFloor, "LibContainer.Cgroups", "LibContainer.Network", "LibContainer.Launch", "LibContainer.Namespaces"],
        ["LibContainer.Extensions.DependencyInjection"] = ["LibContainer"],
        ["nsinit"] = ["LibContainer.Namespaces", "LibContainer"],
    };

    private static readonly string[] MayBeUnsafe = ["LibContainer.Linux", "LibContainer.Launch", "LibContainer.Launcher"];

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_drawing_allows(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        IEnumerable<string> references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Allowed.Should().ContainKey(name, "every project in src is in the drawing");
        references.Should().BeSubsetOf(Allowed[name]);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_the_kernel_and_the_launch_are_unsafe(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        XDocument project = XDocument.Load(path);
        bool isUnsafe = project.Descendants("AllowUnsafeBlocks").Any(element => element.Value == "true")
            || project.Descendants("Import").Any(import => import.Attribute("Project")!.Value.EndsWith("RuntimeFree.targets", StringComparison.Ordinal));

        isUnsafe.Should().Be(MayBeUnsafe.Contains(name));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "LibContainer.sln"));
        IEnumerable<string> projects = new[] { "src", "tests", "benchmarks", "samples" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('/', '\\'));

        projects.Should().OnlyContain(project => solution.Contains(project));
    }
}
