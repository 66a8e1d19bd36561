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
    private const ulong NanosecondsPerMicrosecond = 1000;
    private const ulong NanosecondsPerTick = 1_000_000_000 / CpuReader.TicksPerSecond;

    /// <summary>Reads the figures.</summary>
    /// <param name="directories">The container's cgroup in each hierarchy that it is in.</param>
    /// <param name="sample">How long to watch the CPUs for <see cref="SeedStats.PercentUsage"/> and <see cref="SeedStats.CurrentUsage"/>: then 100
    /// milliseconds. Null: neither is told.</param>
    /// <param name="time">Measures how long it was.</param>
    /// <exception cref="CgroupException">A file is there and cannot be read, or does not say what it has to.</exception>
    internal static SeedStats Read(IReadOnlyList<CgroupDirectory> directories, TimeSpan? sample = null, TimeProvider? time = null)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            SeedStats stats = new();
            if (sample is { } duration)
            {
                SeedCpuSample before = SeedCpuSample.Take(directories, time ?? TimeProvider.System, ref buffer);
                Thread.Sleep(duration);
                SeedCpuSample after = SeedCpuSample.Take(directories, time ?? TimeProvider.System, ref buffer);
                stats = stats with { PercentUsage = after.PercentSince(before, Environment.ProcessorCount), CurrentUsage = after.CpusSince(before) };
            }
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

    /// <summary>user and system of cpuacct.stat, in ticks.</summary>
    internal static (ulong User, ulong System) Ticks(CgroupFiles files)
    {
        ulong user = 0, system = 0;
        if (files.TryRead("cpuacct.stat"u8, out CgroupText text))
        {
            foreach (ReadOnlySpan<byte> line in text.Lines)
            {
                ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
                if (name.SequenceEqual("user"u8))
                    user = value;
                else if (name.SequenceEqual("system"u8))
                    system = value;
            }
        }
        return (user, system);
    }

    /// <summary>Version 2 tells the time of a container that version 1 does not account.</summary>
    internal static bool IsTimeOfVersion2(IReadOnlyList<CgroupDirectory> directories)
        => !directories.Any(directory => directory.Hierarchy is { Version: CgroupVersion.V1 } hierarchy && hierarchy.Controllers.Contains("cpuacct"));

    private static SeedStats ReadV1(CgroupFiles files, CgroupHierarchy hierarchy, SeedStats stats)
    {
        foreach (string controller in hierarchy.Controllers)
        {
            stats = controller switch
            {
                "cpu" => Throttling(files, stats, "throttled_time"u8, 1),
                "cpuacct" => Ticks(files) is var ticks ? stats with
                {
                    UsageInUsermode = ticks.User * NanosecondsPerTick,
                    UsageInKernelmode = ticks.System * NanosecondsPerTick,
                    PercpuUsage = PerCpu(files),
                }
                : stats,
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
        if (IsTimeOfVersion2(directories))
        {
            stats = stats with
            {
                UsageInUsermode = (files.Field("cpu.stat"u8, "user_usec"u8) ?? 0) * NanosecondsPerMicrosecond,
                UsageInKernelmode = (files.Field("cpu.stat"u8, "system_usec"u8) ?? 0) * NanosecondsPerMicrosecond,
            };
        }
        if (controllers.Contains("cpu"))
            stats = Throttling(files, stats, "throttled_usec"u8, NanosecondsPerMicrosecond);
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
        if (directories.Any(other => other.Hierarchy is { Version: CgroupVersion.V1 } hierarchy && hierarchy.Controllers.Contains("freezer")))
            return stats;
        string self = Text(files, "cgroup.freeze"u8);
        return self.Length == 0 ? stats : stats with { FreezerSelfState = self, FreezerParentState = IsFrozenFromAbove(files, self) ? "1" : "0" };
    }

    /// <summary>Frozen without having been told to be. When both were told, version 2 does not say so.</summary>
    private static bool IsFrozenFromAbove(CgroupFiles files, string self) => self == "0" && files.Field("cgroup.events"u8, "frozen"u8) == 1;

    private static SeedStats Throttling(CgroupFiles files, SeedStats stats, ReadOnlySpan<byte> timeName, ulong nanoseconds)
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
            else if (name.SequenceEqual(timeName))
                time = value * nanoseconds;
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
