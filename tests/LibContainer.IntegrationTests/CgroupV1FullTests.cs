using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Limits on a machine that has every controller of the kernel in version 1, and no version 2.</summary>
public sealed class CgroupV1FullTests : IDisposable
{
    private readonly TestCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    [Trait("Machine", "v1full")]
    public void Every_controller_of_the_kernel_is_joined()
    {
        Requires.Root();
        string[] kernels = [.. File.ReadLines("/proc/cgroups").Skip(1).Select(line => line.Split('\t')[0])];
        kernels.Should().Contain(["net_cls", "net_prio", "perf_event", "rdma", "misc", "hugetlb"]);

        string[] lines = Sandbox.Script("cat /proc/self/cgroup", Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Namespaces = Sandbox.Default.Namespaces & ~NamespaceKinds.Cgroup }).Lines;

        lines.Where(line => line.EndsWith("/" + _cgroups.LastPath)).SelectMany(line => line.Split(':')[1].Split(',')).Should().Contain(kernels);
    }

    [Fact]
    [Trait("Machine", "v1full")]
    public void Limits_are_in_the_kernels_files()
    {
        Requires.Root();
        using LoopDevice disk = LoopDevice.Create(8 << 20);

        Files(new()
        {
            Network = new() { ClassId = 0x100001, Priorities = [new("lo", 5)] },
            HugePageLimits = [new("2MB", 4 << 20)],
            Memory = new() { LimitBytes = 64 << 20, MemoryAndSwapBytes = 96 << 20, Swappiness = 5 },
            Cpu = new() { Shares = 512, QuotaMicroseconds = 50_000, PeriodMicroseconds = 100_000, BurstMicroseconds = 10_000, Cpus = "0", MemoryNodes = "0" },
            PidsLimit = 20,
            BlockIO = new() { WriteBytesPerSecond = [new(disk.Major, disk.Minor, 1 << 20)] },
        },
            "net_cls.classid", "net_prio.ifpriomap", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.rsvd.limit_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.swappiness",
            "cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.cfs_burst_us", "cpuset.cpus", "cpuset.mems", "pids.max", "blkio.throttle.write_bps_device").Should().Equal(
            "1048577", "lo 5", $"{4 << 20}", $"{4 << 20}", $"{64 << 20}", $"{96 << 20}", "5",
            "512", "50000", "100000", "10000", "0", "0", "20", $"{disk.Major}:{disk.Minor} {1 << 20}");
    }

    [Fact]
    [Trait("Machine", "v1full")]
    public void Marks_of_traffic_are_as_they_were_when_an_update_is_refused()
    {
        Requires.Root();
        List<string> read = [];

        Sandbox.Exec(Container(new() { Network = new() { ClassId = 7, Priorities = [new("lo", 5)] } }), new ProcessConfiguration("/bin/sleep", "1000"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                FluentActions.Invoking(() => cgroup.Update(new() { Network = new() { ClassId = 8, Priorities = [new("lo", 6), new("nowhere0", 1)] } })).Should().Throw<CgroupException>()
                    .WithMessage("write net_prio.ifpriomap = nowhere0 1 of *: ENODEV (*");
                read.AddRange(new[] { "net_cls.classid", "net_prio.ifpriomap" }.Select(file => Read(cgroup, file)));
                process.Kill();
            },
        });

        read.Should().Equal("7", "lo 5");
    }

    [Fact]
    [Trait("Machine", "v1full")]
    public void What_the_kernel_has_a_controller_for_and_nothing_to_limit_is_told()
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Container(new() { Rdma = ImmutableDictionary<string, RdmaLimit>.Empty.Add("mlx4_0", new(5)) }))).Should().Throw<CgroupException>()
            .Which.Message.Should().MatchRegex("^write rdma.max = mlx4_0 hca_handle=5 hca_object=max of .*: (ENODEV|EINVAL) ");
        _cgroups.Left().Should().BeEmpty();
    }

    [Fact]
    [Trait("Machine", "v1full")]
    public void Settings_of_version_2_are_told_all()
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Container(new()
        {
            Unified = new Dictionary<string, string> { ["memory.high"] = "1", ["misc.max"] = "sev 5", ["cgroup.max.depth"] = "3" }.ToImmutableDictionary(),
        }))).Should().Throw<ConfigurationException>().Which.Findings.Select(finding => finding.ToString()).Should().BeEquivalentTo(
            "resources.unified[\"memory.high\"]: is a file of cgroup version 2, and this host has version 1",
            "resources.unified[\"misc.max\"]: is a file of cgroup version 2, and this host has version 1",
            "resources.unified: needs cgroup version 2, which this host does not have");
    }

    private static string Read(ContainerCgroup cgroup, string file) => File.ReadAllText($"{cgroup.Paths[file.Split('.')[0]]}/{file}").TrimEnd();

    /// <summary>What they say while a container has its limits.</summary>
    private List<string> Files(ResourceConfiguration resources, params string[] files)
    {
        List<string> said = [];
        Sandbox.Exec(Container(resources), new ProcessConfiguration("/bin/true"), new ExecOptions { CgroupCreated = cgroup => said.AddRange(files.Select(file => Read(cgroup, file))) }).Success.Should().BeTrue();
        return said;
    }

    private ContainerConfiguration Container(ResourceConfiguration? resources) => Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Resources = resources };
}
