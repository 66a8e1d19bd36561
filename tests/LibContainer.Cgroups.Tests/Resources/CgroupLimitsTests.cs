using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Resources;

/// <summary>Which of the two versions a limit goes to, on hosts of every kind.</summary>
public sealed class CgroupLimitsTests
{
    private static readonly ResourceConfiguration Limits = new()
    {
        Memory = new() { LimitBytes = 4096 },
        Cpu = new() { Shares = 1024, Cpus = "0" },
        PidsLimit = 5,
        BlockIO = new() { ReadBytesPerSecond = [new(8, 0, 7)] },
    };

    [Fact]
    public void A_host_of_version_1_gets_writes_of_version_1()
        => Texts(Limits, V1("memory"), V1("cpu,cpuacct"), V1("cpuset"), V1("pids"), V1("blkio"), V1("", "systemd")).Should().Equal(
            "memory: memory.limit_in_bytes = 4096", "cpu: cpu.shares = 1024", "cpuset: cpuset.cpus = 0", "pids: pids.max = 5", "blkio: blkio.throttle.read_bps_device = 8:0 7");

    [Fact]
    public void A_host_of_version_2_gets_writes_of_version_2()
        => Texts(Limits, V2("cpuset cpu io memory pids")).Should().Equal(
            "memory: memory.max = 4096", "cpu: cpu.weight = 100", "cpuset: cpuset.cpus = 0", "pids: pids.max = 5", "io: io.max = 8:0 rbps=7");

    [Fact]
    public void On_a_host_of_both_each_controller_is_asked_where_it_is()
        => Texts(Limits, V1("memory"), V1("cpu"), V1("cpuset"), V2("io pids")).Should().Equal(
            "memory: memory.limit_in_bytes = 4096", "cpu: cpu.shares = 1024", "cpuset: cpuset.cpus = 0", "pids: pids.max = 5", "io: io.max = 8:0 rbps=7");

    [Fact]
    public void A_named_hierarchy_beside_version_2_changes_nothing()
        => Texts(Limits, V1("", "systemd"), V2("memory cpu")).Should().Equal(Texts(Limits, V2("memory cpu")));

    [Fact]
    public void A_controller_that_the_host_lacks_is_asked_in_the_hosts_version()
    {
        Texts(new() { PidsLimit = 5, BlockIO = new() { ReadsPerSecond = [new(8, 0, 7)] } }, V1("memory"), V2("")).Should().Equal("pids: pids.max = 5", "blkio: blkio.throttle.read_iops_device = 8:0 7");
        Texts(new() { PidsLimit = 5, BlockIO = new() { ReadsPerSecond = [new(8, 0, 7)] } }, V2("memory")).Should().Equal("pids: pids.max = 5", "io: io.max = 8:0 riops=7");
    }

    [Fact]
    public void A_file_of_version_2_is_never_dropped_in_silence()
    {
        ResourceConfiguration limits = Samples.Unified(("cgroup.max.depth", "2"), ("memory.high", "max"), ("misc.max", "x 1"));

        Texts(limits, V2("memory misc")).Should().Equal("cgroup: cgroup.max.depth = 2", "memory: memory.high = max", "misc: misc.max = x 1");
        Texts(limits, V1("memory"), V2("")).Should().Equal("cgroup: cgroup.max.depth = 2", "misc: misc.max = x 1");
        Texts(limits, V1("memory")).Should().Equal("cgroup: cgroup.max.depth = 2", "misc: misc.max = x 1"); // that memory.high is none of version 1 is told by the checks
    }

    [Fact]
    public void The_controllers_that_have_to_be_passed_down_are_those_of_version_2_that_are_limited()
    {
        Needed(Limits, V2("cpuset cpu io memory pids misc")).Should().Equal("memory", "cpu", "cpuset", "pids", "io");
        Needed(Limits, V1("memory"), V1("cpu"), V1("cpuset"), V1("pids"), V1("blkio"), V2("hugetlb")).Should().BeEmpty();
        Needed(Limits, V1("memory"), V2("pids")).Should().Equal("pids");
        Needed(Samples.Unified(("cgroup.max.depth", "2"), ("memory.high", "max")), V2("memory")).Should().Equal("memory");
        Needed(new() { HugePageLimits = [new("2MB", 0)], Memory = new() { LimitBytes = -1 } }, V2("memory hugetlb")).Should().Equal("memory", "hugetlb");
        Needed(new() { Cpu = new() { IsIdle = false, BurstMicroseconds = 0 } }, V2("cpu")).Should().BeEmpty("that is how it is anyway");
    }

    [Fact]
    public void Each_write_goes_to_the_cgroup_of_its_controller()
    {
        using TemporaryDirectory folder = new();
        foreach (string file in new[] { "memory/memory.limit_in_bytes", "unified/pids.max", "unified/cgroup.max.depth" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            File.WriteAllText(folder[file], "");
        }
        CgroupDirectory[] directories = [new(V1("memory").Hierarchy, folder["memory"]), new(V2("pids").Hierarchy, folder["unified"])];

        CgroupLimits.Apply(directories, Samples.Unified(("cgroup.max.depth", "2")) with { Memory = new() { LimitBytes = 4096 }, PidsLimit = 5 }, null);

        File.ReadAllText(folder["memory/memory.limit_in_bytes"]).Should().Be("4096");
        File.ReadAllText(folder["unified/pids.max"]).Should().Be("5");
        File.ReadAllText(folder["unified/cgroup.max.depth"]).Should().Be("2");
    }

    [Theory]
    [InlineData(CgroupVersion.V1, "memory.usage_in_bytes")]
    [InlineData(CgroupVersion.V2, "memory.current")]
    public void What_is_in_use_is_compared_with_the_new_limit_when_that_is_asked_for(CgroupVersion version, string file)
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder[file], "5000\n");
        CgroupDirectory[] directories = [new((version == CgroupVersion.V1 ? V1("memory") : V2("memory")).Hierarchy, folder.Path)];

        FluentActions.Invoking(() => CgroupLimits.Update(directories, new() { Memory = new() { LimitBytes = 4096, CheckBeforeUpdate = true } }, null))
            .Should().Throw<ConfigurationException>().WithMessage("resources.memory.limitBytes: 4096 is below the 5000 bytes that are in use");
    }

    private static IEnumerable<string> Texts(ResourceConfiguration limits, params CgroupDirectory[] directories)
        => CgroupLimits.Writes(directories, limits).Select(write => $"{write.Controller}: {write}");

    private static IReadOnlyCollection<string> Needed(ResourceConfiguration limits, params CgroupDirectory[] directories) => CgroupLimits.NeededOfVersion2(directories, limits);

    private static CgroupDirectory V1(string controllers, string? name = null)
        => new(new(CgroupVersion.V1, "/cg", "/", [.. controllers.Split(',', StringSplitOptions.RemoveEmptyEntries)], name, "/"), "/cg/x");

    private static CgroupDirectory V2(string controllers)
        => new(new(CgroupVersion.V2, "/cg2", "/", [.. controllers.Split(' ', StringSplitOptions.RemoveEmptyEntries)], null, "/"), "/cg2/x");
}
