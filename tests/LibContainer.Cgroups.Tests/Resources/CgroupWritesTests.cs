using LibContainer.Linux;
using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>What becomes of a list of writes: in a directory of files, and in cgroups of this host.</summary>
public sealed class CgroupWritesTests
{
    [Fact]
    public void Writes_are_made()
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["a.max"], "");

        CgroupWrites.Apply([new("a", "a.max", "5")], _ => Of(folder));

        File.ReadAllText(folder["a.max"]).Should().Be("5");
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        using TemporaryDirectory folder = new();

        FluentActions.Invoking(() => CgroupWrites.Apply([new("a", "a.max", "5")], _ => Of(folder)))
            .Should().Throw<CgroupException>().WithMessage("*a.max = 5*ENOENT*").Which.Error.Should().Be(Errno.ENOENT);
    }

    [Fact]
    public void A_missing_file_of_an_optional_write_is_none()
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["a.max"], "");

        CgroupWrites.Apply([new("a", "a.rsvd.max", "5") { IsOptional = true }, new("a", "a.max", "5")], _ => Of(folder));

        File.ReadAllText(folder["a.max"]).Should().Be("5");
    }

    [Fact]
    public void A_missing_cgroup_is_an_error_for_an_optional_write_too()
        => FluentActions.Invoking(() => CgroupWrites.Apply([new("a", "a.max", "5") { IsOptional = true }], _ => Of("/nowhere"))).Should().Throw<CgroupException>();

    [Fact]
    public void Another_file_takes_the_place_of_a_missing_one()
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["a.weight"], "");
        CgroupWrite write = new("a", "a.bfq.weight", "5") { Instead = new("a", "a.weight", "7") };

        CgroupWrites.Apply([write], _ => Of(folder));
        File.WriteAllText(folder["a.bfq.weight"], "");
        CgroupWrites.Apply([write], _ => Of(folder));

        File.ReadAllText(folder["a.weight"]).Should().Be("7");
        File.ReadAllText(folder["a.bfq.weight"]).Should().Be("5");
    }

    [Fact]
    public void A_missing_controller_is_an_error_but_for_an_optional_write()
    {
        CgroupWrites.Apply([new("a", "a.max", "5") { IsOptional = true }], _ => null);

        FluentActions.Invoking(() => CgroupWrites.Apply([new("a", "a.max", "5")], _ => null)).Should().Throw<CgroupException>().WithMessage("*a.max = 5*no controller a*");
    }

    /// <summary>A period of 50 ms makes four CPUs of a quota that is two of 100 ms.</summary>
    [Fact]
    public void A_period_that_does_not_go_with_the_present_quota_is_written_after_the_new_one()
    {
        using TestCgroup parent = TestCgroup.V1("cpu");
        CgroupDirectory child = parent.Child("x");
        parent.Directory.Write("cpu.cfs_quota_us", "200000");
        child.Write("cpu.cfs_quota_us", "200000");

        Apply(child, new() { Cpu = new() { QuotaMicroseconds = 50000, PeriodMicroseconds = 50000, BurstMicroseconds = 50000 } });

        child.Read("cpu.cfs_period_us").Should().Be("50000");
        child.Read("cpu.cfs_quota_us").Should().Be("50000");
        child.Read("cpu.cfs_burst_us").Should().Be("50000");
        FluentActions.Invoking(() => Apply(child, new() { Cpu = new() { QuotaMicroseconds = 400000, PeriodMicroseconds = 100000 } }))
            .Should().Throw<CgroupException>().Which.Error.Should().Be(Errno.EINVAL);
    }

    [Fact]
    public void A_burst_above_the_present_quota_is_written_after_the_new_one()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpu");
        cgroup.Directory.Write("cpu.cfs_quota_us", "10000");

        Apply(cgroup.Directory, new() { Cpu = new() { QuotaMicroseconds = 30000, BurstMicroseconds = 20000 } });

        cgroup.Directory.Read("cpu.cfs_burst_us").Should().Be("20000");
    }

    [Fact]
    public void Shares_follow_a_cgroup_that_is_not_idle_any_more()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpu");
        Apply(cgroup.Directory, new() { Cpu = new() { Shares = 512, IsIdle = true } });
        Apply(cgroup.Directory, new() { Cpu = new() { Shares = 512, IsIdle = true } });
        cgroup.Directory.Read("cpu.idle").Should().Be("1");

        Apply(cgroup.Directory, new() { Cpu = new() { Shares = 512, IsIdle = false } });

        cgroup.Directory.Read("cpu.idle").Should().Be("0");
        cgroup.Directory.Read("cpu.shares").Should().Be("512");
    }

    [Theory]
    [InlineData(-1L, null)]
    [InlineData(8L, 8L)]
    [InlineData(8L, 16L)]
    [InlineData(8L, -1L)]
    [InlineData(64L, 64L)]
    [InlineData(64L, 128L)]
    [InlineData(256L, 256L)]
    [InlineData(256L, 512L)]
    [InlineData(-1L, -1L)]
    public void Memory_and_the_sum_with_swap_change_from_anything_to_anything(long limit, long? both)
    {
        const long MiB = 1 << 20;
        using TestCgroup cgroup = TestCgroup.V1("memory");
        foreach ((long before, long bothBefore) in ((long, long)[])[(-1, -1), (8, 8), (8, 16), (64, 64), (64, 128), (64, -1), (256, 256), (256, 512)])
        {
            Set(before, bothBefore);

            Set(limit, both);

            cgroup.Directory.Read("memory.limit_in_bytes").Should().Be(Text(limit));
            cgroup.Directory.Read("memory.memsw.limit_in_bytes").Should().Be(Text(both ?? limit));
        }

        void Set(long limit, long? both) => CgroupWrites.Apply(
            ResourcesV1.Writes(new() { Memory = new() { LimitBytes = Bytes(limit), MemoryAndSwapBytes = both is { } sum ? Bytes(sum) : null } },
                long.Parse(cgroup.Directory.Read("memory.memsw.limit_in_bytes"), null)),
            _ => cgroup.Directory);

        static long Bytes(long limit) => limit < 0 ? limit : limit * MiB;

        static string Text(long limit) => limit < 0 ? "9223372036854771712" : $"{limit * MiB}";
    }

    [Fact]
    public void What_else_memory_has_is_taken()
    {
        using TestCgroup cgroup = TestCgroup.V1("memory");

        Apply(cgroup.Directory, new() { Memory = new() { ReservationBytes = 4096, KernelTcpBytes = 8192, Swappiness = 5, DisableOomKiller = true, UseHierarchy = true } });

        cgroup.Directory.Read("memory.soft_limit_in_bytes").Should().Be("4096");
        cgroup.Directory.Read("memory.kmem.tcp.limit_in_bytes").Should().Be("8192");
        cgroup.Directory.Read("memory.swappiness").Should().Be("5");
        cgroup.Directory.Read("memory.oom_control").Should().Contain("oom_kill_disable 1");
    }

    [Theory]
    [InlineData(-1L, "max")]
    [InlineData(0L, "1")]
    [InlineData(7L, "7")]
    public void A_number_of_processes_is_taken(long limit, string value)
    {
        using TestCgroup cgroup = TestCgroup.V1("pids");

        Apply(cgroup.Directory, new() { PidsLimit = limit });

        cgroup.Directory.Read("pids.max").Should().Be(value);
    }

    [Fact]
    public void A_set_of_CPUs_is_taken()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpuset");

        Apply(cgroup.Directory, new() { Cpu = new() { Cpus = "0", MemoryNodes = "0" } });

        cgroup.Directory.Read("cpuset.cpus").Should().Be("0");
        cgroup.Directory.Read("cpuset.mems").Should().Be("0");
    }

    private static void Apply(CgroupDirectory cgroup, ResourceConfiguration resources) => CgroupWrites.Apply(ResourcesV1.Writes(resources), _ => cgroup);

    private static CgroupDirectory Of(TemporaryDirectory folder) => Of(folder.Path);

    private static CgroupDirectory Of(string path) => new(new(CgroupVersion.V1, path, "/", ["a"], null, "/"), path);
}
