using System.Text;
using LibContainer.Configuration;

namespace LibContainer.Capabilities;

/// <summary>Capabilities by the names of capabilities(7): <c>CAP_NET_BIND_SERVICE</c>.</summary>
public static class CapabilityNames
{
    private static readonly Dictionary<string, CapabilitySet> ByName = Enum.GetValues<CapabilitySet>()
        .Where(capability => System.Numerics.BitOperations.IsPow2((ulong)capability))
        .ToDictionary(KernelName, StringComparer.Ordinal);

    /// <summary>All names that this library knows, in the order of their numbers.</summary>
    public static IReadOnlyCollection<string> All => ByName.Keys;

    /// <summary>Reads a name, with or without <c>CAP_</c>.</summary>
    /// <returns>False for a name that is not known.</returns>
    public static bool TryParse(string name, out CapabilitySet capability)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.TryGetValue(name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name, out capability);
    }

    /// <summary>The names of a set, in the order of their numbers.</summary>
    public static IEnumerable<string> Of(CapabilitySet set) => ByName.Where(entry => (set & entry.Value) != 0).Select(entry => entry.Key);

    // NetBindService -> CAP_NET_BIND_SERVICE
    private static string KernelName(CapabilitySet capability)
    {
        StringBuilder name = new("CAP");
        foreach (char letter in capability.ToString())
        {
            if (char.IsAsciiLetterUpper(letter))
                name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}
