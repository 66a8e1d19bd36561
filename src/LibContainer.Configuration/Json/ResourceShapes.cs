using static LibContainer.Configuration.Json.Shapes;

namespace LibContainer.Configuration.Json;

/// <summary>What a container may use.</summary>
internal static class ResourceShapes
{
    internal static ObjectShape<DeviceRule> DeviceRule { get; } = Record(new DeviceRule(IsAllowed: false))
        .Required("isAllowed", Bool, it => it.IsAllowed, (it, value) => it with { IsAllowed = value })
        .Member("type", OrNull(Name<DeviceType>()), it => it.Type, (it, value) => it with { Type = value })
        .Member("major", IntOrNull, it => it.Major, (it, value) => it with { Major = value })
        .Member("minor", IntOrNull, it => it.Minor, (it, value) => it with { Minor = value })
        .Member("access", Flags<DeviceAccess>(), it => it.Access, (it, value) => it with { Access = value });

    internal static ObjectShape<MemoryResources> Memory { get; } = Record(new MemoryResources())
        .Member("limitBytes", LongOrNull, it => it.LimitBytes, (it, value) => it with { LimitBytes = value })
        .Member("reservationBytes", LongOrNull, it => it.ReservationBytes, (it, value) => it with { ReservationBytes = value })
        .Member("memoryAndSwapBytes", LongOrNull, it => it.MemoryAndSwapBytes, (it, value) => it with { MemoryAndSwapBytes = value })
        .Member("kernelBytes", LongOrNull, it => it.KernelBytes, (it, value) => it with { KernelBytes = value })
        .Member("kernelTcpBytes", LongOrNull, it => it.KernelTcpBytes, (it, value) => it with { KernelTcpBytes = value })
        .Member("swappiness", IntOrNull, it => it.Swappiness, (it, value) => it with { Swappiness = value })
        .Member("disableOomKiller", BoolOrNull, it => it.DisableOomKiller, (it, value) => it with { DisableOomKiller = value })
        .Member("useHierarchy", BoolOrNull, it => it.UseHierarchy, (it, value) => it with { UseHierarchy = value })
        .Member("checkBeforeUpdate", Bool, it => it.CheckBeforeUpdate, (it, value) => it with { CheckBeforeUpdate = value });

    internal static ObjectShape<CpuResources> Cpu { get; } = Record(new CpuResources())
        .Member("shares", ULongOrNull, it => it.Shares, (it, value) => it with { Shares = value })
        .Member("quotaMicroseconds", LongOrNull, it => it.QuotaMicroseconds, (it, value) => it with { QuotaMicroseconds = value })
        .Member("burstMicroseconds", ULongOrNull, it => it.BurstMicroseconds, (it, value) => it with { BurstMicroseconds = value })
        .Member("periodMicroseconds", ULongOrNull, it => it.PeriodMicroseconds, (it, value) => it with { PeriodMicroseconds = value })
        .Member(
            "realtimeRuntimeMicroseconds", LongOrNull,
            it => it.RealtimeRuntimeMicroseconds, (it, value) => it with { RealtimeRuntimeMicroseconds = value })
        .Member(
            "realtimePeriodMicroseconds", ULongOrNull,
            it => it.RealtimePeriodMicroseconds, (it, value) => it with { RealtimePeriodMicroseconds = value })
        .Member("cpus", TextOrNull, it => it.Cpus, (it, value) => it with { Cpus = value })
        .Member("memoryNodes", TextOrNull, it => it.MemoryNodes, (it, value) => it with { MemoryNodes = value })
        .Member("isIdle", BoolOrNull, it => it.IsIdle, (it, value) => it with { IsIdle = value });

    internal static ObjectShape<BlockIODeviceWeight> DeviceWeight { get; } = Record(new BlockIODeviceWeight(0, 0))
        .Required("major", Int, it => it.Major, (it, value) => it with { Major = value })
        .Required("minor", Int, it => it.Minor, (it, value) => it with { Minor = value })
        .Member("weight", UShortOrNull, it => it.Weight, (it, value) => it with { Weight = value })
        .Member("leafWeight", UShortOrNull, it => it.LeafWeight, (it, value) => it with { LeafWeight = value });

    internal static ObjectShape<BlockIODeviceRate> DeviceRate { get; } = Record(new BlockIODeviceRate(0, 0, 0))
        .Required("major", Int, it => it.Major, (it, value) => it with { Major = value })
        .Required("minor", Int, it => it.Minor, (it, value) => it with { Minor = value })
        .Required("rate", ULong, it => it.Rate, (it, value) => it with { Rate = value });

    internal static ObjectShape<BlockIOResources> BlockIO { get; } = Record(new BlockIOResources())
        .Member("weight", UShortOrNull, it => it.Weight, (it, value) => it with { Weight = value })
        .Member("leafWeight", UShortOrNull, it => it.LeafWeight, (it, value) => it with { LeafWeight = value })
        .Member("deviceWeights", List(DeviceWeight), it => it.DeviceWeights, (it, value) => it with { DeviceWeights = value })
        .Member("readBytesPerSecond", List(DeviceRate), it => it.ReadBytesPerSecond, (it, value) => it with { ReadBytesPerSecond = value })
        .Member(
            "writeBytesPerSecond", List(DeviceRate),
            it => it.WriteBytesPerSecond, (it, value) => it with { WriteBytesPerSecond = value })
        .Member("readsPerSecond", List(DeviceRate), it => it.ReadsPerSecond, (it, value) => it with { ReadsPerSecond = value })
        .Member("writesPerSecond", List(DeviceRate), it => it.WritesPerSecond, (it, value) => it with { WritesPerSecond = value });

    internal static ObjectShape<HugePageLimit> HugePageLimit { get; } = Record(new HugePageLimit("", 0))
        .Required("pageSize", Text, it => it.PageSize, (it, value) => it with { PageSize = value })
        .Required("limitBytes", ULong, it => it.LimitBytes, (it, value) => it with { LimitBytes = value });

    internal static ObjectShape<InterfacePriority> InterfacePriority { get; } = Record(new InterfacePriority("", 0))
        .Required("name", Text, it => it.Name, (it, value) => it with { Name = value })
        .Required("priority", UInt, it => it.Priority, (it, value) => it with { Priority = value });

    internal static ObjectShape<NetworkResources> Network { get; } = Record(new NetworkResources())
        .Member("classId", UIntOrNull, it => it.ClassId, (it, value) => it with { ClassId = value })
        .Member("priorities", List(InterfacePriority), it => it.Priorities, (it, value) => it with { Priorities = value });

    internal static ObjectShape<RdmaLimit> RdmaLimit { get; } = Record(new RdmaLimit())
        .Member("hcaHandles", UIntOrNull, it => it.HcaHandles, (it, value) => it with { HcaHandles = value })
        .Member("hcaObjects", UIntOrNull, it => it.HcaObjects, (it, value) => it with { HcaObjects = value });

    internal static ObjectShape<ResourceConfiguration> Resources { get; } = Record(new ResourceConfiguration())
        .Member("devices", List(DeviceRule), it => it.Devices, (it, value) => it with { Devices = value })
        .Member("memory", OrNull(Memory), it => it.Memory, (it, value) => it with { Memory = value })
        .Member("cpu", OrNull(Cpu), it => it.Cpu, (it, value) => it with { Cpu = value })
        .Member("pidsLimit", LongOrNull, it => it.PidsLimit, (it, value) => it with { PidsLimit = value })
        .Member("blockIO", OrNull(BlockIO), it => it.BlockIO, (it, value) => it with { BlockIO = value })
        .Member("hugePageLimits", List(HugePageLimit), it => it.HugePageLimits, (it, value) => it with { HugePageLimits = value })
        .Member("network", OrNull(Network), it => it.Network, (it, value) => it with { Network = value })
        .Member("rdma", Map(RdmaLimit), it => it.Rdma, (it, value) => it with { Rdma = value })
        .Member("unified", TextMap, it => it.Unified, (it, value) => it with { Unified = value });

    internal static ObjectShape<IntelRdtConfiguration> IntelRdt { get; } = Record(new IntelRdtConfiguration())
        .Member("classId", TextOrNull, it => it.ClassId, (it, value) => it with { ClassId = value })
        .Member("schemata", Texts, it => it.Schemata, (it, value) => it with { Schemata = value })
        .Member("l3CacheSchema", TextOrNull, it => it.L3CacheSchema, (it, value) => it with { L3CacheSchema = value })
        .Member(
            "memoryBandwidthSchema", TextOrNull,
            it => it.MemoryBandwidthSchema, (it, value) => it with { MemoryBandwidthSchema = value })
        .Member("enableMonitoring", Bool, it => it.EnableMonitoring, (it, value) => it with { EnableMonitoring = value });

    internal static ObjectShape<MemoryPolicyConfiguration> MemoryPolicy { get; } = Record(new MemoryPolicyConfiguration { Mode = default })
        .Required("mode", Name<MemoryPolicyMode>(), it => it.Mode, (it, value) => it with { Mode = value })
        .Member("nodes", TextOrNull, it => it.Nodes, (it, value) => it with { Nodes = value })
        .Member("flags", Flags<MemoryPolicyFlags>(), it => it.Flags, (it, value) => it with { Flags = value });
}
