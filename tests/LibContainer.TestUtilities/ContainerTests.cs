using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LibContainer.TestUtilities;

/// <summary>The tests of containers, run once more with something else that starts them.</summary>
public static partial class ContainerTests
{
    private static readonly string[] Classes = ["CgroupLimitTests", "EndTests", "EnterTests", "IdentityTests", "InsideTests", "NetworkTests", "RootTests", "StartTests", "StreamTests", "TerminalStreamTests", "TerminalTests"];

    [GeneratedRegex(@"Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)")]
    private static partial Regex Sum { get; }

    /// <summary>With a program as the init.</summary>
    public static (int Passed, string Failures) RunWith(string init, params string[] others) => Run(("LIBCONTAINER_TESTS_INIT", init), others);

    /// <summary>With a launcher that does not stay.</summary>
    public static (int Passed, string Failures) RunOnce(params string[] others) => Run(("LIBCONTAINER_TESTS_LAUNCHER", "once"), others);

    /// <summary>Runs them, and says how many there were and what failed.</summary>
    /// <param name="variable">What tells Sandbox.cs.</param>
    /// <param name="others">Other tests, as options of the runner. Empty: those of what is inside a container.</param>
    private static (int Passed, string Failures) Run((string Name, string Value) variable, string[] others)
    {
        const string Name = "LibContainer.IntegrationTests";
        string program = Path.Combine(Repository.Root, "tests", Name, "bin", Repository.Configuration, $"net10.0/{Name}.dll");
        string[] chosen = others is [] ? [.. Classes.SelectMany(name => new[] { "-class", $"{Name}.{name}" })] : others;
        ProcessStartInfo start = new("dotnet", [program, "-noColor", "-noLogo", "-longRunning", "120", .. chosen]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable.Name] = variable.Value;
        Command.Result result = Command.Run(start, TimeSpan.FromMinutes(12)); // other tests build programs meanwhile

        Match sum = Sum.Match(result.Output);
        int[] numbers = sum.Success ? [.. sum.Groups.Values.Skip(1).Select(group => int.Parse(group.Value, System.Globalization.CultureInfo.InvariantCulture))] : [0, 1, 0, 0];
        return (numbers[0] - numbers[1] - numbers[2] - numbers[3], numbers[1] + numbers[2] == 0 && result.ExitCode == 0 ? "" : result.Output + result.Error);
    }
}
