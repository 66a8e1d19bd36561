using System.Text.Json;
using System.Text.RegularExpressions;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>Places as findings name them, looked up in a document.</summary>
internal static partial class Places
{
    /// <summary>Whether there is a member of that name; lists and maps are followed to their first entry, whichever is asked for.</summary>
    internal static bool Exists(JsonElement document, string path)
    {
        foreach (Match step in Steps().Matches(path))
        {
            if (step.Groups["name"].Success && document.ValueKind == JsonValueKind.Object
                && document.TryGetProperty(step.Groups["name"].Value, out JsonElement member))
                document = member;
            else if (step.Groups["index"].Success && document.ValueKind == JsonValueKind.Array && document.GetArrayLength() > 0)
                document = document[0];
            else if (step.Groups["key"].Success && document.ValueKind == JsonValueKind.Object && document.EnumerateObject().Any())
                document = document.EnumerateObject().First().Value;
            else
                return false;
        }
        return string.Concat(Steps().Matches(path).Select(step => step.Value)) == path;
    }

    /// <summary>A path without its numbers and keys.</summary>
    internal static string Kind(string path) => Steps().Replace(path, step => step.Groups["name"].Success ? step.Value : "[]");

    [GeneratedRegex("""\.?(?<name>[A-Za-z0-9]+)|\[(?<index>\d+)\]|\["(?<key>.*?)"\]""", RegexOptions.Singleline)]
    private static partial Regex Steps();
}
