namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>What is kept of a cgroup that is removed.</summary>
public sealed class CgroupUsageTests : IDisposable
{
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    public void Version_1_tells_it_by_six_controllers()
        => UsageReader.Read(
        [
            _cgroups.V1("cpu", ("cpu.stat", "nr_periods 2000\nnr_throttled 200\nthrottled_time 1500000000\n")),
            _cgroups.V1("cpuacct", ("cpuacct.usage", "30553834513860\n"), ("cpuacct.stat", "user 2259087\nsystem 796293\n")),
            _cgroups.V1("memory", ("memory.max_usage_in_bytes", "6701056\n"), ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")),
            _cgroups.V1("blkio", ("blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\n8:0 Write 512\n8:0 Sync 4608\n8:0 Total 4608\n8:16 Read 1\n8:16 Total 1\nTotal 4609\n")),
            _cgroups.V1("pids", ("pids.events", "max 7\n")),
            _cgroups.V1("freezer", ("freezer.state", "THAWED\n")),
        ]).Should().Be(new CgroupUsage
        {
            CpuTime = TimeSpan.FromTicks(305538345138),
            UserCpuTime = TimeSpan.FromMilliseconds(22590870),
            SystemCpuTime = TimeSpan.FromMilliseconds(7962930),
            ThrottledTime = TimeSpan.FromSeconds(1.5),
            PeakMemoryBytes = 6701056,
            OutOfMemoryKills = 3,
            BytesRead = 4097,
            BytesWritten = 512,
            RefusedForks = 7,
        });

    [Fact]
    public void Version_2_tells_it_in_one_place()
        => UsageReader.Read(
        [
            _cgroups.V2(
                "cpu,memory,io,pids",
                ("cpu.stat", "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 5\nnr_throttled 2\nthrottled_usec 9\n"),
                ("memory.peak", "6701056\n"),
                ("memory.events", "low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\n"),
                ("io.stat", "8:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n"),
                ("pids.events", "max 2\n")),
        ]).Should().Be(new CgroupUsage
        {
            CpuTime = TimeSpan.FromMicroseconds(30),
            UserCpuTime = TimeSpan.FromMicroseconds(20),
            SystemCpuTime = TimeSpan.FromMicroseconds(10),
            ThrottledTime = TimeSpan.FromMicroseconds(9),
            PeakMemoryBytes = 6701056,
            OutOfMemoryKills = 1,
            BytesRead = 4097,
            BytesWritten = 512,
            RefusedForks = 2,
        });

    [Fact]
    public void Version_2_counts_time_without_a_controller()
        => UsageReader.Read([_cgroups.V2("", ("cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n"))]).CpuTime.Should().Be(TimeSpan.FromMicroseconds(1));

    [Fact]
    public void Beside_version_1_that_of_version_1_counts()
        => UsageReader.Read([_cgroups.V2("", ("cpu.stat", "usage_usec 1\n")), _cgroups.V1("cpuacct", ("cpuacct.usage", "2000\n"))]).CpuTime.Should().Be(TimeSpan.FromMicroseconds(2));

    [Fact]
    public void What_is_not_counted_is_null()
    {
        UsageReader.Read([_cgroups.V1("memory,pids,blkio"), _cgroups.V2("io")]).Should().Be(CgroupUsage.Unknown with { BytesRead = 0, BytesWritten = 0 }, "a controller of disks that lists none has seen none");
        UsageReader.Read([_cgroups.V2("io,memory,pids")]).Should().Be(CgroupUsage.Unknown);
        UsageReader.Read([]).Should().Be(CgroupUsage.Unknown);
    }

    [Fact]
    public void A_file_that_is_not_the_kernels_is_an_error()
        => FluentActions.Invoking(() => UsageReader.Read([_cgroups.V1("memory", ("memory.max_usage_in_bytes", "much\n"))])).Should().Throw<CgroupException>().WithMessage("*memory.max_usage_in_bytes*much*");
}
