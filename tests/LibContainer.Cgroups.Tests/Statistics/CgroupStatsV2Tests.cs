using System.Collections.Immutable;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>Figures of version 2.</summary>
public sealed class CgroupStatsV2Tests : IDisposable
{
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    public void Time_comes_from_one_file()
    {
        CgroupDirectory cgroup = _cgroups.V2("cpu", ("cpu.stat", """
            usage_usec 3041
            user_usec 2249
            system_usec 792
            nice_usec 0
            core_sched.force_idle_usec 0
            nr_periods 5
            nr_throttled 4
            throttled_usec 12
            nr_bursts 1
            burst_usec 2

            """));

        CgroupStatsReader.Read([cgroup]).Cpu.Should().BeEquivalentTo(new CpuStats
        {
            Usage = TimeSpan.FromMicroseconds(3041),
            User = TimeSpan.FromMicroseconds(2249),
            System = TimeSpan.FromMicroseconds(792),
            Periods = 5,
            ThrottledPeriods = 4,
            ThrottledTime = TimeSpan.FromMicroseconds(12),
            Bursts = 1,
            BurstTime = TimeSpan.FromMicroseconds(2),
        });
    }

    [Fact]
    public void Time_is_there_without_the_controller()
        => CgroupStatsReader.Read([_cgroups.V2("", ("cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n"))]).Cpu!.Usage.Should().Be(TimeSpan.FromMicroseconds(1));

    [Fact]
    public void Time_that_version_1_counts_is_not_asked_for_twice()
    {
        CgroupDirectory v1 = _cgroups.V1("cpuacct", ("cpuacct.usage", "1000"));
        CgroupDirectory v2 = _cgroups.V2("", ("cpu.stat", "rubbish"));

        CgroupStatsReader.Read([v2, v1]).Cpu!.Usage.Should().Be(TimeSpan.FromMicroseconds(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_quota_of_version_2_stands_beside_time_of_version_1(bool isFirst)
    {
        CgroupDirectory v1 = _cgroups.V1("cpuacct", ("cpuacct.usage", "1000"));
        CgroupDirectory v2 = _cgroups.V2("cpu", ("cpu.stat", "usage_usec 7\nnr_periods 3\n"));

        CpuStats? cpu = CgroupStatsReader.Read(isFirst ? [v2, v1] : [v1, v2]).Cpu;

        cpu!.Usage.Should().Be(TimeSpan.FromMicroseconds(1));
        cpu.Periods.Should().Be(3);
    }

    [Fact]
    public void Time_that_is_longer_than_can_be_is_as_long_as_can_be()
        => CgroupStatsReader.Read([_cgroups.V2("cpu", ("cpu.stat", "usage_usec 18446744073709551615\n"))]).Cpu!.Usage.Should().Be(TimeSpan.MaxValue);

    [Fact]
    public void Memory_has_limits_swap_events_and_all_fields()
    {
        CgroupStats stats = CgroupStatsReader.Read([_cgroups.V2(
            "cpu,memory",
            ("memory.current", "6701056\n"),
            ("memory.peak", "8000000\n"),
            ("memory.max", "67108864\n"),
            ("memory.swap.current", "1000\n"),
            ("memory.swap.max", "2000\n"),
            ("memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n"),
            ("memory.stat", "anon 1\nfile 2\nkernel 3\nkernel_stack 4\n"))]);

        stats.Memory.Should().BeEquivalentTo(
            new MemoryStats
            {
                UsageBytes = 6701056,
                PeakBytes = 8000000,
                LimitBytes = 67108864,
                SwapUsageBytes = 1000,
                SwapLimitBytes = 2000,
                KernelUsageBytes = 3,
                FailCount = 3,
                Events = new() { Low = 1, High = 2, Max = 3, OutOfMemory = 4, OutOfMemoryKills = 5, OutOfMemoryGroupKills = 6 },
            },
            options => options.Excluding(memory => memory.Fields));
        stats.Memory!.Fields!["kernel_stack"].Should().Be(4);
    }

    [Fact]
    public void The_word_max_is_no_limit()
    {
        CgroupStats stats = CgroupStatsReader.Read([_cgroups.V2(
            "memory,pids",
            ("memory.current", "1\n"), ("memory.max", "max\n"), ("memory.swap.max", "max\n"), ("pids.current", "1\n"), ("pids.max", "max\n"), ("pids.peak", "9\n"))]);

        stats.Memory!.LimitBytes.Should().BeNull();
        stats.Memory.SwapLimitBytes.Should().BeNull();
        stats.Pids.Should().Be(new PidsStats { Current = 1, Peak = 9 });
    }

    [Fact]
    public void A_limit_of_pids_is_told()
        => CgroupStatsReader.Read([_cgroups.V2("pids", ("pids.current", "1\n"), ("pids.max", "64\n"))]).Pids!.Limit.Should().Be(64);

    [Fact]
    public void Controllers_of_the_host_that_this_cgroup_does_not_have_give_no_group()
        => CgroupStatsReader.Read([_cgroups.V2("cpuset,cpu,io,memory,hugetlb,pids,rdma,misc")]).Should().BeEquivalentTo(new CgroupStats());

    [Fact]
    public void Devices_have_what_is_read_written_and_discarded()
        => Devices("8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=50331648 dios=3021\n8:0 rbytes=90430464 wbytes=0 rios=8950 wios=0\n").Should().Equal(
            new IODeviceStats
            {
                Major = 8,
                Minor = 16,
                BytesRead = 1459200,
                BytesWritten = 314773504,
                BytesDiscarded = 50331648,
                OperationsRead = 192,
                OperationsWritten = 353,
                OperationsDiscarded = 3021,
            },
            new IODeviceStats { Major = 8, BytesRead = 90430464, BytesWritten = 0, OperationsRead = 8950, OperationsWritten = 0 });

    [Fact]
    public void Devices_without_figures_are_left_out_even_where_the_kernel_forgot_the_line_break()
        => Devices("7:2 \n7:1 7:0 8:0 rbytes=1 rios=1\n").Should().Equal(new IODeviceStats { Major = 8, BytesRead = 1, OperationsRead = 1 });

    [Fact]
    public void Figures_of_latency_and_cost_are_passed_over()
        => Devices("8:0 rbytes=5 cost.usage=12 missed=1 depth=max avg_lat=3 win=x\n").Should().Equal(new IODeviceStats { Major = 8, BytesRead = 5 });

    [Fact]
    public void Many_devices_keep_their_order()
        => Devices(string.Concat(Enumerable.Range(0, 50).Select(minor => $"8:{minor} rbytes={minor}\n"))).Should().Equal(
            Enumerable.Range(0, 50).Select(minor => new IODeviceStats { Major = 8, Minor = (uint)minor, BytesRead = (ulong)minor }));

    [Fact]
    public void Huge_pages_have_reservations()
        => CgroupStatsReader.Read(
            [_cgroups.V2(
                "hugetlb",
                ("hugetlb.2MB.current", "2097152\n"),
                ("hugetlb.2MB.max", "max\n"),
                ("hugetlb.2MB.events", "max 3\n"),
                ("hugetlb.2MB.rsvd.current", "4194304\n"),
                ("hugetlb.2MB.rsvd.max", "8388608\n"))],
            CgroupStatistics.HugePages,
            HugePageFiles.Find(_cgroups.HugePages("2048kB"))).HugePages.Should().Equal(
            new HugePageStats { PageSize = "2MB", UsageBytes = 2097152, FailCount = 3, ReservedBytes = 4194304, ReservationLimitBytes = 8388608 });

    [Fact]
    public void Rdma_devices_have_both_counts_and_both_limits()
        => CgroupStatsReader.Read([_cgroups.V2(
            "rdma",
            ("rdma.current", "mlx4_0 hca_handle=1 hca_object=20\nocrdma1 hca_handle=1 hca_object=23\n"),
            ("rdma.max", "mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3 hca_object=max\n"))]).Rdma.Should().Equal(
            new RdmaStats { Device = "mlx4_0", Handles = 1, HandleLimit = 2, Objects = 20, ObjectLimit = 2000 },
            new RdmaStats { Device = "ocrdma1", Handles = 1, HandleLimit = 3, Objects = 23 });

    [Fact]
    public void Other_things_have_a_count_a_limit_and_failures()
        => CgroupStatsReader.Read([_cgroups.V2(
            "misc", ("misc.current", "sev 3\nsev_es 0\n"), ("misc.max", "sev max\nsev_es 4\n"), ("misc.events", "sev.max 0\nsev_es.max 7\n"))]).Misc.Should().Equal(
            new MiscStats { Name = "sev", Current = 3, FailCount = 0 },
            new MiscStats { Name = "sev_es", Current = 0, Limit = 4, FailCount = 7 });

    [Fact]
    public void Pressure_is_some_and_full_and_before_5_13_not_full_for_CPUs()
    {
        CgroupDirectory cgroup = _cgroups.V2(
            "",
            ("cpu.pressure", "some avg10=14.44 avg60=19.91 avg300=18.44 total=9760220865\n"),
            ("memory.pressure", "some avg10=0.00 avg60=0.01 avg300=100.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.50 total=2\n"));

        CgroupStatsReader.Read([cgroup]).Pressure.Should().Be(new PressureStats
        {
            Cpu = new(new(14.44, 19.91, 18.44, TimeSpan.FromMicroseconds(9760220865)), Full: null),
            Memory = new(new(0, 0.01, 100, TimeSpan.FromMicroseconds(1)), new PressureFigures(0, 0, 0.5, TimeSpan.FromMicroseconds(2))),
        });
    }

    [Fact]
    public void Only_what_is_asked_for_is_read()
    {
        CgroupDirectory cgroup = _cgroups.V2(
            "cpu,memory,pids,io,rdma,misc",
            ("cpu.stat", "rubbish"), ("memory.current", "rubbish"), ("io.stat", "rubbish"), ("rdma.max", "x rubbish"), ("misc.max", "rubbish"), ("cpu.pressure", "rubbish"),
            ("pids.current", "4"));

        CgroupStatsReader.Read([cgroup], CgroupStatistics.Pids).Should().BeEquivalentTo(new CgroupStats { Pids = new() { Current = 4 } });
        CgroupStatsReader.Read([cgroup], CgroupStatistics.None).Should().BeEquivalentTo(new CgroupStats());
    }

    private ImmutableArray<IODeviceStats> Devices(string content) => CgroupStatsReader.Read([_cgroups.V2("io", ("io.stat", content))]).IO!.Devices;
}
