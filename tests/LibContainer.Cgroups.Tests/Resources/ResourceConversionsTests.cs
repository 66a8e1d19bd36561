using CsCheck;
using LibContainer.Configuration;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>Numbers of version 1 in those of version 2.</summary>
public sealed class ResourceConversionsTests
{
    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(1UL, 1UL)]
    [InlineData(2UL, 1UL)]
    [InlineData(3UL, 2UL)]
    [InlineData(512UL, 59UL)]
    [InlineData(1024UL, 100UL)] // the default is the default
    [InlineData(2000UL, 170UL)] // what runc 1.4 makes of it, in its issue 4896
    [InlineData(2048UL, 174UL)]
    [InlineData(262143UL, 10000UL)]
    [InlineData(262144UL, 10000UL)]
    [InlineData(ulong.MaxValue, 10000UL)]
    public void Shares_become_a_weight(ulong shares, ulong weight) => ResourceConversions.CpuWeight(shares).Should().Be(weight);

    [Fact]
    public void More_shares_are_never_a_smaller_weight() => Gen.ULong[0, 300000].Sample(shares =>
    {
        ulong weight = ResourceConversions.CpuWeight(shares);
        return weight is >= 1 and <= 10000 && ResourceConversions.CpuWeight(shares + 1) >= weight;
    });

    [Theory]
    [InlineData(1, 1U)]
    [InlineData(10, 1U)]
    [InlineData(11, 11U)]
    [InlineData(100, 910U)]
    [InlineData(500, 4950U)]
    [InlineData(1000, 10000U)]
    [InlineData(ushort.MaxValue, 10000U)]
    public void A_weight_of_disks_is_stretched(int weight, uint stretched) => ResourceConversions.IOWeight((ushort)weight).Should().Be(stretched);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(100L, null, null)]
    [InlineData(100L, 0L, null)]
    [InlineData(-1L, null, -1L)]
    [InlineData(-1L, 0L, -1L)]
    [InlineData(-1L, 300L, 300L)]
    [InlineData(-1L, -1L, -1L)]
    [InlineData(100L, -1L, -1L)]
    [InlineData(null, -1L, -1L)]
    [InlineData(100L, 100L, 0L)]
    [InlineData(100L, 300L, 200L)]
    [InlineData(null, 300L, null)]
    [InlineData(0L, 300L, null)]
    [InlineData(300L, 100L, null)]
    [InlineData(1L, long.MaxValue, long.MaxValue - 1)]
    public void Swap_alone_is_the_sum_without_memory(long? limit, long? both, long? swap)
        => ResourceConversions.SwapBytes(new() { LimitBytes = limit, MemoryAndSwapBytes = both }).Should().Be(swap);

    [Theory]
    [InlineData(null, 300L, "resources.memory.memoryAndSwapBytes: needs limitBytes*")]
    [InlineData(0L, 300L, "resources.memory.memoryAndSwapBytes: needs limitBytes*")]
    [InlineData(300L, 100L, "resources.memory.memoryAndSwapBytes: 100 is below*300")]
    public void A_sum_that_says_nothing_of_swap_is_found(long? limit, long? both, string finding)
        => ResourceConversions.CheckSwap(new() { LimitBytes = limit, MemoryAndSwapBytes = both })!.ToString().Should().Match(finding);

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, 0L)]
    [InlineData(null, -1L)]
    [InlineData(300L, -1L)]
    [InlineData(-1L, 100L)]
    [InlineData(100L, 100L)]
    [InlineData(100L, 101L)]
    public void A_sum_that_says_something_of_swap_is_fine(long? limit, long? both)
        => ResourceConversions.CheckSwap(new() { LimitBytes = limit, MemoryAndSwapBytes = both }).Should().BeNull();

    [Theory]
    [InlineData(100L, null, 101L, "resources.memory.limitBytes: 100 is below the 101 bytes that are in use")]
    [InlineData(50L, 100L, 101L, "resources.memory.memoryAndSwapBytes: 100 is below the 101 bytes that are in use")]
    [InlineData(50L, 200L, 101L, "resources.memory.limitBytes: 50 is below the 101 bytes that are in use")]
    [InlineData(100L, null, 100L, null)]
    [InlineData(-1L, -1L, 100L, null)]
    [InlineData(0L, null, 100L, null)]
    [InlineData(null, null, 100L, null)]
    public void A_limit_below_what_is_in_use_is_found_when_that_is_asked_for(long? limit, long? both, long used, string? finding)
    {
        MemoryResources memory = new() { LimitBytes = limit, MemoryAndSwapBytes = both, CheckBeforeUpdate = true };

        ResourceConversions.CheckUse(memory, used)?.ToString().Should().Be(finding);
        (ResourceConversions.CheckUse(memory, used) is null).Should().Be(finding is null);
        ResourceConversions.CheckUse(memory with { CheckBeforeUpdate = false }, used).Should().BeNull();
    }

    [Theory]
    [InlineData(-1L, "max")]
    [InlineData(0L, "1")]
    [InlineData(1L, "1")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void A_number_of_processes_is_told(long limit, string value) => ResourceConversions.Pids(limit).Should().Be(value);
}
