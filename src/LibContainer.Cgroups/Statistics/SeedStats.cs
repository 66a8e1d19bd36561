using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace LibContainer.Cgroups;

/// <summary>The figures of libcontainer of June 2014, as its programs wrote and read them: the JSON of <c>nsinit stats</c>.</summary>
/// <remarks>
/// The names of its members are the wire format, two misspelt ones among them. What is zero or empty is left out, but for three members that always
/// were there. For all else there is <see cref="CgroupStats"/>.
/// </remarks>
public sealed record SeedStats
{
    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentCharacter = '\t',
        IndentSize = 1,
        NewLine = "\n",
        SkipValidation = true,
    };

    /// <summary>Part of the host's CPU time that the container used, in per cent of one CPU: two busy CPUs are 200. 0: not sampled.</summary>
    public ulong PercentUsage { get; init; }

    /// <summary>CPUs that the container kept busy, whole ones. 0: not sampled.</summary>
    public ulong CurrentUsage { get; init; }

    /// <summary>Nanoseconds on each CPU. Empty on version 2.</summary>
    public ImmutableArray<ulong> PercpuUsage { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Nanoseconds in the kernel.</summary>
    public ulong UsageInKernelmode { get; init; }

    /// <summary>Nanoseconds in programs.</summary>
    public ulong UsageInUsermode { get; init; }

    /// <summary>Periods of the quota in which there was something to run.</summary>
    public ulong Periods { get; init; }

    /// <summary>Those of them in which the quota was used up.</summary>
    public ulong ThrottledPeriods { get; init; }

    /// <summary>Nanoseconds without quota.</summary>
    public ulong ThrottledTime { get; init; }

    /// <summary>Bytes of memory.</summary>
    public ulong MemoryUsage { get; init; }

    /// <summary>Most bytes there ever were.</summary>
    public ulong MaxMemoryUsage { get; init; }

    /// <summary>All of memory.stat.</summary>
    public ImmutableSortedDictionary<string, ulong> MemoryFields { get; init; } = NoFields;

    /// <summary>How often the limit of memory was reached.</summary>
    public ulong MemoryFailCount { get; init; }

    /// <summary>Bytes read and written.</summary>
    public ImmutableArray<BlkioEntry> IOServiceBytes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Reads and writes.</summary>
    public ImmutableArray<BlkioEntry> IOServiced { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Operations that wait.</summary>
    public ImmutableArray<BlkioEntry> IOQueued { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Sectors.</summary>
    public ImmutableArray<BlkioEntry> Sectors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether a cgroup above is frozen: <c>0</c> or <c>1</c>. Empty: the container is in no such cgroup.</summary>
    public string FreezerParentState { get; init; } = "";

    /// <summary>Whether the container's own cgroup is frozen: <c>0</c> or <c>1</c>.</summary>
    public string FreezerSelfState { get; init; } = "";

    /// <summary>Ordinal, as Go sorts the keys of a map.</summary>
    internal static ImmutableSortedDictionary<string, ulong> NoFields { get; } = ImmutableSortedDictionary.Create<string, ulong>(StringComparer.Ordinal);

    /// <summary>As JSON in UTF-8, without a line break at the end.</summary>
    /// <param name="indented">One tab for each level, as <c>nsinit stats</c> shows it. Otherwise there is no blank.</param>
    public byte[] ToJson(bool indented = false)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes, indented ? Indented : Compact))
            Write(writer);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes the object, for a document that has it inside.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        WriteCpu(writer);
        WriteMemory(writer);
        writer.WriteStartObject("blkio_stats"u8);
        WriteTable(writer, "io_service_bytes_recursive"u8, IOServiceBytes);
        WriteTable(writer, "io_serviced_recusrive"u8, IOServiced);
        WriteTable(writer, "io_queue_recursive"u8, IOQueued);
        WriteTable(writer, "sectors_recursive"u8, Sectors);
        writer.WriteEndObject();
        writer.WriteStartObject("freezer_stats"u8);
        if (FreezerParentState.Length > 0)
            writer.WriteString("parent_state"u8, FreezerParentState);
        if (FreezerSelfState.Length > 0)
            writer.WriteString("self_state"u8, FreezerSelfState);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteCpu(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("cpu_stats"u8);
        writer.WriteStartObject("cpu_usage"u8);
        WriteUnlessZero(writer, "percent_usage"u8, PercentUsage);
        WriteUnlessZero(writer, "current_usage"u8, CurrentUsage);
        if (!PercpuUsage.IsEmpty)
        {
            writer.WriteStartArray("percpu_usage"u8);
            foreach (ulong usage in PercpuUsage)
                writer.WriteNumberValue(usage);
            writer.WriteEndArray();
        }
        writer.WriteNumber("usage_in_kernelmode"u8, UsageInKernelmode);
        writer.WriteNumber("usage_in_usermode"u8, UsageInUsermode);
        writer.WriteEndObject();
        writer.WriteStartObject("throlling_data"u8);
        WriteUnlessZero(writer, "periods"u8, Periods);
        WriteUnlessZero(writer, "throttled_periods"u8, ThrottledPeriods);
        WriteUnlessZero(writer, "throttled_time"u8, ThrottledTime);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteMemory(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("memory_stats"u8);
        WriteUnlessZero(writer, "usage"u8, MemoryUsage);
        WriteUnlessZero(writer, "max_usage"u8, MaxMemoryUsage);
        if (!MemoryFields.IsEmpty)
        {
            writer.WriteStartObject("stats"u8);
            foreach ((string name, ulong value) in MemoryFields)
                writer.WriteNumber(name, value);
            writer.WriteEndObject();
        }
        writer.WriteNumber("failcnt"u8, MemoryFailCount);
        writer.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ImmutableArray<BlkioEntry> table)
    {
        if (table.IsEmpty)
            return;
        writer.WriteStartArray(name);
        foreach (BlkioEntry entry in table)
        {
            writer.WriteStartObject();
            WriteUnlessZero(writer, "major"u8, entry.Major);
            WriteUnlessZero(writer, "minor"u8, entry.Minor);
            if (entry.Operation.Length > 0)
                writer.WriteString("op"u8, entry.Operation);
            WriteUnlessZero(writer, "value"u8, entry.Value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong value)
    {
        if (value != 0)
            writer.WriteNumber(name, value);
    }
}
