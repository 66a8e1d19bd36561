using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>Configurations that both versions are tried with.</summary>
internal static class Samples
{
    /// <summary>What docker asks for with --memory 64m --cpus 1.5 --pids-limit 100.</summary>
    internal static ResourceConfiguration Typical { get; } = new()
    {
        Memory = new() { LimitBytes = 67108864, MemoryAndSwapBytes = 134217728, DisableOomKiller = false },
        Cpu = new() { Shares = 1024, QuotaMicroseconds = 150000, PeriodMicroseconds = 100000 },
        PidsLimit = 100,
    };

    /// <summary>Everything that there is.</summary>
    internal static ResourceConfiguration Full { get; } = new()
    {
        Memory = new()
        {
            LimitBytes = 1000,
            MemoryAndSwapBytes = 3000,
            ReservationBytes = 500,
            KernelBytes = 7,
            KernelTcpBytes = 8,
            Swappiness = 0,
            DisableOomKiller = true,
            UseHierarchy = true,
        },
        Cpu = new()
        {
            Shares = 512,
            QuotaMicroseconds = 20000,
            PeriodMicroseconds = 50000,
            BurstMicroseconds = 1000,
            RealtimeRuntimeMicroseconds = 95000,
            RealtimePeriodMicroseconds = 100000,
            Cpus = "0-1",
            MemoryNodes = "0",
            IsIdle = false,
        },
        PidsLimit = 10,
        BlockIO = new()
        {
            Weight = 500,
            LeafWeight = 300,
            DeviceWeights = [new(8, 0, 100, 200), new(8, 16, LeafWeight: 10), new(8, 32, 0, 0)],
            ReadBytesPerSecond = [new(8, 0, 1), new(8, 16, 2)],
            WriteBytesPerSecond = [new(8, 0, 3)],
            ReadsPerSecond = [new(8, 16, 0)],
            WritesPerSecond = [new(8, 0, 5), new(8, 0, 6)],
        },
        HugePageLimits = [new("2MB", 4194304), new("1GB", 0)],
        Network = new() { ClassId = 0x100001, Priorities = [new("eth0", 5), new("lo", 0)] },
        Rdma = ImmutableDictionary<string, RdmaLimit>.Empty.Add("mlx5_1", new(3, 10)).Add("mlx4_0", new(HcaObjects: 0)),
    };

    /// <summary>Everything is there, and nothing is said.</summary>
    internal static ResourceConfiguration Zero { get; } = new()
    {
        Memory = new() { LimitBytes = 0, MemoryAndSwapBytes = 0, ReservationBytes = 0, KernelBytes = 0, KernelTcpBytes = 0 },
        Cpu = new()
        {
            Shares = 0,
            QuotaMicroseconds = 0,
            PeriodMicroseconds = 0,
            RealtimeRuntimeMicroseconds = 0,
            RealtimePeriodMicroseconds = 0,
        },
        BlockIO = new() { Weight = 0, LeafWeight = 0 },
        Network = new(),
    };

    /// <summary><c>memory.max = 4096</c>, with '?' for one that may be left out, '~' for one that may be made later, and what takes its place.</summary>
    internal static IEnumerable<string> Texts(IEnumerable<CgroupWrite> writes) => writes.Select(write =>
        $"{write.Controller}: {write}{(write.IsOptional ? " ?" : "")}{(write.IsPostponable ? " ~" : "")}{(write.Instead is { } instead ? $" or {instead}" : "")}");

    internal static ResourceConfiguration Unified(params (string File, string Value)[] settings)
        => new() { Unified = settings.ToImmutableDictionary(setting => setting.File, setting => setting.Value) };
}
