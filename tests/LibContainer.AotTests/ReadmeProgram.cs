using System.Text.RegularExpressions;
using LibContainer.TestUtilities;

namespace LibContainer.AotTests;

/// <summary>The program that the README begins with.</summary>
internal static partial class ReadmeProgram
{
    internal const string Output = "hello from sandbox\n";

    /// <summary>The README's first block of C#, where that is a whole program that prints <see cref="Output"/>; else one that does.</summary>
    internal static string Text => FirstBlock().Match(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Groups["code"].Value is var code && code.Contains("Sandbox.RunAsync(") ? code : """
        using LibContainer;

        ContainerRunResult result = await Sandbox.RunAsync("sh", ["-c", "echo hello from $(hostname)"], o => o.Memory(Bytes.Mega(64)).Pids(16).TimeLimit(TimeSpan.FromSeconds(10)));
        Console.Write(result.StandardOutput);
        """;

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FirstBlock();
}
