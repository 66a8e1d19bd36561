using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LibContainer.Cgroups;

/// <summary>Rows of a result, whose number is not known before, and which are changed while they are gathered. Its array becomes the result.</summary>
internal struct Rows<T>
    where T : struct
{
    private T[]? _rows;
    private int _count;

    public Rows()
    {
    }

    internal readonly Span<T> All => _rows.AsSpan(0, _count);

    internal ref T Add(T row)
    {
        _rows ??= new T[1];
        if (_count == _rows.Length)
            Array.Resize(ref _rows, _count * 2);
        _rows[_count] = row;
        return ref _rows[_count++];
    }

    internal ImmutableArray<T> ToImmutable()
    {
        if (_count == 0)
            return [];
        Array.Resize(ref _rows, _count); // does nothing when it is full
        return ImmutableCollectionsMarshal.AsImmutableArray(_rows);
    }
}
