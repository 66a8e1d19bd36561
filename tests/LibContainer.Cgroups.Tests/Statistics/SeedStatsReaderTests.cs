namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>Where the figures of 2014 come from. The first ones are the fixtures of its own tests.</summary>
public sealed class SeedStatsReaderTests : IDisposable
{
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    public void Throttling_may_be_indented_and_as_large_as_can_be()
        => SeedStatsReader.Read([_cgroups.V1("cpu", ("cpu.stat", "nr_periods 2000\n nr_throttled 200\n throttled_time 18446744073709551615"))]).Should()
            .BeEquivalentTo(new SeedStats { Periods = 2000, ThrottledPeriods = 200, ThrottledTime = ulong.MaxValue });

    [Fact]
    public void Memory_has_all_of_its_fields()
        => SeedStatsReader.Read([_cgroups.V1(
            "memory",
            ("memory.stat", "rss 1024\ncache 512"), ("memory.usage_in_bytes", "2048\n"), ("memory.max_usage_in_bytes", "4096\n"), ("memory.failcnt", "100\n"))]).Should()
            .BeEquivalentTo(new SeedStats
            {
                MemoryUsage = 2048,
                MaxMemoryUsage = 4096,
                MemoryFailCount = 100,
                MemoryFields = SeedStats.NoFields.Add("cache", 512).Add("rss", 1024),
            });

    [Fact]
    public void Block_devices_are_in_the_order_of_the_file_without_the_last_total()
    {
        SeedStats stats = SeedStatsReader.Read([_cgroups.V1(
            "blkio",
            ("blkio.sectors_recursive", "8:0 1024"),
            ("blkio.io_service_bytes_recursive", "8:0 Read 100\n8:0 Write 200\n8:0 Sync 300\n8:0 Async 500\n8:0 Total 500\nTotal 500"),
            ("blkio.io_serviced_recursive", "8:0 Read 10\n8:0 Write 40\n8:0 Sync 20\n8:0 Async 30\n8:0 Total 50\nTotal 50"),
            ("blkio.io_queued_recursive", "8:0 Read 1\n8:0 Write 4\n8:0 Sync 2\n8:0 Async 3\n8:0 Total 5\nTotal 5"))]);

        stats.Should().BeEquivalentTo(new SeedStats
        {
            Sectors = [new(8, 0, "", 1024)],
            IOServiceBytes = [new(8, 0, "Read", 100), new(8, 0, "Write", 200), new(8, 0, "Sync", 300), new(8, 0, "Async", 500), new(8, 0, "Total", 500)],
            IOServiced = [new(8, 0, "Read", 10), new(8, 0, "Write", 40), new(8, 0, "Sync", 20), new(8, 0, "Async", 30), new(8, 0, "Total", 50)],
            IOQueued = [new(8, 0, "Read", 1), new(8, 0, "Write", 4), new(8, 0, "Sync", 2), new(8, 0, "Async", 3), new(8, 0, "Total", 5)],
        });
    }

    [Fact]
    public void Ticks_are_nanoseconds_also_after_years_of_many_CPUs()
        => SeedStatsReader.Read([_cgroups.V1("cpuacct", ("cpuacct.stat", "user 16\nsystem 100000000000\n"), ("cpuacct.usage_percpu", "484256561 0 \n"))]).Should()
            .BeEquivalentTo(new SeedStats { UsageInUsermode = 160_000_000, UsageInKernelmode = 1_000_000_000_000_000_000, PercpuUsage = [484256561, 0] });

    [Fact]
    public void The_freezer_is_told_as_text()
        => SeedStatsReader.Read([_cgroups.V1("freezer", ("freezer.parent_freezing", "0\n"), ("freezer.self_freezing", "1\n"))]).Should()
            .BeEquivalentTo(new SeedStats { FreezerParentState = "0", FreezerSelfState = "1" });

    [Fact]
    public void What_is_not_there_is_zero()
        => SeedStatsReader.Read([_cgroups.V1("cpu,cpuacct,memory,blkio,freezer"), _cgroups.V1("devices"), _cgroups.V2("cpu,memory,io")]).Should().BeEquivalentTo(new SeedStats());

    [Theory]
    [InlineData(1, "cpu", "cpu.stat", "throttled_time fortytwo")]
    [InlineData(1, "cpuacct", "cpuacct.stat", "user 1 2")]
    [InlineData(1, "cpuacct", "cpuacct.usage_percpu", "1 x")]
    [InlineData(1, "memory", "memory.stat", "rss rss")]
    [InlineData(1, "memory", "memory.max_usage_in_bytes", "bad")]
    [InlineData(1, "blkio", "blkio.sectors_recursive", "8:0 Read 100 100")]
    [InlineData(2, "", "cpu.stat", "user_usec ten")]
    [InlineData(2, "io", "io.stat", "8:0 rbytes=ten")]
    public void A_malformed_line_is_refused(int version, string controllers, string file, string content)
    {
        CgroupDirectory cgroup = version == 1 ? _cgroups.V1(controllers, (file, content)) : _cgroups.V2(controllers, (file, content));

        FluentActions.Invoking(() => SeedStatsReader.Read([cgroup])).Should().Throw<CgroupException>().WithMessage($"read {file} of {cgroup.Path}, line 1: '{content}' is not *");
    }

    [Fact]
    public void Version_2_gives_what_it_has()
    {
        SeedStats stats = SeedStatsReader.Read([_cgroups.V2(
            "cpu,memory,io",
            ("cpu.stat", "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 3\nnr_throttled 2\nthrottled_usec 5\n"),
            ("memory.current", "2048\n"),
            ("memory.peak", "4096\n"),
            ("memory.events", "low 0\nhigh 0\nmax 7\noom 0\noom_kill 0\n"),
            ("memory.stat", "anon 1\n"),
            ("io.stat", "8:0 rbytes=100 wbytes=200 rios=1 wios=2 dbytes=0 dios=0\n"),
            ("cgroup.freeze", "0\n"),
            ("cgroup.events", "populated 1\nfrozen 0\n"))]);

        stats.Should().BeEquivalentTo(new SeedStats
        {
            UsageInUsermode = 20_000,
            UsageInKernelmode = 10_000,
            Periods = 3,
            ThrottledPeriods = 2,
            ThrottledTime = 5_000,
            MemoryUsage = 2048,
            MaxMemoryUsage = 4096,
            MemoryFailCount = 7,
            MemoryFields = SeedStats.NoFields.Add("anon", 1),
            IOServiceBytes = [new(8, 0, "Read", 100), new(8, 0, "Write", 200)],
            IOServiced = [new(8, 0, "Read", 1), new(8, 0, "Write", 2)],
            FreezerParentState = "0",
            FreezerSelfState = "0",
        });
    }

    [Theory]
    [InlineData("0", "0", "0")]
    [InlineData("0", "1", "1")]
    [InlineData("1", "1", "0")]
    public void A_frozen_cgroup_of_version_2_that_was_not_told_to_be_is_so_from_above(string freeze, string frozen, string parent)
        => SeedStatsReader.Read([_cgroups.V2("", ("cgroup.freeze", $"{freeze}\n"), ("cgroup.events", $"populated 1\nfrozen {frozen}\n"))]).Should()
            .BeEquivalentTo(new SeedStats { FreezerParentState = parent, FreezerSelfState = freeze });

    [Fact]
    public void Where_version_1_has_time_and_freezer_version_2_is_not_asked()
        => SeedStatsReader.Read([
            _cgroups.V2("", ("cpu.stat", "rubbish"), ("cgroup.freeze", "1\n")),
            _cgroups.V1("cpuacct", ("cpuacct.stat", "user 1\nsystem 0\n")),
            _cgroups.V1("freezer", ("freezer.parent_freezing", "0\n"), ("freezer.self_freezing", "0\n"))]).Should()
            .BeEquivalentTo(new SeedStats { UsageInUsermode = 10_000_000, FreezerParentState = "0", FreezerSelfState = "0" });

    [Fact]
    public void Usage_is_of_the_time_between_two_samples()
    {
        SeedCpuSample before = new(Usage: 1_000_000_000, Ticks: 100, HostTicks: 1000, Elapsed: TimeSpan.FromSeconds(1));

        // 100 milliseconds of 4 CPUs are 40 ticks; 15 of them are one CPU and a half, 150 per cent. The integers of 2014 made 0 of it.
        SeedCpuSample after = new(Usage: 1_250_000_000, Ticks: 115, HostTicks: 1040, Elapsed: TimeSpan.FromSeconds(1.1));
        after.PercentSince(before, processors: 4).Should().Be(150);
        after.CpusSince(before).Should().Be(2);

        SeedCpuSample less = new(Usage: 1_099_000_000, Ticks: 100.13, HostTicks: 1040, Elapsed: TimeSpan.FromSeconds(1.1));
        less.PercentSince(before, processors: 4).Should().Be(1);
        less.CpusSince(before).Should().Be(0);
    }

    [Fact]
    public void Counters_that_stand_still_or_fall_are_no_usage()
    {
        SeedCpuSample before = new(Usage: 1000, Ticks: 100, HostTicks: 1000, Elapsed: TimeSpan.FromSeconds(1));

        before.PercentSince(before, 2).Should().Be(0);
        before.CpusSince(before).Should().Be(0);
        SeedCpuSample fallen = new(Usage: 999, Ticks: 99, HostTicks: 1040, Elapsed: TimeSpan.FromSeconds(2));
        fallen.PercentSince(before, 2).Should().Be(0);
        fallen.CpusSince(before).Should().Be(0);
    }

    [Fact]
    public void The_hosts_ticks_are_seven_numbers()
        => SeedCpuSample.HostTicksOf("cpu  1 20 300 4000 50000 600000 7000000 9 9 9").Should().Be(7654321);

    [Theory]
    [InlineData("")]
    [InlineData("cpu 1 2 3 4 5 6")]
    [InlineData("cpu0 1 2 3 4 5 6 7")]
    [InlineData("cpu 1 2 x 4 5 6 7")]
    public void Another_line_is_refused(string line)
        => FluentActions.Invoking(() => SeedCpuSample.HostTicksOf(line)).Should().Throw<CgroupException>().WithMessage("read /proc/stat, line 1: *");

    [Fact]
    public void A_sample_of_a_container_that_does_nothing_is_zero()
    {
        CgroupDirectory cgroup = _cgroups.V1("cpuacct", ("cpuacct.usage", "1000\n"), ("cpuacct.stat", "user 1\nsystem 1\n"));

        SeedStats stats = SeedStatsReader.Read([cgroup], SeedCpuSample.Take([cgroup]));

        stats.Should().BeEquivalentTo(new SeedStats { UsageInUsermode = 10_000_000, UsageInKernelmode = 10_000_000 });
    }

    [Theory]
    [InlineData(1, "cpuacct", "cpuacct.usage", "busy")]
    [InlineData(2, "cpu", "cpu.stat", "usage_usec busy")]
    public void A_sample_reads_both_versions(int version, string controllers, string file, string content)
    {
        CgroupDirectory cgroup = version == 1 ? _cgroups.V1(controllers, (file, content)) : _cgroups.V2(controllers, (file, content));

        FluentActions.Invoking(() => SeedStatsReader.Read([cgroup], SeedCpuSample.Take([cgroup]))).Should().Throw<CgroupException>().WithMessage($"*{content}*");
    }
}
