namespace LibContainer.Cgroups;

/// <summary>Lines of a text that are not blank, without the blanks around them.</summary>
internal ref struct TextLines(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Bytes behind the current line and its line break.</summary>
    internal readonly int RestLength => _rest.Length;

    public readonly TextLines GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            Current = line.Trim(" \t"u8);
            if (!Current.IsEmpty)
                return true;
        }
        return false;
    }

    /// <summary>Takes the first word of a line, with the blanks around it.</summary>
    /// <returns>It; empty at the end.</returns>
    internal static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line.TrimStart(" \t"u8);
        int end = rest.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        line = end < 0 ? default : rest[(end + 1)..].TrimStart(" \t"u8);
        return word;
    }
}
