using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LibContainer.Launch;

/// <summary>Turns steps into the one buffer that the launcher reads; see PlanFormat.cs for its layout.</summary>
internal sealed class PlanWriter : IDisposable
{
    private byte[] _buffer;
    private int _length;

    private PlanWriter(int stepCount)
    {
        _length = Unsafe.SizeOf<PlanHeader>() + stepCount * Unsafe.SizeOf<StepRecord>();
        _buffer = ArrayPool<byte>.Shared.Rent(_length + 8192);
    }

    /// <summary>The plan.</summary>
    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <exception cref="ArgumentException">A text contains NUL.</exception>
    internal static PlanWriter Write(LaunchPlan plan)
    {
        PlanWriter writer = new(plan.Steps.Length);
        try
        {
            PlanHeader header = new() { Magic = PlanHeader.CurrentMagic, StepCount = (uint)plan.Steps.Length };
            MemoryMarshal.Write(writer._buffer, header);
            for (int i = 0; i < plan.Steps.Length; i++)
            {
                StepRecord record = default;
                plan.Steps[i].Write(writer, ref record);
                // After the step, which may have moved the buffer.
                MemoryMarshal.Write(writer._buffer.AsSpan(Unsafe.SizeOf<PlanHeader>() + i * Unsafe.SizeOf<StepRecord>()), record);
            }
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <returns>Offset of the text, NUL-terminated.</returns>
    internal uint Text(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
            throw new ArgumentException("a string for the kernel cannot contain a NUL character", nameof(text));
        Span<byte> place = Reserve(Encoding.UTF8.GetByteCount(text) + 1, alignment: 1, out uint offset);
        place[Encoding.UTF8.GetBytes(text, place)] = 0;
        return offset;
    }

    /// <summary>A path inside the container, as the interpreter wants it: relative to the root.</summary>
    internal uint PathInRoot(string path) => Text(path.AsSpan().TrimStart('/'));

    /// <returns>Offset of an array of text offsets that ends in 0, as argv needs it.</returns>
    internal uint Texts(IReadOnlyList<string> texts)
    {
        Reserve((texts.Count + 1) * sizeof(ulong), sizeof(ulong), out uint array);
        for (int i = 0; i < texts.Count; i++)
        {
            ulong text = Text(texts[i]);
            MemoryMarshal.Write(_buffer.AsSpan((int)array + i * sizeof(ulong)), text);
        }
        MemoryMarshal.Write(_buffer.AsSpan((int)array + texts.Count * sizeof(ulong)), 0UL);
        return array;
    }

    /// <returns>Offset of the numbers.</returns>
    internal uint Numbers(ReadOnlySpan<uint> numbers)
    {
        MemoryMarshal.AsBytes(numbers).CopyTo(Reserve(numbers.Length * sizeof(uint), sizeof(uint), out uint offset));
        return offset;
    }

    private Span<byte> Reserve(int length, int alignment, out uint offset)
    {
        int start = (_length + alignment - 1) & -alignment;
        if (start + length > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(start + length, _buffer.Length * 2));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        _length = start + length;
        offset = (uint)start;
        return _buffer.AsSpan(start, length);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }
}
