using System.Text.RegularExpressions;
using LibContainer.TestUtilities;

namespace LibContainer.AotTests;

/// <summary>The program that the README begins with.</summary>
internal static partial class ReadmeProgram
{
    /// <summary>All that it prints, as a pattern: a warning would stand before it.</summary>
    internal const string Output = @"\A42\nexit code 0\n[0-9.]+ ms of CPU time, [0-9]+ KB of memory\n\z";

    /// <summary>The README's first block of C#.</summary>
    internal static string Text => FirstBlock().Match(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Groups["code"].Value;

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FirstBlock();
}
