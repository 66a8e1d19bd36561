using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace LibContainer.Cgroups;

/// <summary>Reads <see cref="SeedStats"/>: what its authors read of version 1, and of version 2 the nearest to it.</summary>
/// <remarks>
/// What is not there counts as zero, whole hierarchies too, as it did from the end of that June on. The tables of block devices are those that
/// <see cref="BlkioTables"/> tells, since those of 2014 are gone.
/// </remarks>
internal static class SeedStatsReader
{
    private const ulong NanosecondsPerTick = 1_000_000_000 / CpuReader.TicksPerSecond;

    /// <summary>Reads the figures.</summary>
    /// <param name="directories">The container's cgroup in each hierarchy that it is in.</param>
    /// <param name="since">How busy it was before, for <see cref="SeedStats.PercentUsage"/> and <see cref="SeedStats.CurrentUsage"/>; in 2014, 100 milliseconds
    /// before. Null: neither is told.</param>
    /// <exception cref="CgroupException">A file is there and cannot be read, or does not say what it has to.</exception>
    internal static SeedStats Read(IReadOnlyList<CgroupDirectory> directories, SeedCpuSample? since = null)
    {
        SeedStats stats = new();
        if (since is { } before)
        {
            SeedCpuSample now = SeedCpuSample.Take(directories);
            stats = stats with { PercentUsage = now.PercentSince(before, Environment.ProcessorCount), CurrentUsage = now.CpusSince(before) };
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            foreach (CgroupDirectory directory in directories)
            {
                using CgroupFiles files = new(directory, ref buffer);
                if (files.Exist)
                    stats = directory.Hierarchy.Version == CgroupVersion.V1 ? ReadV1(files, directory.Hierarchy, stats) : ReadV2(files, directory, directories, stats);
            }
            return stats;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static SeedStats ReadV1(CgroupFiles files, CgroupHierarchy hierarchy, SeedStats stats)
    {
        foreach (string controller in hierarchy.Controllers)
        {
            stats = controller switch
            {
                "cpu" => Throttling(files, stats),
                "cpuacct" => Accounting(files, stats),
                "memory" => stats with
                {
                    MemoryUsage = files.Number("memory.usage_in_bytes"u8) ?? 0,
                    MaxMemoryUsage = files.Number("memory.max_usage_in_bytes"u8) ?? 0,
                    MemoryFailCount = files.Number("memory.failcnt"u8) ?? 0,
                    MemoryFields = Fields(files),
                },
                "blkio" => stats with
                {
                    Sectors = BlkioReader.Sectors(files),
                    IOServiceBytes = BlkioReader.ServiceBytes(files),
                    IOServiced = BlkioReader.Serviced(files),
                    IOQueued = BlkioReader.Queued(files),
                },
                "freezer" => stats with
                {
                    FreezerParentState = Text(files, "freezer.parent_freezing"u8),
                    FreezerSelfState = Text(files, "freezer.self_freezing"u8),
                },
                _ => stats,
            };
        }
        return stats;
    }

    private static SeedStats ReadV2(CgroupFiles files, CgroupDirectory directory, IReadOnlyList<CgroupDirectory> directories, SeedStats stats)
    {
        ImmutableArray<string> controllers = directory.Hierarchy.Controllers;
        bool isTime = !directories.HasInVersion1("cpuacct"), isQuota = controllers.Contains("cpu");
        if ((isTime || isQuota) && CpuReader.ReadV2(files) is { } cpu)
        {
            if (isTime)
                stats = stats with { UsageInUsermode = Nanoseconds(cpu.User), UsageInKernelmode = Nanoseconds(cpu.System) };
            if (isQuota)
                stats = stats with { Periods = cpu.Periods ?? 0, ThrottledPeriods = cpu.ThrottledPeriods ?? 0, ThrottledTime = Nanoseconds(cpu.ThrottledTime) };
        }
        if (controllers.Contains("memory"))
        {
            stats = stats with
            {
                MemoryUsage = files.Number("memory.current"u8) ?? 0,
                MaxMemoryUsage = files.Number("memory.peak"u8) ?? 0,
                MemoryFailCount = files.Field("memory.events"u8, "max"u8) ?? 0,
                MemoryFields = Fields(files),
            };
        }
        if (controllers.Contains("io") && files.TryRead("io.stat"u8, out CgroupText io))
        {
            ImmutableArray<IODeviceStats> devices = IOReader.Parse(io);
            stats = stats with
            {
                IOServiceBytes = Table(devices, device => device.BytesRead, device => device.BytesWritten),
                IOServiced = Table(devices, device => device.OperationsRead, device => device.OperationsWritten),
            };
        }
        if (directories.HasInVersion1("freezer"))
            return stats;
        string self = Text(files, "cgroup.freeze"u8);
        return self.Length == 0 ? stats : stats with { FreezerSelfState = self, FreezerParentState = IsFrozenFromAbove(files, self) ? "1" : "0" };
    }

    /// <summary>Frozen without having been told to be. When both were told, version 2 does not say so.</summary>
    private static bool IsFrozenFromAbove(CgroupFiles files, string self) => self == "0" && files.Field("cgroup.events"u8, "frozen"u8) == 1;

    private static ulong Nanoseconds(TimeSpan? time) => (ulong)(time?.Ticks ?? 0) * TimeSpan.NanosecondsPerTick;

    private static SeedStats Accounting(CgroupFiles files, SeedStats stats)
    {
        (ulong? user, ulong? system) = CpuReader.ReadTicks(files);
        return stats with
        {
            UsageInUsermode = (user ?? 0) * NanosecondsPerTick,
            UsageInKernelmode = (system ?? 0) * NanosecondsPerTick,
            PercpuUsage = PerCpu(files),
        };
    }

    /// <summary>Of version 1: nanoseconds, up to the largest number.</summary>
    private static SeedStats Throttling(CgroupFiles files, SeedStats stats)
    {
        if (!files.TryRead("cpu.stat"u8, out CgroupText text))
            return stats;
        ulong periods = 0, throttled = 0, time = 0;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            if (name.SequenceEqual("nr_periods"u8))
                periods = value;
            else if (name.SequenceEqual("nr_throttled"u8))
                throttled = value;
            else if (name.SequenceEqual("throttled_time"u8))
                time = value;
        }
        return stats with { Periods = periods, ThrottledPeriods = throttled, ThrottledTime = time };
    }

    private static ImmutableArray<ulong> PerCpu(CgroupFiles files)
    {
        if (!files.TryRead("cpuacct.usage_percpu"u8, out CgroupText text))
            return [];
        ImmutableArray<ulong>.Builder usages = ImmutableArray.CreateBuilder<ulong>(Environment.ProcessorCount);
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            for (ReadOnlySpan<byte> rest = line; !rest.IsEmpty;)
                usages.Add(text.Number(TextLines.Word(ref rest), line));
        }
        return usages.DrainToImmutable();
    }

    private static ImmutableSortedDictionary<string, ulong> Fields(CgroupFiles files)
    {
        if (!files.TryRead("memory.stat"u8, out CgroupText text))
            return SeedStats.NoFields;
        ImmutableSortedDictionary<string, ulong>.Builder fields = SeedStats.NoFields.ToBuilder();
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            fields[Encoding.UTF8.GetString(name)] = value;
        }
        return fields.ToImmutable();
    }

    private static ImmutableArray<BlkioEntry> Table(
        ImmutableArray<IODeviceStats> devices, Func<IODeviceStats, ulong?> read, Func<IODeviceStats, ulong?> written)
        => [.. devices.SelectMany(device => new BlkioEntry[]
        {
            new(device.Major, device.Minor, "Read", read(device) ?? 0),
            new(device.Major, device.Minor, "Write", written(device) ?? 0),
        })];

    /// <summary>What a file says, but for one line break at its end.</summary>
    private static string Text(CgroupFiles files, ReadOnlySpan<byte> name)
        => files.TryRead(name, out CgroupText text) ? Encoding.UTF8.GetString(text.Content.EndsWith("\n"u8) ? text.Content[..^1] : text.Content) : "";
}
