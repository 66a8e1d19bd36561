using System.Collections.Immutable;
using System.Text;

namespace LibContainer.Cgroups;

/// <summary>Reads <see cref="RdmaStats"/>.</summary>
internal static class RdmaReader
{
    internal static ImmutableArray<RdmaStats> Read(CgroupFiles files)
    {
        Rows<RdmaStats> devices = new();
        if (files.TryRead("rdma.current"u8, out CgroupText text))
        {
            foreach (ReadOnlySpan<byte> line in text.Lines)
            {
                ref RdmaStats device = ref Parse(ref devices, text, line, out ulong? handles, out ulong? objects);
                device = device with { Handles = handles, Objects = objects };
            }
        }
        if (files.TryRead("rdma.max"u8, out text))
        {
            foreach (ReadOnlySpan<byte> line in text.Lines)
            {
                ref RdmaStats device = ref Parse(ref devices, text, line, out ulong? handles, out ulong? objects);
                device = device with { HandleLimit = handles, ObjectLimit = objects };
            }
        }
        return devices.ToImmutable();
    }

    /// <summary>A line <c>mlx4_0 hca_handle=2 hca_object=max</c>.</summary>
    private static ref RdmaStats Parse(ref Rows<RdmaStats> devices, CgroupText text, ReadOnlySpan<byte> line, out ulong? handles, out ulong? objects)
    {
        ReadOnlySpan<byte> rest = line;
        ref RdmaStats device = ref Device(ref devices, TextLines.Word(ref rest));
        handles = objects = null;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> word = TextLines.Word(ref rest);
            int equals = word.IndexOf((byte)'=');
            if (equals < 0)
                throw text.Malformed(line, "a device and name=value");
            ulong? value = text.Limit(word[(equals + 1)..], line);
            if (word[..equals].SequenceEqual("hca_handle"u8))
                handles = value;
            else if (word[..equals].SequenceEqual("hca_object"u8))
                objects = value;
        }
        return ref device;
    }

    private static ref RdmaStats Device(ref Rows<RdmaStats> devices, ReadOnlySpan<byte> name)
    {
        Span<RdmaStats> all = devices.All;
        for (int i = 0; i < all.Length; i++)
        {
            if (Ascii.Equals(name, all[i].Device))
                return ref all[i];
        }
        return ref devices.Add(new() { Device = Encoding.UTF8.GetString(name) });
    }
}
