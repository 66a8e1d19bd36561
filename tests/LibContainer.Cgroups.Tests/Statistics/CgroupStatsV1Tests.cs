namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>Figures of version 1, as kernels from 3.10 to 6.18 write them.</summary>
public sealed class CgroupStatsV1Tests : IDisposable
{
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    public void The_time_of_two_hierarchies_is_one_group()
    {
        CgroupDirectory cpu = _cgroups.V1("cpu", ("cpu.stat", "nr_periods 2000\nnr_throttled 200\nthrottled_time 1500000000\nnr_bursts 3\nburst_time 700\n"));
        CgroupDirectory cpuacct = _cgroups.V1(
            "cpuacct", ("cpuacct.usage", "30553834513860\n"), ("cpuacct.stat", "user 2259087\nsystem 796293\n"), ("cpuacct.usage_percpu", "14921206687814 15632680948463 \n"));

        CgroupStatsReader.Read([cpu, cpuacct]).Cpu.Should().BeEquivalentTo(new CpuStats
        {
            Usage = TimeSpan.FromTicks(305538345138),
            User = TimeSpan.FromMilliseconds(22590870),
            System = TimeSpan.FromMilliseconds(7962930),
            PerCpu = [TimeSpan.FromTicks(149212066878), TimeSpan.FromTicks(156326809484)],
            Periods = 2000,
            ThrottledPeriods = 200,
            ThrottledTime = TimeSpan.FromSeconds(1.5),
            Bursts = 3,
            BurstTime = TimeSpan.FromTicks(7),
        });
    }

    [Fact]
    public void The_time_of_a_hierarchy_with_both_controllers_is_the_same()
    {
        CgroupStats stats = CgroupStatsReader.Read([_cgroups.V1(
            "cpu,cpuacct", ("cpu.stat", "nr_periods 1\nnr_throttled 0\nthrottled_time 0\n"), ("cpuacct.usage", "100\n"), ("cpuacct.stat", "user 0\nsystem 1\n"))]);

        stats.Cpu.Should().BeEquivalentTo(new CpuStats
        {
            Usage = TimeSpan.FromTicks(1),
            User = TimeSpan.Zero,
            System = TimeSpan.FromMilliseconds(10),
            Periods = 1,
            ThrottledPeriods = 0,
            ThrottledTime = TimeSpan.Zero,
        });
    }

    [Fact]
    public void Memory_has_limits_swap_the_kernel_and_all_fields()
    {
        CgroupStats stats = CgroupStatsReader.Read([_cgroups.V1(
            "memory",
            ("memory.usage_in_bytes", "6701056\n"),
            ("memory.max_usage_in_bytes", "8000000\n"),
            ("memory.limit_in_bytes", "67108864\n"),
            ("memory.failcnt", "17\n"),
            ("memory.memsw.usage_in_bytes", "6702056\n"),
            ("memory.memsw.limit_in_bytes", "134217728\n"),
            ("memory.kmem.usage_in_bytes", "4096\n"),
            ("memory.kmem.tcp.usage_in_bytes", "8192\n"),
            ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
            ("memory.stat", "cache 3805184\nrss 1814528\nhierarchical_memory_limit 67108864\ntotal_cache 3805184\n"))]);

        stats.Memory.Should().BeEquivalentTo(
            new MemoryStats
            {
                UsageBytes = 6701056,
                PeakBytes = 8000000,
                LimitBytes = 67108864,
                SwapUsageBytes = 1000,
                SwapLimitBytes = 67108864,
                KernelUsageBytes = 4096,
                KernelTcpUsageBytes = 8192,
                FailCount = 17,
                Events = new() { OutOfMemoryKills = 2 },
            },
            options => options.Excluding(memory => memory.Fields));
        stats.Memory!.Fields.Should().Equal(new Dictionary<string, ulong>
        {
            ["cache"] = 3805184,
            ["rss"] = 1814528,
            ["hierarchical_memory_limit"] = 67108864,
            ["total_cache"] = 3805184,
        });
    }

    [Theory]
    [InlineData("9223372036854771712")] // pages of 4 KiB
    [InlineData("9223372036854710272")] // pages of 64 KiB
    [InlineData("9223372036854775807")] // before Linux 3.19
    [InlineData("18446744073709551615")]
    public void A_limit_that_is_as_large_as_can_be_is_none(string limit)
    {
        MemoryStats? memory = CgroupStatsReader.Read([_cgroups.V1(
            "memory",
            ("memory.usage_in_bytes", "1"),
            ("memory.limit_in_bytes", limit),
            ("memory.memsw.limit_in_bytes", limit))]).Memory;

        memory!.LimitBytes.Should().BeNull();
        memory.SwapLimitBytes.Should().BeNull();
    }

    [Fact]
    public void Swap_of_a_container_that_shrank_between_two_files_is_none()
        => CgroupStatsReader.Read([_cgroups.V1("memory", ("memory.usage_in_bytes", "5000\n"), ("memory.memsw.usage_in_bytes", "4000\n"))])
            .Memory!.SwapUsageBytes.Should().Be(0);

    [Fact]
    public void Pids_without_a_limit_have_none()
        => CgroupStatsReader.Read([_cgroups.V1("pids", ("pids.current", "12\n"), ("pids.max", "max\n"))])
            .Pids.Should().Be(new PidsStats { Current = 12 });

    [Fact]
    public void Tables_of_block_devices_of_an_old_kernel_are_those_of_its_scheduler()
    {
        IOStats io = CgroupStatsReader.Read([_cgroups.V1(
            "blkio",
            ("blkio.io_service_bytes_recursive", "8:0 Read 100\n8:0 Write 200\n8:0 Sync 300\n8:0 Async 500\n8:0 Total 500\n8:16 Read 7\nTotal 507\n"),
            ("blkio.io_serviced_recursive", "8:0 Read 10\n8:0 Write 40\n8:0 Discard 3\nTotal 53\n"),
            ("blkio.io_queued_recursive", "8:0 Read 1\nTotal 1\n"),
            ("blkio.sectors_recursive", "8:0 1024\n"),
            ("blkio.io_service_time_recursive", "8:0 Read 55\nTotal 55\n"),
            ("blkio.io_wait_time_recursive", "8:0 Write 66\nTotal 66\n"),
            ("blkio.throttle.io_service_bytes_recursive", "8:0 Read 99999\nTotal 99999\n"))]).IO!;

        io.Tables.Should().BeEquivalentTo(new BlkioTables
        {
            ServiceBytes = [new(8, 0, "Read", 100), new(8, 0, "Write", 200), new(8, 0, "Sync", 300), new(8, 0, "Async", 500), new(8, 0, "Total", 500), new(8, 16, "Read", 7)],
            Serviced = [new(8, 0, "Read", 10), new(8, 0, "Write", 40), new(8, 0, "Discard", 3)],
            Queued = [new(8, 0, "Read", 1)],
            Sectors = [new(8, 0, "", 1024)],
            ServiceTimeNanoseconds = [new(8, 0, "Read", 55)],
            WaitTimeNanoseconds = [new(8, 0, "Write", 66)],
        });
        io.Devices.Should().Equal(
            new IODeviceStats { Major = 8, Minor = 0, BytesRead = 100, BytesWritten = 200, OperationsRead = 10, OperationsWritten = 40, OperationsDiscarded = 3 },
            new IODeviceStats { Major = 8, Minor = 16, BytesRead = 7 });
    }

    [Fact]
    public void Without_that_scheduler_throttling_counts()
    {
        IOStats io = CgroupStatsReader.Read([_cgroups.V1(
            "blkio",
            ("blkio.io_service_bytes_recursive", "Total 0\n"),
            ("blkio.throttle.io_service_bytes_recursive", "254:0 Read 4096\n254:0 Write 0\nTotal 4096\n"),
            ("blkio.throttle.io_serviced", "254:0 Read 1\n254:0 Write 0\nTotal 1\n"),
            ("blkio.bfq.io_service_bytes_recursive", "254:0 Read 1\nTotal 1\n"))]).IO!;

        io.Devices.Should().Equal(new IODeviceStats { Major = 254, BytesRead = 4096, BytesWritten = 0, OperationsRead = 1, OperationsWritten = 0 });
    }

    [Fact]
    public void Without_both_BFQ_counts_and_times()
    {
        BlkioTables tables = CgroupStatsReader.Read([_cgroups.V1(
            "blkio",
            ("blkio.throttle.io_serviced_recursive", "Total 0\n"),
            ("blkio.bfq.io_serviced_recursive", "254:0 Flush 5\nTotal 5\n"),
            ("blkio.bfq.io_wait_time_recursive", "254:0 Read 123\nTotal 123\n"))]).IO!.Tables!;

        tables.Serviced.Should().Equal(new BlkioEntry(254, 0, "Flush", 5));
        tables.WaitTimeNanoseconds.Should().Equal(new BlkioEntry(254, 0, "Read", 123));
    }

    [Fact]
    public void Huge_pages_have_an_entry_for_each_size_whose_files_are_there()
    {
        CgroupDirectory cgroup = _cgroups.V1(
            "hugetlb",
            ("hugetlb.2MB.usage_in_bytes", "2097152\n"),
            ("hugetlb.2MB.max_usage_in_bytes", "4194304\n"),
            ("hugetlb.2MB.limit_in_bytes", "6291456\n"),
            ("hugetlb.2MB.failcnt", "1\n"),
            ("hugetlb.2MB.rsvd.usage_in_bytes", "8388608\n"),
            ("hugetlb.2MB.rsvd.limit_in_bytes", "9223372036852678656\n"),
            ("hugetlb.2MB.rsvd.failcnt", "2\n"),
            ("hugetlb.1GB.usage_in_bytes", "0\n"),
            ("hugetlb.1GB.limit_in_bytes", "9223372035781033984\n"));

        CgroupStatsReader.Read([cgroup], CgroupStatistics.All, HugePageFiles.Find(_cgroups.HugePages("1048576kB", "2048kB", "64kB"))).HugePages.Should().Equal(
            new HugePageStats
            {
                PageSize = "2MB",
                UsageBytes = 2097152,
                PeakBytes = 4194304,
                LimitBytes = 6291456,
                FailCount = 1,
                ReservedBytes = 8388608,
                ReservationFailCount = 2,
            },
            new HugePageStats { PageSize = "1GB", UsageBytes = 0 });
    }

    [Fact]
    public void Sizes_of_huge_pages_are_named_as_the_kernel_does()
        => HugePageFiles.Find(_cgroups.HugePages("64kB", "2048kB", "32768kB", "1048576kB", "16777216kB")).Select(files => files.PageSize)
            .Should().Equal("64KB", "2MB", "32MB", "1GB", "16GB");

    [Fact]
    public void Version_1_has_no_pressure() => CgroupStatsReader.Read([_cgroups.V1("cpu", ("cpu.pressure", "rubbish"))]).Pressure.Should().BeNull();
}
