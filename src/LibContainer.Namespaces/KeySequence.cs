using System.Collections.Immutable;

namespace LibContainer;

/// <summary>Keys that are looked for in what is typed. Those that may be the first of them are held back until that is known.</summary>
internal sealed class KeySequence(ImmutableArray<byte> keys)
{
    private int _held;

    /// <summary>Most bytes that come from before.</summary>
    internal int Longest => keys.Length;

    /// <param name="typed">The next that were typed.</param>
    /// <param name="passed">Gets those that are not of the keys, with what was held back before.</param>
    /// <param name="count">How many.</param>
    /// <returns>They were typed; what came behind them is left out.</returns>
    internal bool Find(ReadOnlySpan<byte> typed, Span<byte> passed, out int count)
    {
        count = 0;
        if (keys.IsEmpty)
        {
            typed.CopyTo(passed);
            count = typed.Length;
            return false;
        }
        foreach (byte key in typed)
        {
            while (_held > 0 && keys[_held] != key)
            {
                int kept = Overlap();
                keys.AsSpan(0, _held - kept).CopyTo(passed[count..]);
                count += _held - kept;
                _held = kept;
            }
            if (keys[_held] != key)
                passed[count++] = key;
            else if (++_held == keys.Length)
            {
                _held = 0;
                return true;
            }
        }
        return false;
    }

    /// <summary>How much of the end of what is held back is a beginning of the keys, too.</summary>
    private int Overlap()
    {
        int length = _held - 1;
        while (!keys.AsSpan(0, length).SequenceEqual(keys.AsSpan(_held - length, length)))
            length--;
        return length;
    }
}
