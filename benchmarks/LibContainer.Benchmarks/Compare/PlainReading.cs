using LibContainer.Cgroups;
using LibContainer.Linux;

namespace LibContainer.Benchmarks.Compare;

/// <summary>The files that the statistics of a cgroup are read from, read by themselves: opened, read and closed one after the other, and not looked at.</summary>
internal sealed class PlainReading
{
    private static readonly string[] OfVersion2 = ["memory", "pids", "io", "hugetlb", "rdma", "misc"];

    private static readonly string[] UnreadOfHugePages = [".rsvd.max_usage_in_bytes", ".events.local", ".numa_stat"];

    private readonly byte[][] _paths;
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <exception cref="InvalidOperationException">They are not as many as the statistics read: this list is an old one.</exception>
    internal PlainReading(ContainerCgroup cgroup)
    {
        bool isAccounted = cgroup.Paths.ContainsKey("cpuacct");
        _paths = [.. cgroup.Paths.SelectMany(entry => FilesOf(entry.Key, entry.Value, isAccounted).Select(file => $"{entry.Value}/{file}")).Distinct().Where(File.Exists).Select(NullTerminated.From)];
        Run();
        cgroup.GetStats(); // what is read only once is read
        if (Reads(() => cgroup.GetStats()) is { } statistics && statistics != Reads(Run))
            throw new InvalidOperationException($"the statistics made {statistics} reads, and {_paths.Length} files are read to compare with: an error is not measured");
    }

    internal int Count => _paths.Length;

    internal void Run()
    {
        foreach (byte[] path in _paths)
        {
            int file = KernelFile.Open(path, KernelFile.ReadOnly);
            int count = file < 0 ? file : KernelFile.Read(file, _buffer);
            if (count < 0)
                throw new InvalidOperationException($"{System.Text.Encoding.UTF8.GetString(path).TrimEnd('\0')}: {LinuxException.Name((Errno)(-count))}: an error is not measured");
            KernelFile.Close(file);
        }
    }

    /// <param name="controller">A key of <see cref="ContainerCgroup.Paths"/>.</param>
    /// <param name="path">Its value.</param>
    /// <param name="isAccounted">Version 1 counts the time, and version 2 is not asked for it.</param>
    private static IEnumerable<string> FilesOf(string controller, string path, bool isAccounted) => controller switch
    {
        "" => [.. OfVersion2.SelectMany(name => FilesOf(name, path, isAccounted)), "cpu.pressure", "memory.pressure", "io.pressure", .. isAccounted ? [] : new[] { "cpu.stat" }],
        "cpu" => ["cpu.stat"],
        "cpuacct" => ["cpuacct.usage", "cpuacct.stat", "cpuacct.usage_percpu"],
        "memory" =>
        [
            "memory.usage_in_bytes", "memory.memsw.usage_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max_usage_in_bytes", "memory.kmem.usage_in_bytes",
            "memory.kmem.tcp.usage_in_bytes", "memory.failcnt", "memory.oom_control", "memory.stat", "memory.current", "memory.events", "memory.peak", "memory.max", "memory.swap.current", "memory.swap.max",
        ],
        "pids" => ["pids.current", "pids.max", "pids.peak"],
        "blkio" =>
        [
            "blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_serviced_recursive", "blkio.bfq.sectors_recursive",
            .. new[] { "io_service_bytes", "io_serviced", "io_queued", "io_service_time", "io_wait_time" }.Select(what => $"blkio.bfq.{what}_recursive"),
        ],
        "io" => ["io.stat"],
        "hugetlb" => Directory.EnumerateFiles(path, "hugetlb.*").Select(Path.GetFileName).OfType<string>().Where(name => !UnreadOfHugePages.Any(end => name.EndsWith(end, StringComparison.Ordinal))),
        "rdma" => ["rdma.current", "rdma.max"],
        "misc" => ["misc.current", "misc.max", "misc.events"],
        _ => [],
    };

    /// <summary>Calls of read(2) on this thread. Null: this kernel does not count them.</summary>
    private static long? Reads(Action action)
    {
        if (Count() is not { } before)
            return null;
        action();
        return Count() - before;

        static long? Count() => File.Exists("/proc/thread-self/io")
            ? long.Parse(File.ReadLines("/proc/thread-self/io").First(line => line.StartsWith("syscr:", StringComparison.Ordinal)).Split(' ')[1])
            : null;
    }
}
