using System.Text;

namespace LibContainer.Cgroups;

/// <summary>Names of units, and what follows from them. Source: systemd.unit(5), systemd.slice(5), sd_bus_path_encode(3).</summary>
internal static class SystemdNames
{
    internal const string SliceSuffix = ".slice";

    internal const string ScopeSuffix = ".scope";

    /// <summary>The slice that all others are in: the root of the hierarchy, and of a user's manager the cgroup of that.</summary>
    internal const string RootSlice = "-.slice";

    /// <summary>UNIT_NAME_MAX, with the NUL.</summary>
    private const int MaximumLength = 255;

    /// <summary>Why a unit cannot have this name. Null: it can.</summary>
    internal static string? WhyNoUnit(string name)
    {
        if (name.Length > MaximumLength)
            return $"is not the name of a unit: it has {name.Length} characters, and {MaximumLength} are allowed";
        foreach (Rune rune in name.EnumerateRunes())
            if (!rune.IsAscii || !(Rune.IsLetterOrDigit(rune) || ":-_.\\@".Contains((char)rune.Value, StringComparison.Ordinal)))
                return $"is not the name of a unit: it contains '{rune}'";
        return name.LastIndexOf('.') is > 0 and int dot && dot < name.Length - 1 ? null : "is not the name of a unit: container.scope";
    }

    /// <summary>Why a slice cannot have this name. Null: it can.</summary>
    internal static string? WhyNoSlice(string name)
    {
        if (!name.EndsWith(SliceSuffix, StringComparison.Ordinal) || name.Length == SliceSuffix.Length)
            return "is not the name of a slice: machine.slice";
        if (WhyNoUnit(name) is { } why)
            return why;
        return name != RootSlice && Array.Exists(Parts(name), part => part.Length == 0)
            ? "is not the name of a slice: each '-' stands between the names of two slices, of which one is empty"
            : null;
    }

    /// <summary>
    /// Where a slice is, as its name says: <c>/a.slice/a-b.slice</c> for <c>a-b.slice</c>, nothing for <see cref="RootSlice"/>. Below the cgroup of its
    /// manager, which for the host's own is the root.
    /// </summary>
    /// <param name="slice">A name that <see cref="WhyNoSlice"/> has nothing against.</param>
    internal static string SlicePath(string slice)
    {
        if (slice == RootSlice)
            return "";
        StringBuilder path = new();
        string name = "";
        foreach (string part in Parts(slice))
        {
            name += name.Length == 0 ? part : $"-{part}";
            path.Append('/').Append(name).Append(SliceSuffix);
        }
        return path.ToString();
    }

    /// <summary>The slice that a slice is in.</summary>
    internal static string ParentOf(string slice)
    {
        int dash = slice.LastIndexOf('-');
        return dash <= 0 ? RootSlice : $"{slice[..dash]}{SliceSuffix}";
    }

    /// <summary>The object of a unit on the bus: every other character than a letter or digit is <c>_</c> and its number, also a digit in front.</summary>
    internal static string ObjectPath(string unit)
    {
        StringBuilder path = new("/org/freedesktop/systemd1/unit/");
        byte[] bytes = Encoding.UTF8.GetBytes(unit);
        for (int i = 0; i < bytes.Length; i++)
        {
            char letter = (char)bytes[i];
            bool isPlain = char.IsAsciiLetter(letter) || (char.IsAsciiDigit(letter) && i > 0);
            path.Append(isPlain ? $"{letter}" : $"_{bytes[i]:x2}");
        }
        return path.ToString();
    }

    /// <summary>The interface that has the properties of a unit's kind.</summary>
    internal static string InterfaceOf(string unit)
    {
        string kind = unit[(unit.LastIndexOf('.') + 1)..];
        return $"org.freedesktop.systemd1.{kind[..1].ToUpperInvariant()}{kind[1..]}";
    }

    private static string[] Parts(string slice) => slice[..^SliceSuffix.Length].Split('-');
}
