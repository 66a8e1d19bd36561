using System.Collections.Immutable;
using System.Globalization;
using LibContainer.Configuration;
using LibContainer.Linux;
using static LibContainer.Cgroups.ResourceConversions;
using static LibContainer.Cgroups.SystemdProperty;

namespace LibContainer.Cgroups;

/// <summary>What a cgroup has already, where a new limit leaves it as it is.</summary>
/// <param name="PeriodMicroseconds">Of cpu.max or cpu.cfs_period_us. That of a new cgroup.</param>
/// <param name="IsIdle">Of cpu.idle.</param>
/// <param name="HasBfqWeight">There is a file io.bfq.weight: the scheduler BFQ is loaded.</param>
internal sealed record PresentLimits(ulong PeriodMicroseconds = PresentLimits.DefaultPeriod, bool IsIdle = false, bool HasBfqWeight = false)
{
    internal const ulong DefaultPeriod = 100000;
}

/// <summary>
/// Limits as properties of a unit, as far as systemd has them: memory, weights, the quota of the CPU, processes, and of version 2 the set of CPUs. Devices are
/// <see cref="SystemdDevices"/>. Source: systemd.resource-control(5), org.freedesktop.systemd1(5).
/// </summary>
/// <remarks>
/// Everything is written by hand as well, and exactly. But of its kinds of limits systemd writes all again, those that it has no value for with the kernel's
/// default, at daemon-reload and at each change of one of them (seen with 252): so it has to hold values that agree. What is by device or of another controller
/// it leaves alone, and is not told.
/// </remarks>
internal static class SystemdProperties
{
    private const int FirstWithPeriod = 242;
    private const int FirstWithCpuset = 244;
    private const int FirstWithIdle = 252;
    private const int FirstWithZswap = 253;

    /// <param name="resources">The limits.</param>
    /// <param name="systemdVersion">Of the manager: it refuses what it does not know.</param>
    /// <param name="version">Of the hierarchies that the limits are in.</param>
    /// <param name="present">What the cgroup has. Null: it is new.</param>
    internal static ImmutableArray<SystemdProperty> Of(
        ResourceConfiguration resources, int systemdVersion, CgroupVersion version, PresentLimits? present = null)
    {
        OrderedDictionary<string, BusValue> properties = [];
        PresentLimits has = present ?? new();
        if (version == CgroupVersion.V2)
            AddV2(properties, resources, systemdVersion, has);
        else
            AddV1(properties, resources, systemdVersion, has);
        return [.. properties.Select(property => new SystemdProperty(property.Key, property.Value))];
    }

    /// <summary>
    /// What a scope can be told at its start only: memory.oom.group, by which the kernel kills all of it when memory is short. It is written by hand as well,
    /// and like the others again by systemd.
    /// </summary>
    /// <param name="resources">The limits.</param>
    /// <param name="hasOomPolicy"><see cref="SystemdManager.HasOomPolicy"/>: who has not, does not write the file.</param>
    internal static ImmutableArray<SystemdProperty> AtStart(ResourceConfiguration resources, bool hasOomPolicy)
        => hasOomPolicy && resources.Unified.TryGetValue("memory.oom.group", out string? group) && group.Trim() is ("0" or "1") and string value
            ? [new("OOMPolicy", BusValue.String(value == "1" ? "kill" : "continue"))]
            : [];

    private static void AddV2(OrderedDictionary<string, BusValue> properties, ResourceConfiguration resources, int systemdVersion, PresentLimits present)
    {
        ulong period = present.PeriodMicroseconds;
        if (resources.Memory is { } memory)
        {
            if (SwapBytes(memory) is { } swap)
                Set("MemorySwapMax", Limit(swap));
            if (Given(memory.LimitBytes) is { } limit)
                Set("MemoryMax", Limit(limit));
            if (Given(memory.ReservationBytes) is { } reservation)
                Set("MemoryLow", Limit(reservation));
        }
        if (resources.Cpu is { } cpu)
        {
            SetWeight(cpu.IsIdle, Given(cpu.Shares) is { } shares ? CpuWeight(shares) : null);
            period = Given(cpu.PeriodMicroseconds) ?? period;
            if (Given(cpu.QuotaMicroseconds) is not null || Given(cpu.PeriodMicroseconds) is not null)
                AddQuota(properties, Given(cpu.QuotaMicroseconds) ?? -1, period, Given(cpu.PeriodMicroseconds) is not null, systemdVersion);
            SetCpuset("AllowedCPUs", cpu.Cpus);
            SetCpuset("AllowedMemoryNodes", cpu.MemoryNodes);
        }
        AddPids(properties, resources);
        if (Given(resources.BlockIO?.Weight) is { } weight)
            Set("IOWeight", present.HasBfqWeight ? OfBfq(weight) : IOWeight(weight));

        ImmutableDictionary<string, string> unified = resources.Unified;
        SetWeight(
            Text("cpu.idle") switch { "1" => true, "0" => false, _ => null },
            ulong.TryParse(Text("cpu.weight"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null);
        if (Text("cpu.max")?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [string quotaText, .. { Length: <= 1 } rest]
            && TryNumber(quotaText, out ulong quota) && (rest.Length == 0 || ulong.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out period)))
            AddQuota(properties, quota > long.MaxValue ? -1 : (long)quota, period, rest.Length > 0, systemdVersion);
        SetCpuset("AllowedCPUs", Text("cpuset.cpus"));
        SetCpuset("AllowedMemoryNodes", Text("cpuset.mems"));
        SetNumber("memory.min", "MemoryMin");
        SetNumber("memory.low", "MemoryLow");
        SetNumber("memory.high", "MemoryHigh");
        SetNumber("memory.max", "MemoryMax");
        SetNumber("memory.swap.max", "MemorySwapMax");
        if (systemdVersion >= FirstWithZswap)
            SetNumber("memory.zswap.max", "MemoryZSwapMax");
        SetNumber("pids.max", "TasksMax", minimum: 1);
        if (Text(present.HasBfqWeight ? "io.bfq.weight" : "io.weight") is { } weights && DefaultWeight(weights) is { } unifiedWeight)
            Set("IOWeight", present.HasBfqWeight ? OfBfq(unifiedWeight) : unifiedWeight);

        string? Text(string file) => unified.TryGetValue(file, out string? text) ? text.Trim() : null;

        void Set(string name, ulong value) => properties[name] = BusValue.UInt64(value);

        void SetNumber(string file, string name, ulong minimum = 0)
        {
            if (Text(file) is { } text && TryNumber(text, out ulong value))
                Set(name, Math.Max(value, minimum));
        }

        // While it is idle there is no weight; 0 is what systemd calls it.
        void SetWeight(bool? isIdle, ulong? value)
        {
            bool canIdle = systemdVersion >= FirstWithIdle;
            if (isIdle == true && canIdle)
                Set("CPUWeight", 0);
            else if (value is { } one && isIdle != true)
                Set("CPUWeight", one);
            else if (isIdle == false && canIdle && present.IsIdle)
                Set("CPUWeight", Infinity);
        }

        void SetCpuset(string name, string? list)
        {
            if (list is not null && systemdVersion >= FirstWithCpuset && CpuList.TryMask(list, out byte[] mask))
                properties[name] = BusValue.Bytes(mask);
        }
    }

    private static void AddV1(OrderedDictionary<string, BusValue> properties, ResourceConfiguration resources, int systemdVersion, PresentLimits present)
    {
        if (Given(resources.Memory?.LimitBytes) is { } limit)
            properties["MemoryLimit"] = BusValue.UInt64(Limit(limit));
        if (resources.Cpu is { } cpu)
        {
            if (Given(cpu.Shares) is { } shares && cpu.IsIdle != true)
                properties["CPUShares"] = BusValue.UInt64(Math.Clamp(shares, 2, 262144)); // the kernel takes the nearest, and systemd nothing
            ulong? period = Given(cpu.PeriodMicroseconds);
            if (Given(cpu.QuotaMicroseconds) is { } quota)
                AddQuota(properties, quota, period ?? present.PeriodMicroseconds, period is not null, systemdVersion);
            else if (period is not null && systemdVersion >= FirstWithPeriod)
                properties["CPUQuotaPeriodUSec"] = BusValue.UInt64(period.Value); // the quota stays
        }
        AddPids(properties, resources);
        if (Given(resources.BlockIO?.Weight) is { } weight)
            properties["BlockIOWeight"] = BusValue.UInt64(weight);
    }

    /// <summary>
    /// Microseconds of CPU time in a second, rounded up to a hundredth: of what is below that systemd's own files lose something, up to all of it, and
    /// a cgroup with less than its children have refuses them theirs. Together with the period, also one that is there, since systemd may have another
    /// from before.
    /// </summary>
    private static void AddQuota(OrderedDictionary<string, BusValue> properties, long quota, ulong period, bool isNewPeriod, int systemdVersion)
    {
        const ulong Second = 1000000, Hundredth = 10000;
        if ((isNewPeriod || quota > 0) && systemdVersion >= FirstWithPeriod)
            properties["CPUQuotaPeriodUSec"] = BusValue.UInt64(period);
        ulong perSecond = Infinity;
        if (quota > 0 && period > 0)
        {
            UInt128 hundredths = ((UInt128)quota * Second / period + Hundredth - 1) / Hundredth;
            perSecond = (ulong)UInt128.Min(UInt128.Max(hundredths, 1) * Hundredth, Infinity);
        }
        properties["CPUQuotaPerSecUSec"] = BusValue.UInt64(perSecond);
    }

    private static void AddPids(OrderedDictionary<string, BusValue> properties, ResourceConfiguration resources)
    {
        if (resources.PidsLimit is { } pids)
            properties["TasksMax"] = BusValue.UInt64(pids < 0 ? Infinity : Math.Max((ulong)pids, 1));
    }

    private static ulong Limit(long number) => number < 0 ? Infinity : (ulong)number;

    /// <summary>The IOWeight of which systemd makes this weight for BFQ: from 100 on it stretches 100 to 10000 over 100 to 1000.</summary>
    private static ulong OfBfq(ulong weight) => weight <= 100 ? weight : 100 + (weight - 100) * 11;

    /// <summary>A number with one of the kernel's suffixes, or <c>max</c>. What else the kernel takes for a number is written by hand alone.</summary>
    private static bool TryNumber(string text, out ulong number)
    {
        const string Suffixes = "KMGTPE";
        number = Infinity;
        if (text == "max")
            return true;
        int power = text.Length == 0 ? -1 : Suffixes.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        if (!ulong.TryParse(power < 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return false;
        int shift = (power + 1) * 10;
        bool isSmall = number <= ulong.MaxValue >> shift;
        number <<= shift;
        return isSmall;
    }

    /// <summary>That of io.weight which holds for every device that has none of its own: <c>default 100</c>, <c>100</c>.</summary>
    private static ulong? DefaultWeight(string text)
    {
        ulong? weight = null;
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
            if (ulong.TryParse(line.StartsWith("default ", StringComparison.Ordinal) ? line["default ".Length..] : line, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
                weight = number;
        return weight;
    }
}
