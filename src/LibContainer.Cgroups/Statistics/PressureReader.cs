using System.Globalization;

namespace LibContainer.Cgroups;

/// <summary>Reads <see cref="PressureStats"/>.</summary>
internal static class PressureReader
{
    /// <returns>Null: this kernel has none.</returns>
    internal static PressureStats? Read(CgroupFiles files)
    {
        Pressure? cpu = Read(files, "cpu.pressure"u8);
        Pressure? memory = Read(files, "memory.pressure"u8);
        Pressure? io = Read(files, "io.pressure"u8);
        return cpu is null && memory is null && io is null ? null : new() { Cpu = cpu, Memory = memory, IO = io };
    }

    /// <summary>Lines <c>some avg10=0.00 avg60=0.12 avg300=1.23 total=456</c> and <c>full</c> alike.</summary>
    private static Pressure? Read(CgroupFiles files, ReadOnlySpan<byte> name)
    {
        if (!files.TryRead(name, out CgroupText text))
            return null;
        PressureFigures? some = null, full = null;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ReadOnlySpan<byte> rest = line;
            ReadOnlySpan<byte> kind = TextLines.Word(ref rest);
            if (kind.SequenceEqual("some"u8))
                some = Figures(text, line, rest);
            else if (kind.SequenceEqual("full"u8))
                full = Figures(text, line, rest);
        }
        return some is { } found ? new(found, full) : throw text.Malformed(text.Content, "a line of some");
    }

    private static PressureFigures Figures(CgroupText text, ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        double average10 = Average(text, line, ref rest, "avg10="u8);
        double average60 = Average(text, line, ref rest, "avg60="u8);
        double average300 = Average(text, line, ref rest, "avg300="u8);
        ulong total = text.Number(Value(text, line, ref rest, "total="u8), line);
        return new(average10, average60, average300, CpuReader.Microseconds(total));
    }

    private static double Average(CgroupText text, ReadOnlySpan<byte> line, ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name)
        => double.TryParse(Value(text, line, ref rest, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double average)
            ? average
            : throw Malformed(text, line);

    private static ReadOnlySpan<byte> Value(CgroupText text, ReadOnlySpan<byte> line, ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> word = TextLines.Word(ref rest);
        return word.StartsWith(name) ? word[name.Length..] : throw Malformed(text, line);
    }

    private static CgroupException Malformed(CgroupText text, ReadOnlySpan<byte> line) => text.Malformed(line, "avg10=, avg60=, avg300= and total=");
}
