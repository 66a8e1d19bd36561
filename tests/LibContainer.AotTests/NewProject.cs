using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using LibContainer.TestUtilities;

namespace LibContainer.AotTests;

/// <summary>A project of somebody who has the packages and nothing else of this repository: made when it is first asked for.</summary>
public sealed class NewProject : IDisposable
{
    private const string Name = "Hello";

    // Nobody has this version in a cache. The packages of others are taken from there.
    private readonly string _version = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test.{DateTime.UtcNow.Ticks}");
    private readonly TemporaryDirectory _folder = new();
    private readonly Lazy<string> _project;

    public NewProject() => _project = new(Make);

    /// <summary>Runs dotnet in it.</summary>
    /// <returns>What it wrote.</returns>
    public string Dotnet(params string[] arguments) => Dotnet(_project.Value, arguments);

    /// <summary>Publishes it.</summary>
    /// <param name="arguments">How.</param>
    /// <returns>What dotnet wrote, and the program.</returns>
    public (string Output, string Program) Publish(params string[] arguments)
    {
        string folder = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;
        string output = Dotnet(["publish", "-nologo", "-v", "minimal", "-o", folder, .. arguments]);
        return (output, Path.Combine(folder, Name));
    }

    /// <summary>The packages that it is built from, with what they bring.</summary>
    public IEnumerable<string> Packages()
    {
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(_project.Value, "obj/project.assets.json")));
        return [.. assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Split('/')[0])];
    }

    private string Make()
    {
        Pack();
        string project = _folder[Name];
        Directory.CreateDirectory(project);
        XDocument config = XDocument.Load(Path.Combine(Repository.Root, "nuget.config"));
        config.Root!.Element("packageSources")!.Add(new XElement("add", new XAttribute("key", "made"), new XAttribute("value", _folder["packages"])));
        config.Root.Add(new XElement("fallbackPackageFolders", new XElement("add", new XAttribute("key", "others"), new XAttribute("value", Cache))));
        config.Save(Path.Combine(project, "nuget.config"));
        Dotnet(project, "new", "console", "--no-restore", "-n", Name, "-o", project);
        Dotnet(project, "package", "add", "LibContainer", "--version", _version);
        File.WriteAllText(Path.Combine(project, "Program.cs"), ReadmeProgram.Text);
        return project;
    }

    private void Pack()
    {
        string[] projects = [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "LibContainer*.csproj", SearchOption.AllDirectories).Where(path => !path.EndsWith("LibContainer.Launcher.csproj"))];
        string solution = Path.Combine(Repository.Root, "LibContainer.sln"), filter = _folder["packages.slnf"]; // one build for all
        File.WriteAllText(filter, JsonSerializer.Serialize(new { solution = new { path = solution, projects = projects.Select(path => Path.GetRelativePath(Repository.Root, path)) } }));
        Command.Result packed = Command.Run("dotnet", "pack", filter, "-c", "Release", "-o", _folder["packages"], $"-p:PackageVersion={_version}", "-nologo", "-v", "quiet");
        packed.ExitCode.Should().Be(0, packed.Output);
    }

    private static string Cache => Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    private string Dotnet(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = _folder["cache"];
        Command.Result result = Command.Run(start);
        result.ExitCode.Should().Be(0, $"{string.Join(' ', arguments)}: {result.Output}{result.Error}");
        return result.Output + result.Error;
    }

    public void Dispose() => _folder.Dispose();
}
