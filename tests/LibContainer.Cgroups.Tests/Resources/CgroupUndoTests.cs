using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>The way back from limits that were changed in part.</summary>
public sealed class CgroupUndoTests
{
    [Theory]
    [InlineData("memory.limit_in_bytes", "4096", "9223372036854771712", "9223372036854771712")]
    [InlineData("memory.max", "4096", "max", "max")]
    [InlineData("cpu.max", "5000 10000", "max 100000", "max 100000")]
    [InlineData("cpu.max", "5000", "max 100000", "max 100000")]
    [InlineData("cpuset.cpus", "0", "", "\n")]
    [InlineData("cpuset.cpus", "0", "0-1", "0-1")]
    [InlineData("memory.oom_control", "1", "oom_kill_disable 0\nunder_oom 0\noom_kill 3", "0")]
    [InlineData("memory.oom_control", "0", "oom_kill_disable 1\nunder_oom 0\noom_kill 0", "1")]
    [InlineData("io.weight", "50", "default 100\n8:0 7", "default 100")]
    [InlineData("io.weight", "8:0 50", "default 100\n8:0 7", "8:0 7")]
    [InlineData("io.weight", "8:0 50", "default 100\n8:16 7", "8:0 default")]
    [InlineData("io.bfq.weight", "50", "default 100", "default 100")]
    [InlineData("io.bfq.weight", "8:0 50", "default 100", "8:0 default")]
    [InlineData("blkio.bfq.weight", "50", "100", "100")]
    [InlineData("blkio.weight", "50", "500", "500")]
    [InlineData("blkio.bfq.weight_device", "8:0 50", "", "8:0 default")]
    [InlineData("blkio.weight_device", "8:0 50", "8:0 300", "8:0 300")]
    [InlineData("blkio.weight_device", "8:0 50", "8:01 300", "8:0 0")]
    [InlineData("blkio.leaf_weight_device", "8:0 50", "", "8:0 0")]
    [InlineData("blkio.throttle.read_bps_device", "8:0 50", "", "8:0 0")]
    [InlineData("blkio.throttle.write_iops_device", "8:0 50", "8:16 1\n8:0 2", "8:0 2")]
    [InlineData("io.max", "8:0 rbps=1", "8:16 rbps=max wbps=7 riops=max wiops=max", "8:0 rbps=max wbps=max riops=max wiops=max")]
    [InlineData("io.max", "8:0 rbps=1", "8:0 rbps=5 wbps=max riops=max wiops=max", "8:0 rbps=5 wbps=max riops=max wiops=max")]
    [InlineData("io.latency", "8:0 target=7", "", "8:0 target=0")]
    [InlineData("rdma.max", "mlx5_0 hca_handle=1 hca_object=max", "mlx5_0 hca_handle=max hca_object=9\nmlx5_1 hca_handle=max hca_object=max", "mlx5_0 hca_handle=max hca_object=9")]
    [InlineData("net_prio.ifpriomap", "lo 5", "lo 0\neth0 3", "lo 0")]
    [InlineData("misc.max", "sev 5", "sev max\nsev_es 9", "sev max|sev_es 9")]
    [InlineData("hugetlb.2MB.max", "0", "max", "max")]
    public void What_a_file_said_is_what_brings_it_back(string file, string value, string present, string expected)
        => string.Join('|', CgroupUndo.Before(new(file.Split('.')[0], file, value), present)).Should().Be(expected);

    [Fact]
    public void A_file_that_was_not_there_needs_no_way_back()
    {
        using TemporaryDirectory folder = new();
        CgroupUndo undo = new();

        undo.Remember(Of(folder), new("a", "a.max", "5"));
        File.WriteAllText(folder["a.max"], "5");
        undo.Run(new IOException());

        File.ReadAllText(folder["a.max"]).Should().Be("5");
    }

    [Fact]
    public void The_last_write_is_taken_back_first()
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["a.max"], "1");
        CgroupUndo undo = new();

        foreach (string value in new[] { "2", "3" })
        {
            undo.Remember(Of(folder), new("a", "a.max", value));
            Of(folder).Write("a.max", value);
        }
        undo.Run(new IOException());

        File.ReadAllText(folder["a.max"]).Should().Be("1");
    }

    [Fact]
    public void What_cannot_be_taken_back_is_told_beside_the_reason_and_the_rest_is()
    {
        using TemporaryDirectory folder = new();
        CgroupUndo undo = new();
        foreach (string file in new[] { "a.max", "b.max", "c.max" })
        {
            File.WriteAllText(folder[file], "1");
            undo.Remember(Of(folder), new("a", file, "2"));
            File.WriteAllText(folder[file], "2");
        }
        File.Delete(folder["b.max"]);
        Directory.CreateDirectory(folder["b.max"]);

        FluentActions.Invoking(() => undo.Run(new IOException("this is why"))).Should().Throw<CgroupException>()
            .WithMessage($"this is why; and what was there before could not be set again: open b.max of {folder.Path}: EISDIR (Is a directory)").WithInnerException<IOException>();

        File.ReadAllText(folder["a.max"]).Should().Be("1");
        File.ReadAllText(folder["c.max"]).Should().Be("1");
    }

    [Fact]
    public void Memory_and_swap_and_more_are_as_they_were()
    {
        using TestCgroup cgroup = TestCgroup.V1("memory");
        ResourceConfiguration before = new()
        {
            Memory = new() { LimitBytes = 64 << 20, MemoryAndSwapBytes = 128 << 20, ReservationBytes = 1 << 20, KernelTcpBytes = 1 << 20, Swappiness = 7, DisableOomKiller = true },
        };
        CgroupLimits.Apply([cgroup.Directory], before, null);

        Refused(cgroup, new() { LimitBytes = 32 << 20, MemoryAndSwapBytes = 32 << 20, ReservationBytes = 2 << 20, KernelTcpBytes = 2 << 20, DisableOomKiller = false });
        Refused(cgroup, new() { LimitBytes = 256 << 20, MemoryAndSwapBytes = 512 << 20, ReservationBytes = -1, DisableOomKiller = false });
        Refused(cgroup, new() { LimitBytes = -1, Swappiness = 9 });

        foreach (CgroupWrite write in ResourcesV1.Writes(before))
            cgroup.Directory.Read(write.File).Split('\n')[0].Should().EndWith(write.Value, write.File);

        static void Refused(TestCgroup cgroup, MemoryResources limits)
            => FluentActions.Invoking(() => CgroupLimits.Update([cgroup.Directory], new() { Memory = limits, PidsLimit = 5 }, null)).Should().Throw<CgroupException>().WithMessage("*pids.max = 5*no controller pids*");
    }

    /// <summary>The quota of the cgroup above makes some orders of the same writes impossible.</summary>
    [Theory]
    [InlineData(200000, 100000, 50000, 50000)]
    [InlineData(50000, 50000, 200000, 100000)]
    [InlineData(100000, 50000, 25000, 25000)]
    [InlineData(25000, 25000, 400000, 200000)]
    public void Quota_and_period_are_as_they_were(long quota, long period, long newQuota, long newPeriod)
    {
        using TestCgroup cgroup = TestCgroup.V1("cpu");
        cgroup.Directory.Write("cpu.cfs_quota_us", "200000");
        CgroupDirectory child = cgroup.Child("x");
        CgroupLimits.Apply([child], Limits(quota, period), null);

        Refused(child, Limits(newQuota, newPeriod).Cpu!);

        child.Read("cpu.cfs_quota_us").Should().Be($"{quota}");
        child.Read("cpu.cfs_period_us").Should().Be($"{period}");
        child.Read("cpu.cfs_burst_us").Should().Be($"{quota / 2}");

        static ResourceConfiguration Limits(long quota, long period)
            => new() { Cpu = new() { QuotaMicroseconds = quota, PeriodMicroseconds = (ulong)period, BurstMicroseconds = (ulong)quota / 2 } };
    }

    /// <summary>The kernel gives a cgroup that is not idle any more the shares of every cgroup.</summary>
    [Fact]
    public void Shares_are_as_they_were_before_it_was_idle()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpu");
        CgroupLimits.Apply([cgroup.Directory], new() { Cpu = new() { Shares = 512 } }, null);

        Refused(cgroup.Directory, new() { IsIdle = true });

        cgroup.Directory.Read("cpu.idle").Should().Be("0");
        cgroup.Directory.Read("cpu.shares").Should().Be("512");
    }

    [Fact]
    public void What_was_idle_is_idle_again()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpu");
        CgroupLimits.Apply([cgroup.Directory], new() { Cpu = new() { IsIdle = true } }, null);

        Refused(cgroup.Directory, new() { IsIdle = false, Shares = 512 });

        cgroup.Directory.Read("cpu.idle").Should().Be("1");
    }

    private static void Refused(CgroupDirectory cgroup, CpuResources limits)
        => FluentActions.Invoking(() => CgroupLimits.Update([cgroup], new() { Cpu = limits, PidsLimit = 5 }, null)).Should().Throw<CgroupException>().WithMessage("*pids.max = 5*no controller pids*");

    private static CgroupDirectory Of(TemporaryDirectory folder) => new(new(CgroupVersion.V1, folder.Path, "/", ["a"], null, "/"), folder.Path);
}
