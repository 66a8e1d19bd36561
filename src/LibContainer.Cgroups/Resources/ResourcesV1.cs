using System.Collections.Immutable;
using LibContainer.Configuration;
using static LibContainer.Cgroups.ResourceConversions;

namespace LibContainer.Cgroups;

/// <summary>
/// Limits as writes to files of cgroup version 1. All but devices (<see cref="DeviceStateV1"/>). Source: the kernel's cgroup-v1/*.rst,
/// scheduler/sched-bwc.rst, scheduler/sched-rt-group.rst, block/bfq-iosched.rst.
/// </summary>
internal static class ResourcesV1
{
    /// <summary>The writes in the order in which they have to be made, all before the first process comes into the cgroup.</summary>
    /// <param name="resources">The limits.</param>
    /// <param name="presentMemoryAndSwap">
    /// What memory.memsw.limit_in_bytes says: the order depends on it when both limits of memory change. Not known or a new cgroup's: no limit.
    /// </param>
    internal static ImmutableArray<CgroupWrite> Writes(ResourceConfiguration resources, long presentMemoryAndSwap = long.MaxValue)
    {
        ImmutableArray<CgroupWrite>.Builder writes = ImmutableArray.CreateBuilder<CgroupWrite>();
        if (resources.Memory is { } memory)
            AddMemory(writes, memory, presentMemoryAndSwap);
        if (resources.Cpu is { } cpu)
        {
            AddCpu(writes, cpu);
            ResourcesOfBoth.AddCpuset(writes, cpu);
        }
        ResourcesOfBoth.AddPids(writes, resources);
        if (resources.BlockIO is { } blockIO)
            AddBlockIO(writes, blockIO);
        ResourcesOfBoth.AddHugePages(writes, resources, "limit_in_bytes");
        if (resources.Network is { } network)
        {
            if (network.ClassId is { } id)
                writes.Add(new("net_cls", "net_cls.classid", $"{id}"));
            foreach (InterfacePriority priority in network.Priorities)
                writes.Add(new("net_prio", "net_prio.ifpriomap", $"{priority.Name} {priority.Priority}"));
        }
        ResourcesOfBoth.AddRdma(writes, resources);
        return writes.ToImmutable();
    }

    /// <summary>What is asked for and cannot be had of version 1.</summary>
    /// <param name="resources">The limits.</param>
    /// <param name="isOfVersion">Whether a controller, by its name in version 1, is to be had of this version alone. Null: every one.</param>
    internal static ImmutableArray<ConfigurationFinding> Check(ResourceConfiguration resources, Func<string, bool>? isOfVersion = null)
    {
        ImmutableArray<ConfigurationFinding>.Builder findings = ImmutableArray.CreateBuilder<ConfigurationFinding>();
        if (resources.Cpu?.Shares is { } shares && shares is not (0 or (>= 2 and <= 262144)) && Has("cpu")) // the kernel would take the nearest
            findings.Add(new("resources.cpu.shares", $"{shares} is not from 2 to 262144"));
        foreach (string file in resources.Unified.Keys.Order(StringComparer.Ordinal))
            if (Has(ResourcesV2.ControllerOf(file) is "io" ? "blkio" : ResourcesV2.ControllerOf(file)))
                findings.Add(ResourcesV2.Unified(file, "is a file of cgroup version 2, and this host has version 1"));
        return findings.ToImmutable();

        bool Has(string controller) => isOfVersion is null || isOfVersion(controller);
    }

    private static void AddMemory(ImmutableArray<CgroupWrite>.Builder writes, MemoryResources memory, long present)
    {
        // Before all else: it cannot change once there are cgroups below. Since Linux 5.11 every cgroup does it, and 0 is refused.
        if (memory.UseHierarchy is { } isHierarchical)
            writes.Add(new("memory", "memory.use_hierarchy", isHierarchical ? "1" : "0"));
        AddMemoryAndSwap(writes, Given(memory.LimitBytes), Given(memory.MemoryAndSwapBytes), present);
        if (Given(memory.ReservationBytes) is { } reservation)
            writes.Add(new("memory", "memory.soft_limit_in_bytes", $"{reservation}"));
        if (Given(memory.KernelTcpBytes) is { } buffers)
            writes.Add(new("memory", "memory.kmem.tcp.limit_in_bytes", $"{buffers}"));
        if (memory.DisableOomKiller is { } isDisabled)
            writes.Add(new("memory", "memory.oom_control", isDisabled ? "1" : "0") { IsOptional = !isDisabled });
        if (memory.Swappiness is { } swappiness)
            writes.Add(new("memory", "memory.swappiness", $"{swappiness}"));
    }

    /// <summary>
    /// Both together is never below memory alone, at no moment: the kernel refuses that with EINVAL. What grows beyond the present sum grows the sum
    /// first; otherwise the new limit of memory is below the present sum, and goes first.
    /// </summary>
    private static void AddMemoryAndSwap(ImmutableArray<CgroupWrite>.Builder writes, long? limit, long? both, long present)
    {
        if (limit == -1)
            both ??= -1; // memory without a limit goes only with a sum without a limit
        CgroupWrite? limitWrite = limit is null ? null : new("memory", "memory.limit_in_bytes", $"{limit}");
        // Without the file swap is not counted (swapaccount=0), so it has no limit.
        CgroupWrite? bothWrite = both is null ? null : new("memory", "memory.memsw.limit_in_bytes", $"{both}") { IsOptional = both == -1 };
        bool isSumFirst = both == -1 || both >= present;
        foreach (CgroupWrite? write in isSumFirst ? [bothWrite, limitWrite] : new[] { limitWrite, bothWrite })
            if (write is not null)
                writes.Add(write);
    }

    private static void AddCpu(ImmutableArray<CgroupWrite>.Builder writes, CpuResources cpu)
    {
        ResourcesOfBoth.AddWeight(writes, cpu, "cpu.shares", shares => shares);

        // The present quota in a new, shorter period may be more than the parent has, and a new burst more than the present quota.
        bool hasQuota = Given(cpu.QuotaMicroseconds) is not null;
        if (Given(cpu.PeriodMicroseconds) is { } period)
            writes.Add(new("cpu", "cpu.cfs_period_us", $"{period}") { IsPostponable = hasQuota });
        if (cpu.BurstMicroseconds is { } burst)
            writes.Add(new("cpu", "cpu.cfs_burst_us", $"{burst}") { IsPostponable = hasQuota, IsOptional = burst == 0 }); // since Linux 5.14
        if (hasQuota)
            writes.Add(new("cpu", "cpu.cfs_quota_us", $"{cpu.QuotaMicroseconds}"));

        // Before a process comes in: one with a real-time policy is refused while there is no time for it.
        bool hasRuntime = Given(cpu.RealtimeRuntimeMicroseconds) is not null;
        if (Given(cpu.RealtimePeriodMicroseconds) is { } realtimePeriod)
            writes.Add(new("cpu", "cpu.rt_period_us", $"{realtimePeriod}") { IsPostponable = hasRuntime });
        if (hasRuntime)
            writes.Add(new("cpu", "cpu.rt_runtime_us", $"{cpu.RealtimeRuntimeMicroseconds}"));
    }

    /// <summary>
    /// Weights go to BFQ, whose files have its name in theirs, or where it is not there to CFQ, which was in kernels before 5.0. Both take the
    /// numbers as they are. Leaf weights are CFQ's alone.
    /// </summary>
    private static void AddBlockIO(ImmutableArray<CgroupWrite>.Builder writes, BlockIOResources blockIO)
    {
        if (Given(blockIO.Weight) is { } weight)
            writes.Add(Weight("weight", $"{weight}"));
        if (Given(blockIO.LeafWeight) is { } leafWeight)
            writes.Add(new("blkio", "blkio.leaf_weight", $"{leafWeight}"));
        foreach (BlockIODeviceWeight device in blockIO.DeviceWeights)
        {
            if (Given(device.Weight) is { } deviceWeight)
                writes.Add(Weight("weight_device", $"{device.Major}:{device.Minor} {deviceWeight}"));
            if (Given(device.LeafWeight) is { } deviceLeafWeight)
                writes.Add(new("blkio", "blkio.leaf_weight_device", $"{device.Major}:{device.Minor} {deviceLeafWeight}"));
        }
        AddRates("read_bps", blockIO.ReadBytesPerSecond);
        AddRates("write_bps", blockIO.WriteBytesPerSecond);
        AddRates("read_iops", blockIO.ReadsPerSecond);
        AddRates("write_iops", blockIO.WritesPerSecond);

        static CgroupWrite Weight(string what, string value)
            => new("blkio", $"blkio.bfq.{what}", value) { Instead = new("blkio", $"blkio.{what}", value) };

        void AddRates(string what, ImmutableArray<BlockIODeviceRate> rates)
        {
            foreach (BlockIODeviceRate rate in rates)
                writes.Add(new("blkio", $"blkio.throttle.{what}_device", $"{rate.Major}:{rate.Minor} {rate.Rate}"));
        }
    }
}
