namespace LibContainer.Cgroups;

/// <summary>How busy a container and its host were until one moment.</summary>
/// <param name="Usage">Nanoseconds of the container.</param>
/// <param name="Ticks">Ticks of the container, the kernel's for it included. Whole ones on version 1.</param>
/// <param name="HostTicks">Ticks of all CPUs, idle ones too.</param>
/// <param name="Elapsed">Time on a clock that only goes forward.</param>
internal readonly record struct SeedCpuSample(ulong Usage, double Ticks, ulong HostTicks, TimeSpan Elapsed)
{
    private const double TicksPerMicrosecond = CpuReader.TicksPerSecond / 1e6;

    /// <exception cref="CgroupException">A file does not say what it has to.</exception>
    internal static SeedCpuSample Take(IReadOnlyList<CgroupDirectory> directories, TimeProvider time, ref byte[] buffer)
    {
        ulong usage = 0;
        double ticks = 0;
        bool isVersion2 = SeedStatsReader.IsTimeOfVersion2(directories);
        foreach (CgroupDirectory directory in directories)
        {
            bool isAccounted = directory.Hierarchy.Version == CgroupVersion.V1 ? directory.Hierarchy.Controllers.Contains("cpuacct") : isVersion2;
            if (!isAccounted)
                continue;
            using CgroupFiles files = new(directory, ref buffer);
            if (!files.Exist)
                continue;
            if (directory.Hierarchy.Version == CgroupVersion.V1)
            {
                usage = files.Number("cpuacct.usage"u8) ?? 0;
                (ulong user, ulong system) = SeedStatsReader.Ticks(files);
                ticks = user + system;
            }
            else
            {
                usage = (files.Field("cpu.stat"u8, "usage_usec"u8) ?? 0) * 1000;
                ticks = ((files.Field("cpu.stat"u8, "user_usec"u8) ?? 0) + (files.Field("cpu.stat"u8, "system_usec"u8) ?? 0)) * TicksPerMicrosecond;
            }
        }
        return new(usage, ticks, HostTicksOf(File.ReadLines("/proc/stat").First()), time.GetElapsedTime(0));
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
