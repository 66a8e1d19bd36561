using System.Collections.Immutable;
using LibContainer.Configuration;
using static LibContainer.Cgroups.ResourceConversions;

namespace LibContainer.Cgroups;

/// <summary>
/// Limits as writes to files of cgroup version 2. All but devices (<see cref="DeviceFilter"/>). Source: the kernel's cgroup-v2.rst,
/// block/bfq-iosched.rst; the specification, config-linux.md.
/// </summary>
internal static class ResourcesV2
{
    /// <summary>Files that end or move processes, and limit nothing.</summary>
    private static readonly string[] NoLimits = ["cgroup.kill", "cgroup.procs", "cgroup.threads"];

    /// <summary>The writes in the order in which they have to be made. What <see cref="Check"/> finds is left out.</summary>
    internal static ImmutableArray<CgroupWrite> Writes(ResourceConfiguration resources)
    {
        ImmutableArray<CgroupWrite>.Builder writes = ImmutableArray.CreateBuilder<CgroupWrite>();
        if (resources.Memory is { } memory)
            AddMemory(writes, memory);
        if (resources.Cpu is { } cpu)
        {
            AddCpu(writes, cpu);
            ResourcesOfBoth.AddCpuset(writes, cpu);
        }
        ResourcesOfBoth.AddPids(writes, resources);
        if (resources.BlockIO is { } blockIO)
            AddIO(writes, blockIO);
        ResourcesOfBoth.AddHugePages(writes, resources, "max");
        ResourcesOfBoth.AddRdma(writes, resources);
        AddUnified(writes, resources.Unified);
        return writes.ToImmutable();
    }

    /// <summary>
    /// What is asked for and cannot be had of version 2. A setting that asks for what is so anyway is none of it: a swappiness is, an OOM killer
    /// that is not disabled is not.
    /// </summary>
    /// <param name="resources">The limits.</param>
    /// <param name="isOfVersion">
    /// Whether a controller, by its name in version 2, is to be had of this version alone; of those that version 2 lacks (net_cls, net_prio): whether
    /// no hierarchy of version 1 has it. Null: every one.
    /// </param>
    internal static ImmutableArray<ConfigurationFinding> Check(ResourceConfiguration resources, Func<string, bool>? isOfVersion = null)
    {
        ImmutableArray<ConfigurationFinding>.Builder findings = ImmutableArray.CreateBuilder<ConfigurationFinding>();
        if (resources.Memory is { } memory && Has("memory"))
        {
            if (CheckSwap(memory) is { } finding)
                findings.Add(finding);
            Lacks(Given(memory.KernelTcpBytes) is > 0, "memory.kernelTcpBytes", "limit for the buffers of TCP alone");
            Lacks(memory.Swappiness is not null, "memory.swappiness", "swappiness");
            Lacks(memory.DisableOomKiller == true, "memory.disableOomKiller", "switch for the OOM killer");
            Lacks(memory.UseHierarchy == false, "memory.useHierarchy", "limits that leave cgroups below out");
        }
        if (resources.Cpu is { } cpu && Has("cpu"))
        {
            Lacks(Given(cpu.RealtimeRuntimeMicroseconds) is not null, "cpu.realtimeRuntimeMicroseconds", "limit for real-time policies");
            Lacks(Given(cpu.RealtimePeriodMicroseconds) is not null, "cpu.realtimePeriodMicroseconds", "limit for real-time policies");
        }
        if (resources.BlockIO is { } blockIO && Has("io"))
        {
            Lacks(Given(blockIO.LeafWeight) is not null, "blockIO.leafWeight", "weights of leaves");
            for (int i = 0; i < blockIO.DeviceWeights.Length; i++)
                Lacks(Given(blockIO.DeviceWeights[i].LeafWeight) is not null, $"blockIO.deviceWeights[{i}].leafWeight", "weights of leaves");
        }
        Lacks(resources.Network?.ClassId is > 0 && Has("net_cls"), "network.classId", "classes of traffic");
        Lacks(resources.Network?.Priorities.IsEmpty == false && Has("net_prio"), "network.priorities", "priorities of traffic");
        foreach (string file in resources.Unified.Keys.Order(StringComparer.Ordinal))
            if (WhyNoLimit(file) is { } why)
                findings.Add(Unified(file, why));
        return findings.ToImmutable();

        bool Has(string controller) => isOfVersion is null || isOfVersion(controller);

        void Lacks(bool isAsked, string path, string what)
        {
            if (isAsked)
                findings.Add(new($"resources.{path}", $"cgroup version 2 has no {what}"));
        }
    }

    /// <summary>The part of a file's name before the first dot. <c>cgroup</c> is the name of what every cgroup has.</summary>
    internal static string ControllerOf(string file) => file.Split('.', 2)[0];

    internal static ConfigurationFinding Unified(string file, string message) => new($"resources.unified[\"{file}\"]", message);

    private static void AddMemory(ImmutableArray<CgroupWrite>.Builder writes, MemoryResources memory)
    {
        // Swap before memory: what a lower limit of memory drives out must not go where it may not be. Without the file there is no swap to
        // limit or to forbid (swapaccount=0, CONFIG_SWAP).
        if (SwapBytes(memory) is { } swap)
            writes.Add(new("memory", "memory.swap.max", Limit(swap)) { IsOptional = swap <= 0 });
        if (Given(memory.LimitBytes) is { } limit)
            writes.Add(new("memory", "memory.max", Limit(limit)));
        if (Given(memory.ReservationBytes) is { } reservation)
            writes.Add(new("memory", "memory.low", Limit(reservation)));
    }

    private static void AddCpu(ImmutableArray<CgroupWrite>.Builder writes, CpuResources cpu)
    {
        ResourcesOfBoth.AddWeight(writes, cpu, "cpu.weight", CpuWeight);

        string? max = (Given(cpu.QuotaMicroseconds), Given(cpu.PeriodMicroseconds)) switch
        {
            (null, null) => null,
            (null, { } period) => $"max {period}", // the file takes no period alone
            ({ } quota, null) => Limit(quota), // the period stays as it is
            ({ } quota, { } period) => $"{Limit(quota)} {period}",
        };
        if (cpu.BurstMicroseconds is { } burst) // may be more than the present quota
            writes.Add(new("cpu", "cpu.max.burst", $"{burst}") { IsPostponable = max is not null, IsOptional = burst == 0 }); // since Linux 5.14
        if (max is not null)
            writes.Add(new("cpu", "cpu.max", max));
    }

    /// <summary>
    /// Weights go to BFQ, with the numbers of the specification, or where it is not there to the cost model of blk-iocost, which has others.
    /// </summary>
    private static void AddIO(ImmutableArray<CgroupWrite>.Builder writes, BlockIOResources blockIO)
    {
        if (Given(blockIO.Weight) is { } weight)
            writes.Add(Weight("", weight));
        foreach (BlockIODeviceWeight device in blockIO.DeviceWeights)
            if (Given(device.Weight) is { } deviceWeight)
                writes.Add(Weight($"{device.Major}:{device.Minor} ", deviceWeight));

        // One device in one write, with all that is known of it; the last one counts, as it would in writes of their own.
        OrderedDictionary<(int Major, int Minor), string> rates = [];
        Collect("rbps", blockIO.ReadBytesPerSecond);
        Collect("wbps", blockIO.WriteBytesPerSecond);
        Collect("riops", blockIO.ReadsPerSecond);
        Collect("wiops", blockIO.WritesPerSecond);
        foreach (((int major, int minor), string values) in rates)
            writes.Add(new("io", "io.max", $"{major}:{minor}{values}"));

        static CgroupWrite Weight(string device, ushort weight)
            => new("io", "io.bfq.weight", $"{device}{weight}") { Instead = new("io", "io.weight", $"{device}{IOWeight(weight)}") };

        void Collect(string key, ImmutableArray<BlockIODeviceRate> values)
        {
            foreach (BlockIODeviceRate value in values)
            {
                rates.TryGetValue((value.Major, value.Minor), out string? before);
                rates[(value.Major, value.Minor)] = $"{before} {key}={(value.Rate == 0 ? "max" : $"{value.Rate}")}";
            }
        }
    }

    /// <summary>Last: they are meant for what the other settings cannot say, so they win. A line is a write: the kernel reads one of each.</summary>
    private static void AddUnified(ImmutableArray<CgroupWrite>.Builder writes, ImmutableDictionary<string, string> unified)
    {
        foreach ((string file, string value) in unified.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (WhyNoLimit(file) is not null)
                continue;
            string[] lines = value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == 0)
                writes.Add(new(ControllerOf(file), file, "\n")); // no bytes at all would not reach the kernel
            foreach (string line in lines)
                writes.Add(new(ControllerOf(file), file, line));
        }
    }

    /// <returns>Null: it is one.</returns>
    private static string? WhyNoLimit(string file)
    {
        if (file.Contains('/', StringComparison.Ordinal))
            return "is not the name of a file: it contains a '/'";
        if (file.IndexOf('.', StringComparison.Ordinal) is <= 0 || file.EndsWith('.'))
            return "is not a file of a controller: memory.high";
        return NoLimits.Contains(file) ? "ends or moves processes, and limits nothing" : null;
    }

    private static string Limit(long number) => number < 0 ? "max" : $"{number}";
}
