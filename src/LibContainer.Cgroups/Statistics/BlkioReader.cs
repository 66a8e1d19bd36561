using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LibContainer.Cgroups;

/// <summary>Reads the tables of the version 1 controller of block devices.</summary>
internal static class BlkioReader
{
    internal static BlkioTables Read(CgroupFiles files) => new()
    {
        ServiceBytes = ServiceBytes(files),
        Serviced = Serviced(files),
        Queued = Queued(files),
        Sectors = Sectors(files),
        ServiceTimeNanoseconds = First(files, "blkio.io_service_time_recursive"u8, default, default, "blkio.bfq.io_service_time_recursive"u8),
        WaitTimeNanoseconds = First(files, "blkio.io_wait_time_recursive"u8, default, default, "blkio.bfq.io_wait_time_recursive"u8),
    };

    internal static ImmutableArray<BlkioEntry> ServiceBytes(CgroupFiles files) => First(
        files,
        "blkio.io_service_bytes_recursive"u8,
        "blkio.throttle.io_service_bytes_recursive"u8,
        "blkio.throttle.io_service_bytes"u8,
        "blkio.bfq.io_service_bytes_recursive"u8);

    internal static ImmutableArray<BlkioEntry> Serviced(CgroupFiles files) => First(
        files,
        "blkio.io_serviced_recursive"u8,
        "blkio.throttle.io_serviced_recursive"u8,
        "blkio.throttle.io_serviced"u8,
        "blkio.bfq.io_serviced_recursive"u8);

    internal static ImmutableArray<BlkioEntry> Queued(CgroupFiles files)
        => First(files, "blkio.io_queued_recursive"u8, default, default, "blkio.bfq.io_queued_recursive"u8);

    internal static ImmutableArray<BlkioEntry> Sectors(CgroupFiles files)
        => First(files, "blkio.sectors_recursive"u8, default, default, "blkio.bfq.sectors_recursive"u8);

    /// <summary>The first of several files that has a line for a device.</summary>
    /// <param name="files">Of the cgroup.</param>
    /// <param name="name">The file of CFQ.</param>
    /// <param name="throttle">That of throttling; empty: none.</param>
    /// <param name="throttleAlone">The same without the cgroups below, for kernels that do not have the former.</param>
    /// <param name="bfq">That of BFQ.</param>
    private static ImmutableArray<BlkioEntry> First(
        CgroupFiles files, ReadOnlySpan<byte> name, ReadOnlySpan<byte> throttle, ReadOnlySpan<byte> throttleAlone, ReadOnlySpan<byte> bfq)
    {
        if (files.TryRead(name, out CgroupText text) && Parse(text) is { Length: > 0 } ofCfq)
            return ofCfq;
        if (!throttle.IsEmpty && (files.TryRead(throttle, out text) || files.TryRead(throttleAlone, out text)) && Parse(text) is { Length: > 0 } ofThrottling)
            return ofThrottling;
        return files.TryRead(bfq, out text) ? Parse(text) : [];
    }

    /// <summary>Lines <c>8:0 Read 100</c>, or <c>8:0 1024</c>, and at the end <c>Total 100</c>, which is left out.</summary>
    /// <exception cref="CgroupException">A line is neither.</exception>
    private static ImmutableArray<BlkioEntry> Parse(CgroupText text)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> line in text.Lines)
            count += IsTotal(line) ? 0 : 1;
        if (count == 0)
            return [];
        BlkioEntry[] entries = new BlkioEntry[count];
        count = 0;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            if (!IsTotal(line))
                entries[count++] = ParseLine(text, line);
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(entries);
    }

    private static bool IsTotal(ReadOnlySpan<byte> line) => line.StartsWith("Total"u8);

    private static BlkioEntry ParseLine(CgroupText text, ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        bool isDevice = CgroupText.TryDevice(TextLines.Word(ref rest), out uint major, out uint minor);
        ReadOnlySpan<byte> operation = TextLines.Word(ref rest);
        ReadOnlySpan<byte> value = TextLines.Word(ref rest);
        if (!isDevice || operation.IsEmpty || !rest.IsEmpty)
            throw text.Malformed(line, "a device, an operation and a number");
        return value.IsEmpty
            ? new(major, minor, "", text.Number(operation, line))
            : new(major, minor, Name(operation), text.Number(value, line));
    }

    /// <summary>Known names cost nothing.</summary>
    private static string Name(ReadOnlySpan<byte> operation) => operation switch
    {
        _ when operation.SequenceEqual("Read"u8) => "Read",
        _ when operation.SequenceEqual("Write"u8) => "Write",
        _ when operation.SequenceEqual("Sync"u8) => "Sync",
        _ when operation.SequenceEqual("Async"u8) => "Async",
        _ when operation.SequenceEqual("Discard"u8) => "Discard",
        _ when operation.SequenceEqual("Total"u8) => "Total",
        _ => System.Text.Encoding.UTF8.GetString(operation),
    };
}
