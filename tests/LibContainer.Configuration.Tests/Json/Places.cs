using System.Text.Json;
using System.Text.RegularExpressions;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>Places as findings name them, looked up in a document.</summary>
internal static partial class Places
{
    /// <summary>Whether there is a member of that name; lists and maps are followed to each entry, whichever is asked for.</summary>
    internal static bool Exists(JsonElement document, string path)
    {
        Match[] steps = [.. Steps().Matches(path).Cast<Match>()];
        return string.Concat(steps.Select(step => step.Value)) == path && Exists(document, steps);
    }

    private static bool Exists(JsonElement place, ReadOnlySpan<Match> steps)
    {
        if (steps.IsEmpty)
            return true;
        if (steps[0].Groups["name"].Success)
            return place.ValueKind == JsonValueKind.Object && place.TryGetProperty(steps[0].Groups["name"].Value, out JsonElement member)
                && Exists(member, steps[1..]);
        IEnumerable<JsonElement> entries = place.ValueKind switch
        {
            JsonValueKind.Array when steps[0].Groups["index"].Success => place.EnumerateArray(),
            JsonValueKind.Object when steps[0].Groups["key"].Success => place.EnumerateObject().Select(entry => entry.Value),
            _ => [],
        };
        foreach (JsonElement entry in entries)
            if (Exists(entry, steps[1..]))
                return true;
        return false;
    }

    /// <summary>A path without its numbers and keys.</summary>
    internal static string Kind(string path) => Steps().Replace(path, step => step.Groups["name"].Success ? step.Value : "[]");

    [GeneratedRegex("""\.?(?<name>[A-Za-z0-9]+)|\[(?<index>\d+)\]|\["(?<key>.*?)"\]""", RegexOptions.Singleline)]
    private static partial Regex Steps();
}
