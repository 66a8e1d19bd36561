using System.Collections.Immutable;
using System.Text;

namespace LibContainer.Configuration;

/// <summary>
/// A place in the configuration, put together only when there is something to say about it: a start with nothing wrong costs no text.
/// </summary>
internal readonly record struct Where(string Name, int Index = -1, string Member = "")
{
    public static implicit operator Where(string name) => new(name);

    /// <summary>An entry of a map. Quotes, since keys have dots in them.</summary>
    internal static string Key(string map, string key) => $"{map}[\"{key}\"]";

    internal Where Of(string member) => this with { Member = member };

    public override string ToString() => (Index < 0 ? Name : $"{Name}[{Index}]") + (Member.Length == 0 ? "" : $".{Member}");
}

/// <summary>What a validator has to say, and the questions that more than one of them asks.</summary>
internal sealed class Findings
{
    /// <summary>MAX_ARG_STRLEN of the kernel: 32 pages, of 4 KB at least.</summary>
    private const int PagesPerString = 32;

    /// <summary>IFNAMSIZ of the kernel, without the NUL.</summary>
    internal const int MaxInterfaceNameBytes = 15;

    private ImmutableArray<ConfigurationFinding>.Builder? _all;

    internal void Add(Where where, string message)
        => (_all ??= ImmutableArray.CreateBuilder<ConfigurationFinding>()).Add(new ConfigurationFinding(where.ToString(), message));

    internal ImmutableArray<ConfigurationFinding> ToImmutable() => _all?.ToImmutable() ?? [];

    internal void CheckText(Where where, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            Add(where, "contains a NUL character, at which the kernel would stop reading");
    }

    /// <summary>A label is one line of the kernel's interface.</summary>
    internal void CheckLabel(Where where, string label)
    {
        if (label.Length == 0)
            Add(where, "a label is not empty; null stands for none");
        else if (label.AsSpan().ContainsAny('\0', '\n', '"'))
            Add(where, $"'{OneLine(label)}' is not a label: it contains a NUL, a line break or a quote");
    }

    /// <summary>One line of a file of the kernel, or a part of one.</summary>
    internal void CheckLine(Where where, string line)
    {
        if (line.Length == 0)
            Add(where, "is empty");
        else if (line.AsSpan().ContainsAny('\0', '\n'))
            Add(where, $"'{OneLine(line)}' contains a NUL or a line break");
    }

    /// <summary>The name of one file or directory.</summary>
    internal void CheckFileName(Where where, string name)
    {
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0', '\n'))
            Add(where, $"'{OneLine(name)}' is not the name of a file");
    }

    internal void CheckHostPath(Where where, string path)
    {
        if (!Path.IsPathRooted(path))
            Add(where, $"'{path}' is not an absolute path");
        CheckText(where, path);
    }

    /// <returns>The path without dots and double slashes, or null when there is a finding.</returns>
    internal string? CheckContainerPath(Where where, string value)
    {
        if (!value.StartsWith('/'))
            Add(where, $"'{value}' is not an absolute path");
        else if (value.Contains('\0', StringComparison.Ordinal))
            CheckText(where, value);
        else if (ContainerPath.Normalize(value) is { } normal)
            return normal;
        else
            Add(where, $"'{value}' climbs out of the root");
        return null;
    }

    /// <returns>What it takes of execve's limit: the string, its NUL and its pointer.</returns>
    internal long CheckArgument(Where where, string text)
    {
        CheckText(where, text);
        int length = Encoding.UTF8.GetByteCount(text) + 1;
        int limit = PagesPerString * Environment.SystemPageSize;
        if (length > limit)
            Add(where, $"is {length - 1} bytes long, and Linux takes {limit - 1} at most");
        return length + sizeof(ulong);
    }

    internal void CheckVariable(Where where, string entry)
    {
        if (entry.IndexOf('=', StringComparison.Ordinal) <= 0)
            Add(where, $"'{entry}' is not NAME=value");
    }

    /// <summary>dev_valid_name of the kernel.</summary>
    internal void CheckInterfaceName(Where where, string name)
    {
        if (name is "" or "." or ".." || !IsPartOfInterfaceName(name, MaxInterfaceNameBytes))
            Add(
                where,
                $"'{OneLine(name)}' is not the name of a network device: 1 to {MaxInterfaceNameBytes} bytes without '/', ':', '%' and spaces");
    }

    /// <summary>A percent sign is left out as well: the kernel takes <c>eth%d</c> as a wish for a number.</summary>
    internal static bool IsPartOfInterfaceName(string text, int maxBytes)
        => Encoding.UTF8.GetByteCount(text) <= maxBytes
            && !text.Any(character => character is '/' or ':' or '%' or '\0' || char.IsWhiteSpace(character));

    /// <summary>The list format of cpuset(7): numbers and ranges of numbers.</summary>
    internal void CheckNumberList(Where where, string list)
    {
        foreach (string part in list.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length <= 2 && ends.All(end => end.Length > 0 && end.All(char.IsAsciiDigit) && int.TryParse(end, out _))
                && int.Parse(ends[0], null) <= int.Parse(ends[^1], null))
                continue;
            Add(where, $"'{OneLine(list)}' is not a list of numbers and ranges: 0-3,7");
            return;
        }
    }

    internal void CheckDevice(Where where, int? major, int? minor)
    {
        if (major is < 0 or > 0xFFF || minor is < 0 or > 0xFFFFF)
            Add(where, $"{major}:{minor} is not a device number: 0 to 4095, and 0 to 1048575");
    }

    internal void CheckRange(Where where, long value, long minimum, long maximum)
    {
        if (value < minimum || value > maximum)
            Add(where, $"{value} is not from {minimum} to {maximum}");
    }

    internal void CheckDefined<T>(Where where, T value, string what)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            Add(where, $"{value} is not {what}");
    }

    /// <param name="where">The flags.</param>
    /// <param name="unknown">Those of their bits that have no name. As a number, since a generic enum would be boxed.</param>
    internal void CheckNoFlags(Where where, uint unknown)
    {
        if (unknown != 0)
            Add(where, $"0x{unknown:x} is not a flag that is known");
    }

    internal static string OneLine(string text)
        => text.Replace("\0", "\\0", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
