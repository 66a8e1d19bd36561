using LibContainer.Configuration;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>Limits as files of cgroup version 2: which, in which order, and what cannot be had.</summary>
public sealed class ResourcesV2Tests
{
    [Fact]
    public void Typical_limits_are_these()
    {
        Texts(Samples.Typical).Should().Equal(
            "memory: memory.swap.max = 67108864", "memory: memory.max = 67108864", "cpu: cpu.weight = 100", "cpu: cpu.max = 150000 100000", "pids: pids.max = 100");
        ResourcesV2.Check(Samples.Typical).Should().BeEmpty();
    }

    [Fact]
    public void All_limits_are_these() => Texts(Samples.Full with { Unified = Samples.Unified(("memory.high", "900"), ("cpu.weight", "7")).Unified }).Should().Equal(
        "memory: memory.swap.max = 2000",
        "memory: memory.max = 1000",
        "memory: memory.low = 500",
        "cpu: cpu.idle = 0 ?",
        "cpu: cpu.weight = 59",
        "cpu: cpu.max.burst = 1000 ~",
        "cpu: cpu.max = 20000 50000",
        "cpuset: cpuset.cpus = 0-1",
        "cpuset: cpuset.mems = 0",
        "pids: pids.max = 10",
        "io: io.bfq.weight = 500 or io.weight = 4950",
        "io: io.bfq.weight = 8:0 100 or io.weight = 8:0 910",
        "io: io.max = 8:0 rbps=1 wbps=3 wiops=5 wiops=6",
        "io: io.max = 8:16 rbps=2 riops=max",
        "hugetlb: hugetlb.2MB.rsvd.max = 4194304 ?",
        "hugetlb: hugetlb.2MB.max = 4194304",
        "hugetlb: hugetlb.1GB.rsvd.max = 0 ?",
        "hugetlb: hugetlb.1GB.max = 0",
        "rdma: rdma.max = mlx4_0 hca_handle=max hca_object=0",
        "rdma: rdma.max = mlx5_1 hca_handle=3 hca_object=10",
        "cpu: cpu.weight = 7",
        "memory: memory.high = 900");

    [Fact]
    public void Nothing_and_zeros_are_no_limits()
    {
        Texts(new()).Should().BeEmpty();
        Texts(Samples.Zero).Should().BeEmpty();
        ResourcesV2.Check(Samples.Zero).Should().BeEmpty();
    }

    [Theory]
    [InlineData(100L, 100L, "memory.swap.max = 0 ?|memory.max = 100")]
    [InlineData(100L, -1L, "memory.swap.max = max ?|memory.max = 100")]
    [InlineData(-1L, null, "memory.swap.max = max ?|memory.max = max")]
    [InlineData(-1L, 300L, "memory.swap.max = 300|memory.max = max")]
    [InlineData(100L, null, "memory.max = 100")]
    [InlineData(null, 300L, "")]
    [InlineData(300L, 100L, "memory.max = 300")]
    public void Memory_and_swap_are_limited_apart(long? limit, long? both, string writes)
        => string.Join('|', Texts(new() { Memory = new() { LimitBytes = limit, MemoryAndSwapBytes = both } }))
            .Replace("memory: ", "", StringComparison.Ordinal).Should().Be(writes);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(50000L, null, "50000")]
    [InlineData(-1L, null, "max")]
    [InlineData(null, 50000UL, "max 50000")]
    [InlineData(0L, 50000UL, "max 50000")]
    [InlineData(-1L, 50000UL, "max 50000")]
    [InlineData(1000L, 1000000UL, "1000 1000000")]
    public void Quota_and_period_are_one_setting(long? quota, ulong? period, string? value)
        => Texts(new() { Cpu = new() { QuotaMicroseconds = quota, PeriodMicroseconds = period } }).Should().Equal(value is null ? [] : [$"cpu: cpu.max = {value}"]);

    [Fact]
    public void A_burst_alone_is_not_made_later()
    {
        Texts(new() { Cpu = new() { BurstMicroseconds = 5 } }).Should().Equal("cpu: cpu.max.burst = 5");
        Texts(new() { Cpu = new() { BurstMicroseconds = 0 } }).Should().Equal("cpu: cpu.max.burst = 0 ?");
    }

    [Fact]
    public void A_cgroup_that_is_idle_has_no_weight()
        => Texts(new() { Cpu = new() { IsIdle = true, Shares = 512 } }).Should().Equal("cpu: cpu.idle = 1");

    [Fact]
    public void No_limit_is_max()
        => Texts(new() { Memory = new() { LimitBytes = -1, MemoryAndSwapBytes = -1, ReservationBytes = -1 }, PidsLimit = -1 }).Should().Equal(
            "memory: memory.swap.max = max ?", "memory: memory.max = max", "memory: memory.low = max", "pids: pids.max = max");

    [Fact]
    public void A_raw_setting_is_written_line_by_line()
        => Texts(Samples.Unified(("io.max", "8:0 rbps=1\n8:16 wbps=2\n"), ("cpuset.cpus", ""), ("cgroup.freeze", "1"))).Should().Equal(
            "cgroup: cgroup.freeze = 1", "cpuset: cpuset.cpus = \n", "io: io.max = 8:0 rbps=1", "io: io.max = 8:16 wbps=2");

    [Theory]
    [InlineData("../memory.max", "*contains a '/'")]
    [InlineData("a/memory.max", "*contains a '/'")]
    [InlineData("memory", "*memory.high")]
    [InlineData("memory.", "*memory.high")]
    [InlineData(".max", "*memory.high")]
    [InlineData("", "*memory.high")]
    [InlineData("cgroup.procs", "*limits nothing")]
    [InlineData("cgroup.threads", "*limits nothing")]
    [InlineData("cgroup.kill", "*limits nothing")]
    public void A_raw_setting_that_is_none_is_found_and_not_written(string file, string message)
    {
        ResourceConfiguration resources = Samples.Unified((file, "1"));

        ResourcesV2.Check(resources).Should().ContainSingle().Which.ToString().Should().StartWith($"resources.unified[\"{file}\"]: ").And.Match(message);
        ResourcesV2.Writes(resources).Should().BeEmpty();
    }

    [Fact]
    public void What_only_version_1_has_is_found()
    {
        ResourcesV2.Check(Samples.Full with { Memory = Samples.Full.Memory! with { UseHierarchy = false } }).Select(finding => finding.Path).Should().Equal(
            "resources.memory.kernelTcpBytes",
            "resources.memory.swappiness",
            "resources.memory.disableOomKiller",
            "resources.memory.useHierarchy",
            "resources.cpu.realtimeRuntimeMicroseconds",
            "resources.cpu.realtimePeriodMicroseconds",
            "resources.blockIO.leafWeight",
            "resources.blockIO.deviceWeights[0].leafWeight",
            "resources.blockIO.deviceWeights[1].leafWeight",
            "resources.network.classId",
            "resources.network.priorities");
        ResourcesV2.Check(Samples.Full, controller => controller == "io").Select(finding => finding.Path).Should().Equal( // a hybrid host has both
            "resources.blockIO.leafWeight", "resources.blockIO.deviceWeights[0].leafWeight", "resources.blockIO.deviceWeights[1].leafWeight");
        ResourcesV2.Check(new() { Memory = new() { Swappiness = 1 } })[0].Message.Should().Be("cgroup version 2 has no swappiness");
    }

    [Fact]
    public void What_version_2_does_anyway_is_not_found() => ResourcesV2.Check(new()
    {
        Memory = new() { DisableOomKiller = false, UseHierarchy = true, KernelBytes = 5, KernelTcpBytes = -1 },
        Network = new() { ClassId = 0 },
    }).Should().BeEmpty();

    [Fact]
    public void Swap_that_cannot_be_told_is_found()
        => ResourcesV2.Check(new() { Memory = new() { MemoryAndSwapBytes = 300 } }).Select(finding => finding.Path).Should().Equal("resources.memory.memoryAndSwapBytes");

    private static IEnumerable<string> Texts(ResourceConfiguration resources) => Samples.Texts(ResourcesV2.Writes(resources));
}
