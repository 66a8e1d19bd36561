using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LibContainer.Cgroups;

/// <summary>Gathers <see cref="CpuStats"/>, of which version 1 can have two hierarchies.</summary>
internal struct CpuReader
{
    /// <summary>Ticks of a second in what the kernel tells programs. The same on x86-64 and arm64. Source: include/asm-generic/param.h, USER_HZ.</summary>
    internal const int TicksPerSecond = 100;

    private bool _isThere;
    private TimeSpan? _usage;
    private TimeSpan? _user;
    private TimeSpan? _system;
    private TimeSpan[]? _perCpu;
    private ulong? _periods;
    private ulong? _throttledPeriods;
    private TimeSpan? _throttledTime;
    private ulong? _bursts;
    private TimeSpan? _burstTime;

    /// <summary>cpu.stat, whose names tell the version.</summary>
    internal void ReadStat(CgroupFiles files)
    {
        if (!files.TryRead("cpu.stat"u8, out CgroupText text))
            return;
        _isThere = true;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            switch (name)
            {
                case var _ when name.SequenceEqual("usage_usec"u8):
                    _usage ??= Microseconds(value);
                    break;
                case var _ when name.SequenceEqual("user_usec"u8):
                    _user ??= Microseconds(value);
                    break;
                case var _ when name.SequenceEqual("system_usec"u8):
                    _system ??= Microseconds(value);
                    break;
                case var _ when name.SequenceEqual("nr_periods"u8):
                    _periods = value;
                    break;
                case var _ when name.SequenceEqual("nr_throttled"u8):
                    _throttledPeriods = value;
                    break;
                case var _ when name.SequenceEqual("throttled_usec"u8):
                    _throttledTime = Microseconds(value);
                    break;
                case var _ when name.SequenceEqual("throttled_time"u8):
                    _throttledTime = Nanoseconds(value);
                    break;
                case var _ when name.SequenceEqual("nr_bursts"u8):
                    _bursts = value;
                    break;
                case var _ when name.SequenceEqual("burst_usec"u8):
                    _burstTime = Microseconds(value);
                    break;
                case var _ when name.SequenceEqual("burst_time"u8):
                    _burstTime = Nanoseconds(value);
                    break;
            }
        }
    }

    /// <summary>The files of the version 1 controller that counts time.</summary>
    internal void ReadAccounting(CgroupFiles files)
    {
        ReadTimes(files);
        if (files.TryRead("cpuacct.usage_percpu"u8, out CgroupText perCpu))
            _perCpu = ReadPerCpu(perCpu);
        _isThere |= _perCpu is not null;
    }

    /// <summary>Of these, the ones of all CPUs together.</summary>
    internal void ReadTimes(CgroupFiles files)
    {
        if (files.Number("cpuacct.usage"u8) is { } usage)
            _usage = Nanoseconds(usage);
        (ulong? user, ulong? system) = ReadTicks(files);
        if (user is { } userTicks)
            _user = Ticks(userTicks);
        if (system is { } systemTicks)
            _system = Ticks(systemTicks);
        _isThere |= _usage is not null || _user is not null;
    }

    /// <summary>cpuacct.stat, in ticks. Null: it does not say.</summary>
    internal static (ulong? User, ulong? System) ReadTicks(CgroupFiles files)
    {
        ulong? user = null, system = null;
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

    /// <summary>cpu.stat of version 2 alone, whose microseconds a <see cref="TimeSpan"/> has room for.</summary>
    /// <returns>Null: it is not there.</returns>
    internal static CpuStats? ReadV2(CgroupFiles files)
    {
        CpuReader reader = default;
        reader.ReadStat(files);
        return reader.ToStats();
    }

    /// <returns>Null: none of the files is there.</returns>
    internal readonly CpuStats? ToStats() => !_isThere
        ? null
        : new()
        {
            Usage = _usage,
            User = _user,
            System = _system,
            PerCpu = ImmutableCollectionsMarshal.AsImmutableArray(_perCpu),
            Periods = _periods,
            ThrottledPeriods = _throttledPeriods,
            ThrottledTime = _throttledTime,
            Bursts = _bursts,
            BurstTime = _burstTime,
        };

    /// <summary>What does not fit is as long as can be.</summary>
    internal static TimeSpan Microseconds(ulong count) => count <= long.MaxValue / TimeSpan.TicksPerMicrosecond
        ? new((long)count * TimeSpan.TicksPerMicrosecond)
        : TimeSpan.MaxValue;

    private static TimeSpan Nanoseconds(ulong count) => new((long)(count / TimeSpan.NanosecondsPerTick));

    private static TimeSpan Ticks(ulong count) => count <= long.MaxValue / (TimeSpan.TicksPerSecond / TicksPerSecond)
        ? new((long)count * (TimeSpan.TicksPerSecond / TicksPerSecond))
        : TimeSpan.MaxValue;

    private static TimeSpan[] ReadPerCpu(CgroupText text)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            for (ReadOnlySpan<byte> rest = line; !rest.IsEmpty; count++)
                TextLines.Word(ref rest);
        }
        TimeSpan[] times = new TimeSpan[count];
        count = 0;
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            for (ReadOnlySpan<byte> rest = line; !rest.IsEmpty; count++)
                times[count] = Nanoseconds(text.Number(TextLines.Word(ref rest), line));
        }
        return times;
    }
}
