using System.Collections.Immutable;
using LibContainer.Cgroups.Tests.Resources;
using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>What is asked of a host that it does not have: all of it, in sentences.</summary>
public sealed class CgroupChecksTests
{
    private static readonly CgroupLayout None = new([]);

    [Theory]
    [InlineData("/")]
    [InlineData("//.")]
    [InlineData(".")]
    public void The_top_is_no_cgroup_of_the_containers_own(string path)
        => Findings(new ContainerConfiguration { Root = RootFileSystem.HostUserland(), CgroupPath = path }, None)
            .Should().Equal($"cgroupPath: '{path}' is the top of every hierarchy, and no cgroup of the container's own");

    [Fact]
    public void What_asks_for_nothing_goes_with_every_host()
    {
        CgroupLayout[] layouts = [None, Of(V1("memory")), Of(V2("")), Of(V1("memory"), V2(""))];

        foreach (CgroupLayout layout in layouts)
        {
            Findings(new ContainerConfiguration { Root = RootFileSystem.HostUserland(), CgroupPath = "a" }, layout).Should().BeEmpty();
            Findings(new ResourceConfiguration(), layout).Should().BeEmpty();
            Findings(Samples.Zero, layout).Should().BeEmpty();
        }
    }

    [Fact]
    public void A_host_without_cgroups_limits_nothing()
    {
        Findings(new ResourceConfiguration { PidsLimit = 5, Memory = new() { LimitBytes = 4096 } }, None)
            .Should().Equal("resources: this host has no cgroups mounted, without which nothing can be limited");
        Findings(new ResourceConfiguration { Devices = [new DeviceRule(true)] }, None).Should().HaveCount(1);
        Findings(new ResourceConfiguration { Cpu = new() { IsIdle = false } }, None).Should().BeEmpty("that is how it is anyway");
    }

    [Fact]
    public void Every_controller_that_is_missing_is_told_with_where_it_is_asked_for_and_what_there_is_instead()
    {
        ResourceConfiguration everything = Samples.Full with { Cpu = new() { Shares = 512, Cpus = "0", MemoryNodes = "0" } };

        Findings(everything, Of(V1("freezer,devices"), V1("", "systemd"), V2("misc"))).Should().Equal(
            "resources.memory: this host has no cgroup controller memory; it has devices freezer misc",
            "resources.cpu: this host has no cgroup controller cpu; it has devices freezer misc",
            "resources.cpu.cpus: this host has no cgroup controller cpuset; it has devices freezer misc",
            "resources.pidsLimit: this host has no cgroup controller pids; it has devices freezer misc",
            "resources.blockIO: this host has no cgroup controller blkio; it has devices freezer misc",
            "resources.hugePageLimits: this host has no cgroup controller hugetlb; it has devices freezer misc",
            "resources.network.classId: this host has no cgroup controller net_cls; it has devices freezer misc",
            "resources.network.priorities: this host has no cgroup controller net_prio; it has devices freezer misc",
            "resources.rdma: this host has no cgroup controller rdma; it has devices freezer misc");
        Findings(new ResourceConfiguration { Cpu = new() { MemoryNodes = "0" } }, Of(V2("pids")))
            .Should().Equal("resources.cpu.memoryNodes: this host has no cgroup controller cpuset; it has pids");
        Findings(new ResourceConfiguration { BlockIO = new() { Weight = 10 } }, Of(V2("pids"))).Should().Equal("resources.blockIO: this host has no cgroup controller io; it has pids");
    }

    [Fact]
    public void What_version_2_does_not_have_is_told_on_a_host_of_version_2()
    {
        ResourceConfiguration limits = new()
        {
            Memory = new() { KernelTcpBytes = 5, Swappiness = 5, DisableOomKiller = true, UseHierarchy = false, MemoryAndSwapBytes = 5 },
            Cpu = new() { RealtimeRuntimeMicroseconds = 5, RealtimePeriodMicroseconds = 5 },
            BlockIO = new() { LeafWeight = 10, DeviceWeights = [new(8, 0, 10, 10)] },
            Network = new() { ClassId = 5, Priorities = [new("lo", 5)] },
        };

        Findings(limits, Of(V2("memory cpu io"))).Should().Equal(
            "resources.memory.memoryAndSwapBytes: needs limitBytes on a host with cgroup version 2, which limits swap alone",
            "resources.memory.kernelTcpBytes: cgroup version 2 has no limit for the buffers of TCP alone",
            "resources.memory.swappiness: cgroup version 2 has no swappiness",
            "resources.memory.disableOomKiller: cgroup version 2 has no switch for the OOM killer",
            "resources.memory.useHierarchy: cgroup version 2 has no limits that leave cgroups below out",
            "resources.cpu.realtimeRuntimeMicroseconds: cgroup version 2 has no limit for real-time policies",
            "resources.cpu.realtimePeriodMicroseconds: cgroup version 2 has no limit for real-time policies",
            "resources.blockIO.leafWeight: cgroup version 2 has no weights of leaves",
            "resources.blockIO.deviceWeights[0].leafWeight: cgroup version 2 has no weights of leaves",
            "resources.network.classId: cgroup version 2 has no classes of traffic",
            "resources.network.priorities: cgroup version 2 has no priorities of traffic");
        Findings(limits, Of(V1("memory"), V1("cpu"), V1("blkio"), V1("net_cls,net_prio"), V2(""))).Should().BeEmpty("version 1 has all of that");
    }

    [Fact]
    public void A_file_of_version_2_for_a_controller_of_version_1_is_told()
        => Findings(Samples.Unified(("io.max", "8:0 rbps=1"), ("memory.high", "max")), Of(V1("memory"), V1("blkio"), V2(""))).Should().Equal(
            "resources.unified[\"io.max\"]: is a file of cgroup version 2, and this host has version 1",
            "resources.unified[\"memory.high\"]: is a file of cgroup version 2, and this host has version 1");

    [Fact]
    public void A_file_of_version_2_of_a_controller_that_there_is_not_is_told()
    {
        ResourceConfiguration limits = Samples.Unified(("misc.max", "x 1"));

        Findings(limits, Of(V2("pids"))).Should().Equal("resources.unified: this host has no cgroup controller misc; it has pids");
        Findings(limits, Of(V1("pids"), V2(""))).Should().Equal("resources.unified: this host has no cgroup controller misc; it has pids");
        Findings(limits, Of(V1("pids"))).Should().Equal("resources.unified: this host has no cgroup controller misc; it has pids");
        Findings(limits, Of(V1("pids"), V2("misc"))).Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_every_cgroup_of_version_2_has_needs_version_2_and_no_controller()
    {
        ResourceConfiguration limits = Samples.Unified(("cgroup.max.depth", "2"));

        Findings(limits, Of(V2(""))).Should().BeEmpty();
        Findings(limits, Of(V1("pids"), V2(""))).Should().BeEmpty();
        Findings(limits, Of(V1("pids"))).Should().Equal("resources.unified: needs cgroup version 2, which this host does not have");
    }

    [Fact]
    public void Files_that_limit_nothing_are_told()
        => Findings(Samples.Unified(("cgroup.kill", "1"), ("../x", "1"), ("memory", "1"), ("memory.high", "1")), Of(V2("memory"))).Should().Equal(
            "resources.unified[\"../x\"]: is not the name of a file: it contains a '/'",
            "resources.unified[\"cgroup.kill\"]: ends or moves processes, and limits nothing",
            "resources.unified[\"memory\"]: is not a file of a controller: memory.high");

    [Fact]
    public void Shares_that_version_1_would_change_are_told_there_alone()
    {
        Findings(new ResourceConfiguration { Cpu = new() { Shares = 1 } }, Of(V1("cpu"))).Should().Equal("resources.cpu.shares: 1 is not from 2 to 262144");
        Findings(new ResourceConfiguration { Cpu = new() { Shares = 1 } }, Of(V2("cpu"))).Should().BeEmpty();
    }

    [Fact]
    public void Devices_need_their_controller_or_version_2()
    {
        ResourceConfiguration limits = new() { Devices = [new DeviceRule(true)] };

        Findings(limits, Of(V1("memory"))).Should().Equal("resources.devices: this host has no cgroup controller devices, and no cgroup version 2");
        Findings(limits, Of(V1("memory"), V2(""))).Should().BeEmpty();
        Findings(limits, Of(V1("devices"))).Should().BeEmpty();
    }

    [Theory]
    [InlineData(CgroupVersion.V1, "cpuset.cpus", "cpuset.mems")]
    [InlineData(CgroupVersion.V2, "cpuset.cpus.effective", "cpuset.mems.effective")]
    public void A_CPU_or_memory_node_that_there_is_not_is_told(CgroupVersion version, string cpus, string nodes)
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder[cpus], "0-1,4\n");
        File.WriteAllText(folder[nodes], "0\n");
        CgroupLayout layout = Of((version == CgroupVersion.V1 ? V1("cpuset") : V2("cpuset")) with { MountPoint = folder.Path });

        Findings(new ResourceConfiguration { Cpu = new() { Cpus = "1-4", MemoryNodes = "0-1" } }, layout).Should().Equal(
            "resources.cpu.cpus: '1-4' names CPU 2, and this machine has 0-1,4",
            "resources.cpu.memoryNodes: '0-1' names memory node 1, and this machine has 0");
        Findings(new ResourceConfiguration { Cpu = new() { Cpus = "1,4", MemoryNodes = "0" } }, layout).Should().BeEmpty();
        Findings(new ResourceConfiguration { Cpu = new() { Cpus = "", MemoryNodes = "nonsense" } }, layout).Should().BeEmpty("the validator has said so");
    }

    private static IEnumerable<string> Findings(ResourceConfiguration limits, CgroupLayout layout) => CgroupChecks.Check(limits, layout).Select(finding => finding.ToString());

    private static IEnumerable<string> Findings(ContainerConfiguration container, CgroupLayout layout) => CgroupChecks.Check(container, layout).Select(finding => finding.ToString());

    private static CgroupLayout Of(params ImmutableArray<CgroupHierarchy> hierarchies) => new(hierarchies);

    private static CgroupHierarchy V1(string controllers, string? name = null)
        => new(CgroupVersion.V1, "/nowhere", "/", [.. controllers.Split(',', StringSplitOptions.RemoveEmptyEntries)], name, "/");

    private static CgroupHierarchy V2(string controllers) => new(CgroupVersion.V2, "/nowhere", "/", [.. controllers.Split(' ', StringSplitOptions.RemoveEmptyEntries)], null, "/");
}
