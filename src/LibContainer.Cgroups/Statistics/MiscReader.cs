using System.Collections.Immutable;
using System.Text;

namespace LibContainer.Cgroups;

/// <summary>Reads <see cref="MiscStats"/>.</summary>
internal static class MiscReader
{
    /// <summary>Lines <c>sev 3</c>; of misc.events <c>sev.max 0</c>.</summary>
    internal static ImmutableArray<MiscStats> Read(CgroupFiles files)
    {
        Rows<MiscStats> things = new();
        if (files.TryRead("misc.current"u8, out CgroupText text))
        {
            foreach (ReadOnlySpan<byte> line in text.Lines)
            {
                ulong current = text.Pair(line, out ReadOnlySpan<byte> name);
                ref MiscStats thing = ref Thing(ref things, name);
                thing = thing with { Current = current };
            }
        }
        if (files.TryRead("misc.max"u8, out text))
        {
            foreach (ReadOnlySpan<byte> line in text.Lines)
            {
                text.Pair(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
                ref MiscStats thing = ref Thing(ref things, name);
                thing = thing with { Limit = text.Limit(value, line) };
            }
        }
        if (files.TryRead("misc.events"u8, out text))
        {
            foreach (ReadOnlySpan<byte> line in text.Lines)
            {
                ulong count = text.Pair(line, out ReadOnlySpan<byte> name);
                if (!name.EndsWith(".max"u8))
                    continue;
                ref MiscStats thing = ref Thing(ref things, name[..^".max".Length]);
                thing = thing with { FailCount = count };
            }
        }
        return things.ToImmutable();
    }

    private static ref MiscStats Thing(ref Rows<MiscStats> things, ReadOnlySpan<byte> name)
    {
        Span<MiscStats> all = things.All;
        for (int i = 0; i < all.Length; i++)
        {
            if (Ascii.Equals(name, all[i].Name))
                return ref all[i];
        }
        return ref things.Add(new() { Name = Encoding.UTF8.GetString(name) });
    }
}
