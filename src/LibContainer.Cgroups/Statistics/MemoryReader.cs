namespace LibContainer.Cgroups;

/// <summary>Reads <see cref="MemoryStats"/>.</summary>
internal static class MemoryReader
{
    /// <returns>Null: the controller is not enabled here.</returns>
    internal static MemoryStats? ReadV2(CgroupFiles files)
    {
        ulong? usage = files.Number("memory.current"u8);
        MemoryEvents? events = ReadEvents(files, "memory.events"u8);
        StatDictionary? fields = ReadFields(files, "kernel"u8, out ulong? kernel);
        if (usage is null && fields is null)
            return null;
        return new()
        {
            UsageBytes = usage,
            PeakBytes = files.Number("memory.peak"u8),
            LimitBytes = files.Limit("memory.max"u8),
            SwapUsageBytes = files.Number("memory.swap.current"u8),
            SwapLimitBytes = files.Limit("memory.swap.max"u8),
            KernelUsageBytes = kernel,
            FailCount = events?.Max,
            Events = events,
            Fields = fields,
        };
    }

    internal static MemoryStats ReadV1(CgroupFiles files)
    {
        ulong? usage = files.Number("memory.usage_in_bytes"u8);
        ulong? both = files.Number("memory.memsw.usage_in_bytes"u8);
        ulong? limit = files.Limit("memory.limit_in_bytes"u8);
        ulong? limitOfBoth = files.Limit("memory.memsw.limit_in_bytes"u8);
        return new()
        {
            UsageBytes = usage,
            PeakBytes = files.Number("memory.max_usage_in_bytes"u8),
            LimitBytes = limit,
            SwapUsageBytes = Difference(both, usage),
            SwapLimitBytes = Difference(limitOfBoth, limit),
            KernelUsageBytes = files.Number("memory.kmem.usage_in_bytes"u8),
            KernelTcpUsageBytes = files.Number("memory.kmem.tcp.usage_in_bytes"u8),
            FailCount = files.Number("memory.failcnt"u8),
            Events = ReadEvents(files, "memory.oom_control"u8),
            Fields = ReadFields(files, default, out _),
        };
    }

    /// <summary>The two were not read at the same moment: the first can be the smaller one.</summary>
    private static ulong? Difference(ulong? whole, ulong? part) => whole is { } a && part is { } b ? a - Math.Min(a, b) : null;

    /// <returns>Null: the file is not there, or has none of the names.</returns>
    internal static MemoryEvents? ReadEvents(CgroupFiles files, ReadOnlySpan<byte> file) => files.TryRead(file, out CgroupText text) ? Events(text) : null;

    /// <summary>memory.events, and of version 1 memory.oom_control.</summary>
    /// <returns>Null: it has none of the names.</returns>
    internal static MemoryEvents? Events(CgroupText text)
    {
        ulong? low = null, high = null, max = null, outOfMemory = null, kills = null, groupKills = null;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            if (name.SequenceEqual("low"u8))
                low = value;
            else if (name.SequenceEqual("high"u8))
                high = value;
            else if (name.SequenceEqual("max"u8))
                max = value;
            else if (name.SequenceEqual("oom"u8))
                outOfMemory = value;
            else if (name.SequenceEqual("oom_kill"u8))
                kills = value;
            else if (name.SequenceEqual("oom_group_kill"u8))
                groupKills = value;
        }
        return max is null && kills is null
            ? null
            : new() { Low = low, High = high, Max = max, OutOfMemory = outOfMemory, OutOfMemoryKills = kills, OutOfMemoryGroupKills = groupKills };
    }

    /// <param name="files">Of the cgroup.</param>
    /// <param name="sought">A name in memory.stat.</param>
    /// <param name="found">Its value.</param>
    private static StatDictionary? ReadFields(CgroupFiles files, ReadOnlySpan<byte> sought, out ulong? found)
    {
        found = null;
        if (!files.TryRead("memory.stat"u8, out CgroupText text))
            return null;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            if (name.SequenceEqual(sought))
                found = value;
        }
        return new StatDictionary(text.Content);
    }
}
