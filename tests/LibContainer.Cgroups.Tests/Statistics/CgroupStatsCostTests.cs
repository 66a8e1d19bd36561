using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>What it costs to read the figures.</summary>
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

    [Fact]
    public void It_takes_hardly_longer_than_to_read_the_files()
    {
        Requires.Root();
        using HostCgroups host = new();
        List<byte[]> files = [.. Files(host.Directories).Select(file => Encoding.UTF8.GetBytes(file + '\0'))];
        byte[] buffer = new byte[16 * 1024];
        long plain = long.MaxValue, read = long.MaxValue;

        // The shortest of many is what neither another process nor the compiler disturbs.
        for (int i = 0; i < 2000; i++)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (byte[] file in files)
            {
                int descriptor = Open(file, 0);
                while (Read(descriptor, buffer, buffer.Length) > 0)
                {
                }
                _ = Close(descriptor);
            }
            long middle = Stopwatch.GetTimestamp();
            CgroupStatsReader.Read(host.Directories);
            long end = Stopwatch.GetTimestamp();
            plain = Math.Min(plain, middle - start);
            read = Math.Min(read, end - middle);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{files.Count} files: plainly {Stopwatch.GetElapsedTime(0, plain).TotalMicroseconds:F1} us, with figures {Stopwatch.GetElapsedTime(0, read).TotalMicroseconds:F1} us");
        read.Should().BeLessThan(plain * 3 / 2);
    }

    // What a program in C would do. The types of .NET do more: they look at each file before they read it.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint Read(int descriptor, byte[] buffer, nint length);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);

    /// <summary>Files of this host that the figures come from.</summary>
    private static List<string> Files(List<CgroupDirectory> directories)
    {
        string[] names =
        [
            "cpu.stat", "cpuacct.usage", "cpuacct.stat", "cpuacct.usage_percpu", "pids.current", "pids.max", "pids.peak", "memory.usage_in_bytes", "memory.memsw.usage_in_bytes",
            "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max_usage_in_bytes", "memory.kmem.usage_in_bytes", "memory.kmem.tcp.usage_in_bytes", "memory.failcnt",
            "memory.oom_control", "memory.stat", "memory.current", "memory.peak", "memory.max", "memory.swap.current", "memory.swap.max", "memory.events", "io.stat",
            "blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_serviced_recursive", "blkio.bfq.io_service_bytes_recursive", "blkio.bfq.io_serviced_recursive",
            "cpu.pressure", "memory.pressure", "io.pressure",
        ];
        bool isAccounted = directories.Exists(directory => directory.Hierarchy is { Version: CgroupVersion.V1 } hierarchy && hierarchy.Controllers.Contains("cpuacct"));
        return [.. directories
            .SelectMany(directory => names.Where(name => !(isAccounted && name == "cpu.stat" && directory.Hierarchy.Version == CgroupVersion.V2))
                .Select(name => Path.Combine(directory.Path, name)))
            .Where(File.Exists)];
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
