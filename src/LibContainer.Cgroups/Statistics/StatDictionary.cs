using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace LibContainer.Cgroups;

/// <summary>Names and values of a file such as memory.stat, in the kernel's order. Kept as the kernel wrote it, and taken apart when asked.</summary>
/// <remarks>The kernel adds names with every few versions. Looking one up walks over the text, which is some sixty lines.</remarks>
public sealed class StatDictionary : IReadOnlyDictionary<string, ulong>
{
    private readonly byte[] _text;

    /// <param name="text">Lines that <see cref="CgroupText"/> has read as pairs.</param>
    internal StatDictionary(ReadOnlySpan<byte> text) => _text = text.ToArray();

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ReadOnlySpan<byte> _ in new TextLines(_text))
                count++;
            return count;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Keys => this.Select(pair => pair.Key);

    /// <inheritdoc/>
    public IEnumerable<ulong> Values => this.Select(pair => pair.Value);

    /// <summary>The value of a name.</summary>
    /// <exception cref="KeyNotFoundException">This kernel has no such name.</exception>
    public ulong this[string key] => TryGetValue(key, out ulong value) ? value : throw new KeyNotFoundException($"there is no field '{key}'");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ulong value)
    {
        ArgumentNullException.ThrowIfNull(key);
        foreach (ReadOnlySpan<byte> line in new TextLines(_text))
        {
            if (Ascii.Equals(Split(line, out value), key))
                return true;
        }
        value = 0;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ulong>> GetEnumerator()
    {
        for (int start = 0; Next(ref start) is { } pair;)
            yield return pair;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private KeyValuePair<string, ulong>? Next(ref int start)
    {
        TextLines lines = new(_text.AsSpan(start));
        if (!lines.MoveNext())
            return null;
        start = _text.Length - lines.RestLength;
        ReadOnlySpan<byte> name = Split(lines.Current, out ulong value);
        return new(Encoding.UTF8.GetString(name), value);
    }

    private static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> line, out ulong value)
    {
        ReadOnlySpan<byte> name = TextLines.Word(ref line);
        value = ulong.Parse(TextLines.Word(ref line), NumberStyles.None, CultureInfo.InvariantCulture);
        return name;
    }
}
