using LibContainer.Configuration;

namespace LibContainer.Cgroups;

/// <summary>
/// What is told in the units of cgroup version 1 in those of version 2, as the OCI runtimes convert it: containers side by side get the same share
/// whoever has started them.
/// </summary>
internal static class ResourceConversions
{
    private const ulong MinimumShares = 2;

    private const ulong MaximumShares = 262144;

    /// <summary>
    /// cpu.weight (1 to 10000, 100 is that of every cgroup) from cpu.shares (2 to 262144, 1024 is that of every cgroup). Shares beyond those
    /// ends count as the end, as in version 1.
    /// </summary>
    /// <remarks>
    /// 10 to the power of (l² + 125 l) / 612 - 7 / 34 with l the binary logarithm of the shares, rounded up: the one quadratic curve through
    /// both ends and both defaults. Since opencontainers/cgroups 0.0.3, thus runc 1.3.2 and 1.4, and crun 1.23. Until then the ends were joined by
    /// a straight line, 1 + (shares - 2) * 9999 / 262142, which makes 39 of 1024: a container with the default had less than half of what
    /// everything else on the host has.
    /// </remarks>
    internal static ulong CpuWeight(ulong shares)
    {
        if (shares <= MinimumShares)
            return 1;
        if (shares >= MaximumShares)
            return 10000;
        double log = Math.Log2(shares);
        double weight = Math.Pow(10, ((log * log) + (125 * log)) / 612 - (7.0 / 34));
        return (ulong)Math.Ceiling(weight - 1e-9); // what should be 100 may come out of the last binary digit as more
    }

    /// <summary>io.weight (1 to 10000) from the weight of the specification (10 to 1000), in a straight line.</summary>
    internal static uint IOWeight(ushort weight) => weight <= 10 ? 1 : 1 + ((uint)Math.Min(weight, (ushort)1000) - 10) * 9999 / 990;

    /// <summary>
    /// memory.swap.max, which limits swap alone, from the limit of memory and the limit of both together.
    /// </summary>
    /// <returns>Bytes; -1: no limit; null: it stays as it is, or cannot be told (see <see cref="CheckSwap"/>).</returns>
    internal static long? SwapBytes(MemoryResources memory) => (Given(memory.LimitBytes), Given(memory.MemoryAndSwapBytes)) switch
    {
        (-1, null) => -1, // version 1 cannot limit both together when memory alone is not limited, so who lifts one means both
        (_, null) => null,
        (_, -1) => -1,
        (null, _) => null,
        (-1, { } both) => both,
        ({ } limit, { } both) => both < limit ? null : both - limit,
    };

    /// <summary>Why there is no <see cref="SwapBytes"/> although something is asked for. Null: there is.</summary>
    internal static ConfigurationFinding? CheckSwap(MemoryResources memory)
    {
        if (memory.MemoryAndSwapBytes is not { } both || both <= 0)
            return null;
        return Given(memory.LimitBytes) switch
        {
            null => new("resources.memory.memoryAndSwapBytes", "needs limitBytes on a host with cgroup version 2, which limits swap alone"),
            { } limit when both < limit => new("resources.memory.memoryAndSwapBytes", $"{both} is below the limit of memory alone, {limit}"),
            _ => null,
        };
    }

    /// <summary>What <see cref="MemoryResources.CheckBeforeUpdate"/> asks for.</summary>
    /// <param name="memory">The new limits.</param>
    /// <param name="usedBytes">What the container uses: memory.current, memory.usage_in_bytes.</param>
    /// <returns>Null: the limits can be set.</returns>
    internal static ConfigurationFinding? CheckUse(MemoryResources memory, long usedBytes)
    {
        if (!memory.CheckBeforeUpdate)
            return null;
        if (memory.MemoryAndSwapBytes > 0 && usedBytes > memory.MemoryAndSwapBytes)
            return new("resources.memory.memoryAndSwapBytes", $"{memory.MemoryAndSwapBytes} is below the {usedBytes} bytes that are in use");
        if (memory.LimitBytes > 0 && usedBytes > memory.LimitBytes)
            return new("resources.memory.limitBytes", $"{memory.LimitBytes} is below the {usedBytes} bytes that are in use");
        return null;
    }

    /// <summary>
    /// 0 is how programs that write a configuration leave a number out, and no container lives with 0 bytes or 0 microseconds: it is null, as
    /// for runc.
    /// </summary>
    internal static long? Given(long? number) => number == 0 ? null : number;

    /// <inheritdoc cref="Given(long?)"/>
    internal static ulong? Given(ulong? number) => number == 0 ? null : number;

    /// <inheritdoc cref="Given(long?)"/>
    internal static ushort? Given(ushort? number) => number == 0 ? null : number;

    /// <summary>pids.max, the same in both versions.</summary>
    /// <remarks>
    /// 0 becomes 1: init is there and can add nobody, as 0 would have it, but it can be born in the cgroup (clone3 with CLONE_INTO_CGROUP asks
    /// the limit). systemd has no 0 either, and runc does the same since 1.4.
    /// </remarks>
    internal static string Pids(long limit) => limit switch
    {
        < 0 => "max",
        0 => "1",
        _ => $"{limit}",
    };

    /// <summary>rdma.max, the same in both versions: <c>mlx4_0 hca_handle=2 hca_object=max</c>.</summary>
    internal static string Rdma(string device, RdmaLimit limit)
        => $"{device} hca_handle={limit.HcaHandles?.ToString(null, null) ?? "max"} hca_object={limit.HcaObjects?.ToString(null, null) ?? "max"}";
}
