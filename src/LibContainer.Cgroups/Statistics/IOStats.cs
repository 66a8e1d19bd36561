using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Block devices. Source: cgroup-v2.rst, "IO Interface Files"; cgroup-v1/blkio-controller.rst.</summary>
public sealed record IOStats
{
    /// <summary>Devices that were used, in the kernel's order. io.stat; version 1: as <see cref="BlkioTables.ServiceBytes"/> and <see cref="BlkioTables.Serviced"/> tell.</summary>
    public ImmutableArray<IODeviceStats> Devices { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The tables of version 1. Null on version 2.</summary>
    public BlkioTables? Tables { get; init; }
}

/// <summary>One block device. Null is what the kernel did not list.</summary>
public readonly record struct IODeviceStats
{
    /// <summary>Major number.</summary>
    public uint Major { get; init; }

    /// <summary>Minor number.</summary>
    public uint Minor { get; init; }

    /// <summary>Bytes read. <c>rbytes</c>; version 1: <c>Read</c>.</summary>
    public ulong? BytesRead { get; init; }

    /// <summary>Bytes written. <c>wbytes</c>; version 1: <c>Write</c>.</summary>
    public ulong? BytesWritten { get; init; }

    /// <summary>Bytes of blocks that were given back. <c>dbytes</c>; version 1: <c>Discard</c>; Linux 4.19.</summary>
    public ulong? BytesDiscarded { get; init; }

    /// <summary>Reads. <c>rios</c>; version 1: <c>Read</c>.</summary>
    public ulong? OperationsRead { get; init; }

    /// <summary>Writes. <c>wios</c>; version 1: <c>Write</c>.</summary>
    public ulong? OperationsWritten { get; init; }

    /// <summary>Discards. <c>dios</c>; version 1: <c>Discard</c>; Linux 4.19.</summary>
    public ulong? OperationsDiscarded { get; init; }
}

/// <summary>What version 1 tells of block devices. A table that the host does not have is empty.</summary>
/// <remarks>
/// Linux 5.0 lost the scheduler (CFQ) that filled most tables. Each is taken from the first of these that has a line for a device: that scheduler's,
/// the one of throttling (bytes and operations only), the one of the scheduler BFQ, whose times need a kernel made for debugging.
/// </remarks>
public sealed record BlkioTables
{
    /// <summary>Bytes, by operation. blkio.io_service_bytes_recursive.</summary>
    public ImmutableArray<BlkioEntry> ServiceBytes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Operations. blkio.io_serviced_recursive.</summary>
    public ImmutableArray<BlkioEntry> Serviced { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Operations that wait at this moment. blkio.io_queued_recursive.</summary>
    public ImmutableArray<BlkioEntry> Queued { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Sectors of 512 bytes, not by operation. blkio.sectors_recursive.</summary>
    public ImmutableArray<BlkioEntry> Sectors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Nanoseconds from the start of an operation to its end. blkio.io_service_time_recursive.</summary>
    public ImmutableArray<BlkioEntry> ServiceTimeNanoseconds { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Nanoseconds that operations waited for their start. blkio.io_wait_time_recursive.</summary>
    public ImmutableArray<BlkioEntry> WaitTimeNanoseconds { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>A line of such a table.</summary>
/// <param name="Major">Major number of the device.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Operation">
/// <c>Read</c>, <c>Write</c>, <c>Sync</c>, <c>Async</c>, <c>Discard</c>, <c>Total</c> or what else the kernel says; empty in a table that is not by
/// operation.
/// </param>
/// <param name="Value">What the table is of.</param>
public readonly record struct BlkioEntry(uint Major, uint Minor, string Operation, ulong Value);
