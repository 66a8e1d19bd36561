using System.Diagnostics;
using System.Text.Json;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>The figures of real cgroups, compared with their files.</summary>
public sealed class CgroupStatsHostTests
{
    [Fact]
    public void Every_figure_of_an_empty_cgroup_is_that_of_its_file()
    {
        Requires.Root();
        using HostCgroups host = new();

        CgroupStats stats = CgroupStatsReader.Read(host.Directories);

        if (host.With("cpuacct") is { Hierarchy.Version: CgroupVersion.V1 } cpuacct)
        {
            stats.Cpu!.Usage.Should().Be(TimeSpan.Zero);
            stats.Cpu.User.Should().Be(TimeSpan.Zero);
            stats.Cpu.System.Should().Be(TimeSpan.Zero);
            stats.Cpu.PerCpu.Should().HaveCount(cpuacct.Read("cpuacct.usage_percpu").Trim().Split(' ').Length);
        }
        if (host.With("cpu") is { Hierarchy.Version: CgroupVersion.V1 })
        {
            stats.Cpu!.Periods.Should().Be(0);
            stats.Cpu.ThrottledPeriods.Should().Be(0);
            stats.Cpu.ThrottledTime.Should().Be(TimeSpan.Zero);
        }
        if (host.With("pids") is { } pids)
            stats.Pids.Should().Be(new PidsStats { Current = 0, Peak = HostCgroups.Number(pids, "pids.peak") });
        if (host.With("blkio") is { })
        {
            stats.IO!.Devices.Should().BeEmpty();
            stats.IO.Tables!.ServiceBytes.Should().BeEmpty();
        }
        if (host.With("memory") is { Hierarchy.Version: CgroupVersion.V1 } memory)
            Compare(stats.Memory!, memory);
        if (host.V2 is { } v2)
            Compare(stats.Pressure, v2);
    }

    [Fact]
    public void Limits_that_are_set_are_told()
    {
        Requires.Root();
        using HostCgroups host = new();
        if (host.With("pids") is { } pids)
            pids.Write("pids.max", "42");
        if (host.With("memory") is { Hierarchy.Version: CgroupVersion.V1 } memory)
        {
            memory.Write("memory.limit_in_bytes", "67108864");
            if (File.Exists(Path.Combine(memory.Path, "memory.memsw.limit_in_bytes")))
                memory.Write("memory.memsw.limit_in_bytes", "100663296");
        }

        CgroupStats stats = CgroupStatsReader.Read(host.Directories);

        if (host.With("pids") is not null)
            stats.Pids!.Limit.Should().Be(42);
        if (host.With("memory") is { Hierarchy.Version: CgroupVersion.V1 } limited)
        {
            stats.Memory!.LimitBytes.Should().Be(67108864);
            stats.Memory.SwapLimitBytes.Should().Be(File.Exists(Path.Combine(limited.Path, "memory.memsw.limit_in_bytes")) ? 33554432UL : null);
            stats.Memory.Fields!["hierarchical_memory_limit"].Should().Be(67108864);
        }
    }

    [Fact]
    public void A_cgroup_that_has_worked_has_time()
    {
        Requires.Root();
        using HostCgroups host = new();
        List<CgroupDirectory> own = [.. host.Directories.Select(directory => new CgroupDirectory(directory.Hierarchy, Path.GetFullPath(Path.Combine(directory.Path, "../.."))))];

        CgroupStats before = CgroupStatsReader.Read(own);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(20))
        {
        }
        CgroupStats after = CgroupStatsReader.Read(own);

        (after.Cpu!.Usage - before.Cpu!.Usage).Should().BeGreaterThan(TimeSpan.FromMilliseconds(1));
        (after.Cpu.User + after.Cpu.System).Should().BeGreaterThan(TimeSpan.Zero);
        if (host.With("memory") is not null && after.Memory is { } memory)
            memory.UsageBytes.Should().BeGreaterThan(0);
    }

    [Fact]
    public void A_cgroup_that_was_removed_gives_nothing()
    {
        Requires.Root();
        HostCgroups host = new();
        host.Dispose();

        CgroupStatsReader.Read(host.Directories).Should().BeEquivalentTo(new CgroupStats());
        SeedStatsReader.Read(host.Directories).Should().BeEquivalentTo(new SeedStats());
    }

    [Fact]
    public void The_JSON_of_2014_is_that_of_an_empty_cgroup()
    {
        Requires.Root();
        using HostCgroups host = new();

        using JsonDocument json = JsonDocument.Parse(SeedStatsReader.Read(host.Directories, SeedCpuSample.Take(host.Directories)).ToJson());

        json.RootElement.EnumerateObject().Select(member => member.Name).Should().Equal("cpu_stats", "memory_stats", "blkio_stats", "freezer_stats");
        json.RootElement.GetProperty("cpu_stats").GetProperty("cpu_usage").TryGetProperty("percent_usage", out _).Should().BeFalse();
        if (host.With("memory") is { Hierarchy.Version: CgroupVersion.V1 } memory)
            json.RootElement.GetProperty("memory_stats").GetProperty("stats").EnumerateObject().Should().HaveCount(memory.Read("memory.stat").Split('\n').Length);
        if (host.With("freezer") is not null)
            json.RootElement.GetProperty("freezer_stats").GetRawText().Should().Be("""{"parent_state":"0","self_state":"0"}""");
    }

    private static void Compare(MemoryStats stats, CgroupDirectory memory)
    {
        stats.UsageBytes.Should().Be(HostCgroups.Number(memory, "memory.usage_in_bytes"));
        stats.PeakBytes.Should().Be(HostCgroups.Number(memory, "memory.max_usage_in_bytes"));
        stats.LimitBytes.Should().BeNull();
        stats.SwapLimitBytes.Should().BeNull();
        stats.KernelUsageBytes.Should().Be(HostCgroups.Number(memory, "memory.kmem.usage_in_bytes"));
        stats.KernelTcpUsageBytes.Should().Be(HostCgroups.Number(memory, "memory.kmem.tcp.usage_in_bytes"));
        stats.FailCount.Should().Be(HostCgroups.Number(memory, "memory.failcnt"));
        stats.Fields!.Select(field => $"{field.Key} {field.Value}").Should().Equal(memory.Read("memory.stat").Split('\n'));
    }

    private static void Compare(PressureStats? stats, CgroupDirectory v2)
    {
        if (v2.TryRead("cpu.pressure") is null)
        {
            stats.Should().BeNull(); // the kernel was started without
            return;
        }
        PressureFigures none = new(0, 0, 0, TimeSpan.Zero);
        stats!.Cpu!.Some.Should().Be(none);
        stats.Memory.Should().Be(new Pressure(none, none));
        stats.IO.Should().Be(new Pressure(none, none));
    }
}
