using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>What it takes to read the figures.</summary>
public sealed class CgroupStatsCostTests : IDisposable
{
    private const long MostBytes = 8 * 1024;
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    public void A_container_of_version_2_takes_less_than_8_KiB()
    {
        string fields = string.Concat(Enumerable.Range(0, 75).Select(number => $"workingset_something{number:D2} {number * 123456789L}\n"));
        CgroupDirectory cgroup = _cgroups.V2(
            "cpu,memory,pids,io,hugetlb,rdma,misc",
            ("cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 1\nnr_periods 1\nnr_throttled 1\nthrottled_usec 1\n"),
            ("memory.current", "1\n"), ("memory.peak", "1\n"), ("memory.max", "1\n"), ("memory.swap.current", "1\n"), ("memory.swap.max", "1\n"),
            ("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"),
            ("memory.stat", fields),
            ("pids.current", "1\n"), ("pids.max", "1\n"),
            ("io.stat", string.Concat(Enumerable.Range(0, 8).Select(minor => $"8:{minor} rbytes=1 wbytes=1 rios=1 wios=1 dbytes=1 dios=1\n"))),
            ("rdma.current", "mlx4_0 hca_handle=1 hca_object=20\n"),
            ("misc.current", "sev 3\nsev_es 0\n"), ("misc.max", "sev max\nsev_es 4\n"),
            ("cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"),
            ("memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"),
            ("io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"));

        Allocated([cgroup]).Should().BeLessThan(MostBytes).And.BeGreaterThan(fields.Length);
    }

    [Fact]
    public void A_container_of_version_1_with_64_CPUs_takes_less_than_8_KiB()
    {
        string table = string.Concat(Enumerable.Range(0, 4).SelectMany(
            minor => new[] { "Read", "Write", "Sync", "Async", "Discard", "Total" }.Select(operation => $"8:{minor} {operation} 123456\n"))) + "Total 1\n";
        CgroupDirectory[] cgroups =
        [
            _cgroups.V1("cpu", ("cpu.stat", "nr_periods 1\nnr_throttled 1\nthrottled_time 1\n")),
            _cgroups.V1("cpuacct", ("cpuacct.usage", "1\n"), ("cpuacct.stat", "user 1\nsystem 1\n"), ("cpuacct.usage_percpu", Times(64, "14921206687814 "))),
            _cgroups.V1("memory", ("memory.usage_in_bytes", "1\n"), ("memory.limit_in_bytes", "1\n"), ("memory.stat", Times(42, "total_inactive_anon 1802240\n"))),
            _cgroups.V1("blkio", ("blkio.throttle.io_service_bytes_recursive", table), ("blkio.throttle.io_serviced_recursive", table)),
            _cgroups.V1("pids", ("pids.current", "1\n"), ("pids.max", "max\n")),
        ];

        Allocated(cgroups).Should().BeLessThan(MostBytes);
    }

    [Fact]
    public void A_container_of_this_host_takes_less_than_8_KiB()
    {
        Requires.Root();
        using HostCgroups host = new();

        Allocated(host.Directories).Should().BeLessThan(MostBytes);
    }

    private static string Times(int count, string text) => string.Concat(Enumerable.Repeat(text, count));

    private static long Allocated(IReadOnlyList<CgroupDirectory> directories)
    {
        for (int i = 0; i < 3; i++)
            CgroupStatsReader.Read(directories);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CgroupStatsReader.Read(directories);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated} bytes");
        return allocated;
    }
}
