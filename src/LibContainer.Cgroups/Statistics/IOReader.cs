using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Reads <see cref="IOStats"/>.</summary>
internal static class IOReader
{
    internal static IOStats ReadV1(CgroupFiles files)
    {
        BlkioTables tables = BlkioReader.Read(files);
        Rows<IODeviceStats> devices = new();
        foreach (BlkioEntry entry in tables.ServiceBytes)
        {
            ref IODeviceStats device = ref Device(ref devices, entry.Major, entry.Minor);
            device = entry.Operation switch
            {
                "Read" => device with { BytesRead = entry.Value },
                "Write" => device with { BytesWritten = entry.Value },
                "Discard" => device with { BytesDiscarded = entry.Value },
                _ => device,
            };
        }
        foreach (BlkioEntry entry in tables.Serviced)
        {
            ref IODeviceStats device = ref Device(ref devices, entry.Major, entry.Minor);
            device = entry.Operation switch
            {
                "Read" => device with { OperationsRead = entry.Value },
                "Write" => device with { OperationsWritten = entry.Value },
                "Discard" => device with { OperationsDiscarded = entry.Value },
                _ => device,
            };
        }
        return new() { Devices = devices.ToImmutable(), Tables = tables };
    }

    /// <returns>Null: the controller is not enabled here.</returns>
    internal static IOStats? ReadV2(CgroupFiles files) => files.TryRead("io.stat"u8, out CgroupText text) ? new() { Devices = Parse(text) } : null;

    /// <summary>Lines <c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6</c>, and what else a controller adds.</summary>
    /// <remarks>
    /// A device without figures has a line of its own number, and some kernels forget its line break: <c>7:1 7:0 8:0 rbytes=1</c>.
    /// </remarks>
    /// <exception cref="CgroupException">A line is not so.</exception>
    internal static ImmutableArray<IODeviceStats> Parse(CgroupText text)
    {
        Rows<IODeviceStats> devices = new();
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            uint major = 0, minor = 0;
            bool hasDevice = false;
            for (ReadOnlySpan<byte> rest = line; !rest.IsEmpty;)
            {
                ReadOnlySpan<byte> word = TextLines.Word(ref rest);
                int equals = word.IndexOf((byte)'=');
                if (equals < 0)
                    hasDevice = CgroupText.TryDevice(word, out major, out minor) ? true : throw Malformed(text, line);
                else if (!hasDevice)
                    throw Malformed(text, line);
                else
                    Set(text, line, word[..equals], word[(equals + 1)..], ref Device(ref devices, major, minor));
            }
        }
        return devices.ToImmutable();
    }

    private static CgroupException Malformed(CgroupText text, ReadOnlySpan<byte> line) => text.Malformed(line, "a device and name=value");

    /// <summary>What is not known is nobody's business here: io.latency and io.cost add figures of their own that are not all numbers.</summary>
    private static void Set(CgroupText text, ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref IODeviceStats device)
    {
        if (name.SequenceEqual("rbytes"u8))
            device = device with { BytesRead = text.Number(value, line) };
        else if (name.SequenceEqual("wbytes"u8))
            device = device with { BytesWritten = text.Number(value, line) };
        else if (name.SequenceEqual("dbytes"u8))
            device = device with { BytesDiscarded = text.Number(value, line) };
        else if (name.SequenceEqual("rios"u8))
            device = device with { OperationsRead = text.Number(value, line) };
        else if (name.SequenceEqual("wios"u8))
            device = device with { OperationsWritten = text.Number(value, line) };
        else if (name.SequenceEqual("dios"u8))
            device = device with { OperationsDiscarded = text.Number(value, line) };
    }

    /// <summary>The row of a device, which is made when there is none. Lines of one device are next to each other, so the last is looked at first.</summary>
    private static ref IODeviceStats Device(ref Rows<IODeviceStats> devices, uint major, uint minor)
    {
        Span<IODeviceStats> all = devices.All;
        for (int i = all.Length - 1; i >= 0; i--)
        {
            if (all[i].Major == major && all[i].Minor == minor)
                return ref all[i];
        }
        return ref devices.Add(new() { Major = major, Minor = minor });
    }
}
