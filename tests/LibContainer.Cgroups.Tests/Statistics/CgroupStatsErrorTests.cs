using LibContainer.Linux;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>What is not there, and what is there and wrong.</summary>
public sealed class CgroupStatsErrorTests : IDisposable
{
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Theory]
    [InlineData(1, "cpu", "cpu.stat", "throttled_time fortytwo\n")]
    [InlineData(1, "cpu", "cpu.stat", "nr_periods 1 2\n")]
    [InlineData(1, "cpu", "cpu.stat", "nr_periods\n")]
    [InlineData(1, "cpu", "cpu.stat", "nr_periods -1\n")]
    [InlineData(1, "cpu", "cpu.stat", "nr_periods 18446744073709551616\n")]
    [InlineData(1, "cpuacct", "cpuacct.usage", "\n")]
    [InlineData(1, "cpuacct", "cpuacct.usage", "1 2\n")]
    [InlineData(1, "cpuacct", "cpuacct.stat", "user\n")]
    [InlineData(1, "cpuacct", "cpuacct.usage_percpu", "1 x 3\n")]
    [InlineData(1, "memory", "memory.usage_in_bytes", "bad")]
    [InlineData(1, "memory", "memory.stat", "rss rss\n")]
    [InlineData(1, "memory", "memory.oom_control", "oom_kill 1x\n")]
    [InlineData(1, "memory", "memory.limit_in_bytes", "-1\n")]
    [InlineData(1, "pids", "pids.current", "")]
    [InlineData(1, "blkio", "blkio.io_serviced_recursive", "8:0 Read 100 100\n")]
    [InlineData(1, "blkio", "blkio.io_serviced_recursive", "8:0 Read Write\n")]
    [InlineData(1, "blkio", "blkio.io_serviced_recursive", "8:0\n")]
    [InlineData(1, "blkio", "blkio.io_serviced_recursive", "sda Read 100\n")]
    [InlineData(1, "blkio", "blkio.io_serviced_recursive", "8:x Read 100\n")]
    [InlineData(1, "blkio", "blkio.throttle.io_service_bytes", "8: Read 100\n")]
    [InlineData(2, "cpu", "cpu.stat", "usage_usec ten\n")]
    [InlineData(2, "memory", "memory.current", "max\n")]
    [InlineData(2, "memory", "memory.events", "low\n")]
    [InlineData(2, "io", "io.stat", "8:0 rbytes=ten\n")]
    [InlineData(2, "io", "io.stat", "rbytes=10\n")]
    [InlineData(2, "io", "io.stat", "8:0 rbytes\n")]
    [InlineData(2, "rdma", "rdma.current", "mlx4_0 hca_handle\n")]
    [InlineData(2, "rdma", "rdma.current", "mlx4_0 hca_handle=two\n")]
    [InlineData(2, "misc", "misc.max", "sev many\n")]
    [InlineData(2, "misc", "misc.current", "sev\n")]
    [InlineData(2, "misc", "misc.events", "sev.max x\n")]
    [InlineData(2, "", "cpu.pressure", "some avg10=x avg60=0.00 avg300=0.00 total=0\n")]
    [InlineData(2, "", "io.pressure", "some avg10=0.00 avg300=0.00 total=0\n")]
    [InlineData(2, "", "io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=-1\n")]
    [InlineData(2, "", "memory.pressure", "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")]
    [InlineData(2, "", "memory.pressure", "")]
    public void A_malformed_line_is_refused_with_file_and_line(int version, string controllers, string file, string content)
    {
        CgroupDirectory cgroup = version == 1 ? _cgroups.V1(controllers, (file, content)) : _cgroups.V2(controllers, (file, content));

        FluentActions.Invoking(() => CgroupStatsReader.Read([cgroup])).Should().Throw<CgroupException>()
            .WithMessage($"read {file} of {cgroup.Path}, line 1: '{content.TrimEnd('\n')}' is not *");
    }

    [Fact]
    public void A_limit_is_a_number_or_max()
    {
        CgroupDirectory cgroup = _cgroups.V2("memory", ("memory.current", "1\n"), ("memory.swap.max", "maximum\n"));

        FluentActions.Invoking(() => CgroupStatsReader.Read([cgroup])).Should().Throw<CgroupException>()
            .WithMessage($"read memory.swap.max of {cgroup.Path}, line 1: 'maximum' is not a number or max");
    }

    [Fact]
    public void The_message_shows_the_line_and_where_it_is()
    {
        CgroupDirectory cgroup = _cgroups.V1("cpu", ("cpu.stat", "nr_periods 2000\n\n nr_throttled 200\nthrottled_time fortytwo\n"));

        FluentActions.Invoking(() => CgroupStatsReader.Read([cgroup])).Should().Throw<CgroupException>()
            .WithMessage($"read cpu.stat of {cgroup.Path}, line 4: 'throttled_time fortytwo' is not a number");
    }

    [Fact]
    public void A_long_line_is_cut_in_the_message()
    {
        CgroupDirectory cgroup = _cgroups.V2("pids", ("pids.current", new string('x', 100_000)));

        FluentActions.Invoking(() => CgroupStatsReader.Read([cgroup])).Should().Throw<CgroupException>()
            .WithMessage($"read pids.current of {cgroup.Path}, line 1: '{new string('x', 200)}' is not a number");
    }

    [Fact]
    public void A_cgroup_that_is_gone_gives_nothing()
    {
        CgroupDirectory v1 = new(_cgroups.V1("cpu,cpuacct,memory,pids,blkio,hugetlb").Hierarchy, "/sys/fs/cgroup/there-is-no-such-cgroup");
        CgroupDirectory v2 = new(_cgroups.V2("cpu").Hierarchy, "/sys/fs/cgroup/there-is-no-such-cgroup");

        CgroupStatsReader.Read([v1, v2]).Should().BeEquivalentTo(new CgroupStats());
        CgroupStatsReader.Read([]).Should().BeEquivalentTo(new CgroupStats());
    }

    [Fact]
    public void A_cgroup_that_is_no_directory_is_refused()
    {
        CgroupDirectory file = new(_cgroups.V1("cpu").Hierarchy, "/proc/self/stat");

        FluentActions.Invoking(() => CgroupStatsReader.Read([file])).Should().Throw<CgroupException>()
            .WithMessage("open /proc/self/stat: ENOTDIR *").Which.Error.Should().Be(Errno.ENOTDIR);
    }

    [Fact]
    public void A_path_longer_than_the_buffer_is_for_the_kernel_to_refuse()
    {
        CgroupDirectory cgroup = new(_cgroups.V1("cpu").Hierarchy, "/" + new string('x', 20_000));

        FluentActions.Invoking(() => CgroupStatsReader.Read([cgroup])).Should().Throw<CgroupException>().Which.Error.Should().Be(Errno.ENAMETOOLONG);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused()
    {
        CgroupDirectory cgroup = _cgroups.V1("cpuacct");
        Directory.CreateDirectory(Path.Combine(cgroup.Path, "cpuacct.usage"));

        FluentActions.Invoking(() => CgroupStatsReader.Read([cgroup])).Should().Throw<CgroupException>()
            .WithMessage($"read cpuacct.usage of {cgroup.Path}: EISDIR *").Which.Error.Should().Be(Errno.EISDIR);
    }

    [Fact]
    public void Descriptors_are_closed_after_success_and_after_failure()
    {
        CgroupDirectory good = _cgroups.V1("cpu", ("cpu.stat", "nr_periods 1\n"));
        CgroupDirectory bad = _cgroups.V1("cpu", ("cpu.stat", "nr_periods\n"));

        // Others open descriptors at the same time; they would not keep a thousand.
        for (int i = 0; i < 1000; i++)
        {
            CgroupStatsReader.Read([good]);
            FluentActions.Invoking(() => CgroupStatsReader.Read([good, bad])).Should().Throw<CgroupException>();
        }

        Directory.GetFileSystemEntries("/proc/self/fd").Length.Should().BeLessThan(1000);
    }

    [Fact]
    public void A_file_longer_than_the_buffer_is_read_whole()
    {
        string numbers = string.Join(' ', Enumerable.Range(0, 20_000).Select(cpu => cpu * 100));

        CgroupStatsReader.Read([_cgroups.V1("cpuacct", ("cpuacct.usage_percpu", numbers + " \n"))]).Cpu!.PerCpu
            .Should().Equal(Enumerable.Range(0, 20_000).Select(cpu => TimeSpan.FromTicks(cpu)));
    }

    [Theory]
    [InlineData(16 * 1024 - 127)]
    [InlineData(16 * 1024 - 126)]
    [InlineData(16 * 1024 - 1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    public void The_end_of_the_buffer_is_no_end_of_the_file(int length)
    {
        string text = "kernel 5\n".PadLeft(length, '\n');

        CgroupStatsReader.Read([_cgroups.V2("memory", ("memory.current", "1"), ("memory.stat", text))]).Memory!.KernelUsageBytes.Should().Be(5);
    }
}
