using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>The rules about what a container may use: its cgroup, and shares of caches and memory nodes.</summary>
internal static class ResourceValidator
{
    private const MemoryPolicyFlags KnownPolicyFlags = MemoryPolicyFlags.NumaBalancing | FixedNodes;

    private const MemoryPolicyFlags FixedNodes = MemoryPolicyFlags.RelativeNodes | MemoryPolicyFlags.StaticNodes;

    internal static void Validate(ContainerConfiguration container, Findings findings)
    {
        if (container.CgroupPath is { } path)
        {
            findings.CheckLine("cgroupPath", path);
            if (path.Split('/').Contains(".."))
                findings.Add("cgroupPath", $"'{path}' climbs");
        }
        if (container.Resources is { } resources)
            Validate(resources, findings);
        if (container.IntelRdt is { } rdt)
            Validate(rdt, findings);
        if (container.MemoryPolicy is { } policy)
            Validate(policy, findings);
    }

    private static void Validate(ResourceConfiguration resources, Findings findings)
    {
        for (int i = 0; i < resources.Devices.Length; i++)
        {
            DeviceRule rule = resources.Devices[i];
            if (rule.Type is not (null or DeviceType.Character or DeviceType.Block))
                findings.Add(new Where("resources.devices", i, "type"), $"{rule.Type} is not a type of device that can be ruled");
            findings.CheckDevice(new Where("resources.devices", i), rule.Major, rule.Minor);
            findings.CheckNoFlags(new Where("resources.devices", i, "access"), (uint)(rule.Access & ~DeviceAccess.All));
            if (rule.Access == DeviceAccess.None)
                findings.Add(new Where("resources.devices", i, "access"), "a rule is about something: reading, writing, making a node");
        }
        if (resources.Memory is { } memory)
            Validate(memory, findings);
        if (resources.Cpu is { } cpu)
            Validate(cpu, findings);
        if (resources.PidsLimit is { } pids)
            findings.CheckRange("resources.pidsLimit", pids, -1, long.MaxValue);
        if (resources.BlockIO is { } blockIO)
            Validate(blockIO, findings);
        for (int i = 0; i < resources.HugePageLimits.Length; i++)
            if (!IsPageSize(resources.HugePageLimits[i].PageSize))
                findings.Add(
                    new Where("resources.hugePageLimits", i, "pageSize"),
                    $"'{resources.HugePageLimits[i].PageSize}' is not a size of pages: 64KB, 2MB, 1GB");
        if (resources.Network is { } network)
            for (int i = 0; i < network.Priorities.Length; i++)
                findings.CheckInterfaceName(new Where("resources.network.priorities", i, "name"), network.Priorities[i].Name);
        if (!resources.Rdma.IsEmpty)
            foreach ((string device, RdmaLimit limit) in resources.Rdma.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                if (limit is { HcaHandles: null, HcaObjects: null })
                    findings.Add(Where.Key("resources.rdma", device), "limits neither handles nor objects");
        if (!resources.Unified.IsEmpty)
            foreach ((string file, _) in resources.Unified.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                findings.CheckFileName(Where.Key("resources.unified", file), file);
    }

    private static void Validate(MemoryResources memory, Findings findings)
    {
        CheckLimit("resources.memory.limitBytes", memory.LimitBytes);
        CheckLimit("resources.memory.reservationBytes", memory.ReservationBytes);
        CheckLimit("resources.memory.memoryAndSwapBytes", memory.MemoryAndSwapBytes);
        CheckLimit("resources.memory.kernelBytes", memory.KernelBytes);
        CheckLimit("resources.memory.kernelTcpBytes", memory.KernelTcpBytes);
        if (memory is { LimitBytes: > 0, MemoryAndSwapBytes: > 0 } && memory.MemoryAndSwapBytes < memory.LimitBytes)
            findings.Add(
                "resources.memory.memoryAndSwapBytes",
                $"{memory.MemoryAndSwapBytes} is below the limit of memory alone, {memory.LimitBytes}");
        if (memory.Swappiness is { } swappiness)
            findings.CheckRange("resources.memory.swappiness", swappiness, 0, 100);

        void CheckLimit(Where where, long? bytes)
        {
            if (bytes < -1)
                findings.Add(where, $"{bytes} is not a number of bytes, nor -1 for no limit");
        }
    }

    private static void Validate(CpuResources cpu, Findings findings)
    {
        if (cpu.QuotaMicroseconds is { } quota)
            findings.CheckRange("resources.cpu.quotaMicroseconds", quota, -1, long.MaxValue);
        if (cpu.QuotaMicroseconds > 0 && cpu.BurstMicroseconds > (ulong)cpu.QuotaMicroseconds)
            findings.Add("resources.cpu.burstMicroseconds", $"{cpu.BurstMicroseconds} is above the quota, {cpu.QuotaMicroseconds}");
        if (cpu.RealtimeRuntimeMicroseconds is { } runtime)
            findings.CheckRange("resources.cpu.realtimeRuntimeMicroseconds", runtime, -1, long.MaxValue);
        if (cpu.Cpus is { } cpus)
            findings.CheckNumberList("resources.cpu.cpus", cpus);
        if (cpu.MemoryNodes is { } nodes)
            findings.CheckNumberList("resources.cpu.memoryNodes", nodes);
    }

    private static void Validate(BlockIOResources blockIO, Findings findings)
    {
        for (int i = 0; i < blockIO.DeviceWeights.Length; i++)
        {
            BlockIODeviceWeight weight = blockIO.DeviceWeights[i];
            findings.CheckDevice(new Where("resources.blockIO.deviceWeights", i), weight.Major, weight.Minor);
            if (weight is { Weight: null, LeafWeight: null })
                findings.Add(new Where("resources.blockIO.deviceWeights", i), "gives neither a weight nor one for leaves");
        }
        CheckRates("resources.blockIO.readBytesPerSecond", blockIO.ReadBytesPerSecond);
        CheckRates("resources.blockIO.writeBytesPerSecond", blockIO.WriteBytesPerSecond);
        CheckRates("resources.blockIO.readsPerSecond", blockIO.ReadsPerSecond);
        CheckRates("resources.blockIO.writesPerSecond", blockIO.WritesPerSecond);

        void CheckRates(string path, ImmutableArray<BlockIODeviceRate> rates)
        {
            for (int i = 0; i < rates.Length; i++)
                findings.CheckDevice(new Where(path, i), rates[i].Major, rates[i].Minor);
        }
    }

    private static void Validate(IntelRdtConfiguration rdt, Findings findings)
    {
        if (rdt.ClassId is { } id)
            findings.CheckFileName("intelRdt.classId", id);
        for (int i = 0; i < rdt.Schemata.Length; i++)
            findings.CheckLine(new Where("intelRdt.schemata", i), rdt.Schemata[i]);
        if (rdt.L3CacheSchema is { } cache)
            findings.CheckText("intelRdt.l3CacheSchema", cache);
        if (rdt.MemoryBandwidthSchema is not { } bandwidth)
            return;
        findings.CheckLine("intelRdt.memoryBandwidthSchema", bandwidth);
        if (bandwidth.Length > 0 && !bandwidth.StartsWith("MB:", StringComparison.Ordinal))
            findings.Add("intelRdt.memoryBandwidthSchema", $"'{bandwidth}' does not begin with 'MB:'");
    }

    /// <summary>What set_mempolicy(2) answers EINVAL to.</summary>
    private static void Validate(MemoryPolicyConfiguration policy, Findings findings)
    {
        findings.CheckDefined("memoryPolicy.mode", policy.Mode, "a way to choose memory nodes");
        findings.CheckNoFlags("memoryPolicy.flags", (uint)(policy.Flags & ~KnownPolicyFlags));
        if ((policy.Flags & FixedNodes) == FixedNodes)
            findings.Add("memoryPolicy.flags", "numbers of nodes are either the machine's or relative");
        if (policy.Nodes is { } nodes)
            findings.CheckNumberList("memoryPolicy.nodes", nodes);
        if (policy.Mode is MemoryPolicyMode.Default or MemoryPolicyMode.Local && policy.Nodes is not null)
            findings.Add("memoryPolicy.nodes", $"{policy.Mode} has no nodes");
        if (policy.Mode is not (MemoryPolicyMode.Default or MemoryPolicyMode.Local or MemoryPolicyMode.Preferred) && policy.Nodes is null)
            findings.Add("memoryPolicy.nodes", $"{policy.Mode} needs nodes");
    }

    private static bool IsPageSize(string size)
    {
        if (size.Length < 3 || size[^1] != 'B' || !"KMGTPE".Contains(size[^2], StringComparison.Ordinal))
            return false;
        return !size.AsSpan()[..^2].ContainsAnyExceptInRange('0', '9');
    }
}
