using System.Buffers;
using System.Diagnostics;

namespace LibContainer.Cgroups;

/// <summary>How busy a container and its host were until one moment.</summary>
/// <param name="Usage">Nanoseconds of the container.</param>
/// <param name="Ticks">Ticks of the container, the kernel's for it included. Whole ones on version 1.</param>
/// <param name="HostTicks">Ticks of all CPUs, idle ones too.</param>
/// <param name="Elapsed">Time on a clock that only goes forward.</param>
internal readonly record struct SeedCpuSample(ulong Usage, double Ticks, ulong HostTicks, TimeSpan Elapsed)
{
    /// <summary>How busy it has been until now.</summary>
    /// <exception cref="CgroupException">A file does not say what it has to.</exception>
    internal static SeedCpuSample Take(IReadOnlyList<CgroupDirectory> directories)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            ulong usage = 0;
            double ticks = 0;
            bool isVersion1 = directories.HasInVersion1("cpuacct");
            foreach (CgroupDirectory directory in directories)
            {
                bool isTime = isVersion1 ? directory.Hierarchy.Controllers.Contains("cpuacct") : directory.Hierarchy.Version == CgroupVersion.V2;
                if (!isTime)
                    continue;
                using CgroupFiles files = new(directory, ref buffer);
                if (files.Exist)
                    (usage, ticks) = isVersion1 ? ReadV1(files) : ReadV2(files);
            }
            return new(usage, ticks, HostTicksOf(File.ReadLines("/proc/stat").First()), Stopwatch.GetElapsedTime(0));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (ulong Usage, double Ticks) ReadV1(CgroupFiles files)
    {
        (ulong? user, ulong? system) = CpuReader.ReadTicks(files);
        return (files.Number("cpuacct.usage"u8) ?? 0, (user ?? 0) + (system ?? 0));
    }

    private static (ulong Usage, double Ticks) ReadV2(CgroupFiles files)
    {
        if (CpuReader.ReadV2(files) is not { } cpu)
            return (0, 0);
        TimeSpan busy = (cpu.User ?? TimeSpan.Zero) + (cpu.System ?? TimeSpan.Zero);
        return ((ulong)(cpu.Usage ?? TimeSpan.Zero).Ticks * TimeSpan.NanosecondsPerTick, busy.TotalSeconds * CpuReader.TicksPerSecond);
    }

    /// <summary>The first seven numbers of the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq. Source: proc_stat(5).</summary>
    /// <exception cref="CgroupException">It is not that line.</exception>
    internal static ulong HostTicksOf(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ulong sum = 0;
        for (int i = 1; i < 8; i++)
        {
            if (fields.Length < 8 || fields[0] != "cpu" || !ulong.TryParse(fields[i], out ulong ticks))
                throw new CgroupException($"read /proc/stat, line 1: '{line}' is not cpu and seven numbers");
            sum += ticks;
        }
        return sum;
    }

    /// <summary>The container's part of all ticks, in per cent of one CPU.</summary>
    internal ulong PercentSince(SeedCpuSample before, int processors) => HostTicks <= before.HostTicks || Ticks <= before.Ticks
        ? 0
        : (ulong)((Ticks - before.Ticks) / (HostTicks - before.HostTicks) * 100 * processors);

    /// <summary>Nanoseconds of the container in one of the clock.</summary>
    internal ulong CpusSince(SeedCpuSample before) => Elapsed <= before.Elapsed || Usage <= before.Usage
        ? 0
        : (ulong)((Usage - before.Usage) / (Elapsed - before.Elapsed).TotalNanoseconds);
}
