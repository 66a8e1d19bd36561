using LibContainer.Configuration;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>Limits as files of cgroup version 1: which, in which order, and how the kernel of this host takes them.</summary>
public sealed class ResourcesV1Tests
{
    [Fact]
    public void Typical_limits_are_these() => Texts(Samples.Typical).Should().Equal(
        "memory: memory.limit_in_bytes = 67108864",
        "memory: memory.memsw.limit_in_bytes = 134217728",
        "memory: memory.oom_control = 0 ?",
        "cpu: cpu.shares = 1024",
        "cpu: cpu.cfs_period_us = 100000 ~",
        "cpu: cpu.cfs_quota_us = 150000",
        "pids: pids.max = 100");

    [Fact]
    public void All_limits_are_these() => Texts(Samples.Full).Should().Equal(
        "memory: memory.use_hierarchy = 1",
        "memory: memory.limit_in_bytes = 1000",
        "memory: memory.memsw.limit_in_bytes = 3000",
        "memory: memory.soft_limit_in_bytes = 500",
        "memory: memory.kmem.tcp.limit_in_bytes = 8",
        "memory: memory.oom_control = 1",
        "memory: memory.swappiness = 0",
        "cpu: cpu.idle = 0 ?",
        "cpu: cpu.shares = 512",
        "cpu: cpu.cfs_period_us = 50000 ~",
        "cpu: cpu.cfs_burst_us = 1000 ~",
        "cpu: cpu.cfs_quota_us = 20000",
        "cpu: cpu.rt_period_us = 100000 ~",
        "cpu: cpu.rt_runtime_us = 95000",
        "cpuset: cpuset.cpus = 0-1",
        "cpuset: cpuset.mems = 0",
        "pids: pids.max = 10",
        "blkio: blkio.bfq.weight = 500 or blkio.weight = 500",
        "blkio: blkio.leaf_weight = 300",
        "blkio: blkio.bfq.weight_device = 8:0 100 or blkio.weight_device = 8:0 100",
        "blkio: blkio.leaf_weight_device = 8:0 200",
        "blkio: blkio.leaf_weight_device = 8:16 10",
        "blkio: blkio.throttle.read_bps_device = 8:0 1",
        "blkio: blkio.throttle.read_bps_device = 8:16 2",
        "blkio: blkio.throttle.write_bps_device = 8:0 3",
        "blkio: blkio.throttle.read_iops_device = 8:16 0",
        "blkio: blkio.throttle.write_iops_device = 8:0 5",
        "blkio: blkio.throttle.write_iops_device = 8:0 6",
        "hugetlb: hugetlb.2MB.rsvd.limit_in_bytes = 4194304 ?",
        "hugetlb: hugetlb.2MB.limit_in_bytes = 4194304",
        "hugetlb: hugetlb.1GB.rsvd.limit_in_bytes = 0 ?",
        "hugetlb: hugetlb.1GB.limit_in_bytes = 0",
        "net_cls: net_cls.classid = 1048577",
        "net_prio: net_prio.ifpriomap = eth0 5",
        "net_prio: net_prio.ifpriomap = lo 0",
        "rdma: rdma.max = mlx4_0 hca_handle=max hca_object=0",
        "rdma: rdma.max = mlx5_1 hca_handle=3 hca_object=10");

    [Fact]
    public void Nothing_and_zeros_are_no_limits()
    {
        Texts(new()).Should().BeEmpty();
        Texts(Samples.Zero).Should().BeEmpty();
    }

    /// <summary>The kernel refuses a sum that is below memory alone at any moment.</summary>
    [Theory]
    [InlineData(100L, 300L, long.MaxValue, "limit both")]
    [InlineData(100L, 300L, 200L, "both limit")]
    [InlineData(100L, 300L, 300L, "both limit")]
    [InlineData(100L, 300L, 301L, "limit both")]
    [InlineData(100L, 100L, 50L, "both limit")]
    [InlineData(100L, -1L, 200L, "both? limit")]
    [InlineData(100L, -1L, long.MaxValue, "both? limit")]
    [InlineData(-1L, -1L, 200L, "both? limit")]
    [InlineData(-1L, null, 200L, "both? limit")]
    [InlineData(-1L, 0L, long.MaxValue, "both? limit")]
    [InlineData(100L, null, 200L, "limit")]
    [InlineData(null, 300L, 200L, "both")]
    [InlineData(null, -1L, 200L, "both?")]
    public void Memory_and_the_sum_with_swap_have_an_order(long? limit, long? both, long present, string order)
    {
        ResourceConfiguration resources = new() { Memory = new() { LimitBytes = limit, MemoryAndSwapBytes = both } };

        IEnumerable<string> files = ResourcesV1.Writes(resources, present)
            .Select(write => (write.File == "memory.limit_in_bytes" ? "limit" : "both") + (write.IsOptional ? "?" : ""));

        string.Join(' ', files).Should().Be(order);
    }

    [Fact]
    public void A_cgroup_that_is_idle_has_no_shares()
        => Texts(new() { Cpu = new() { IsIdle = true, Shares = 512 } }).Should().Equal("cpu: cpu.idle = 1");

    [Fact]
    public void A_period_or_a_burst_alone_is_not_made_later() => Texts(new() { Cpu = new() { PeriodMicroseconds = 5000, BurstMicroseconds = 0, RealtimePeriodMicroseconds = 9 } })
        .Should().Equal("cpu: cpu.cfs_period_us = 5000", "cpu: cpu.cfs_burst_us = 0 ?", "cpu: cpu.rt_period_us = 9");

    [Fact]
    public void No_limit_is_minus_one_or_max() => Texts(new()
    {
        Memory = new() { ReservationBytes = -1, KernelTcpBytes = -1 },
        Cpu = new() { QuotaMicroseconds = -1, RealtimeRuntimeMicroseconds = -1 },
        PidsLimit = -1,
    }).Should().Equal(
        "memory: memory.soft_limit_in_bytes = -1",
        "memory: memory.kmem.tcp.limit_in_bytes = -1",
        "cpu: cpu.cfs_quota_us = -1",
        "cpu: cpu.rt_runtime_us = -1",
        "pids: pids.max = max");

    [Theory]
    [InlineData(1UL, false)]
    [InlineData(262145UL, false)]
    [InlineData(0UL, true)]
    [InlineData(2UL, true)]
    [InlineData(262144UL, true)]
    public void Shares_that_the_kernel_would_change_are_found(ulong shares, bool fine)
        => ResourcesV1.Check(new() { Cpu = new() { Shares = shares } }).Select(finding => finding.Path).Should().Equal(fine ? [] : ["resources.cpu.shares"]);

    [Fact]
    public void Files_of_version_2_are_found()
    {
        ResourceConfiguration resources = Samples.Unified(("memory.high", "1"), ("io.max", "1"), ("hugetlb.2MB.max", "0"));

        Paths(null).Should().Equal("resources.unified[\"hugetlb.2MB.max\"]", "resources.unified[\"io.max\"]", "resources.unified[\"memory.high\"]");
        Paths(controller => controller == "blkio").Should().Equal("resources.unified[\"io.max\"]"); // a hybrid host has both
        ResourcesV1.Writes(resources).Should().BeEmpty();

        IEnumerable<string> Paths(Func<string, bool>? isOfVersion) => ResourcesV1.Check(resources, isOfVersion).Select(finding => finding.Path);
    }

    [Fact]
    public void What_every_runtime_leaves_out_is_told()
    {
        ResourcesV1.Check(Samples.Full).Should().BeEmpty();
        ResourcesOfBoth.Ignored(Samples.Full).Select(finding => finding.Path).Should().Equal("resources.memory.kernelBytes");
        ResourcesOfBoth.Ignored(Samples.Typical).Should().BeEmpty();
        ResourcesOfBoth.Ignored(Samples.Zero).Should().BeEmpty();
        ResourcesOfBoth.Ignored(new() { Memory = new() { KernelBytes = -1 } }).Should().BeEmpty();
    }

    private static IEnumerable<string> Texts(ResourceConfiguration resources) => Samples.Texts(ResourcesV1.Writes(resources));
}
