using System.Collections.Immutable;

namespace LibContainer.Configuration.Tests;

/// <summary>The rules about what a container may use.</summary>
public sealed class ResourceValidationTests
{
    public static TheoryData<string, ResourceConfiguration> Good => new()
    {
        {
            "all devices",
            new() { Devices = [new(false), new(true, DeviceType.Character, 1, null, DeviceAccess.Read), new(true, null, 4095, 1048575)] }
        },
        {
            "no limit of memory",
            new()
            {
                Memory = new() { LimitBytes = -1, ReservationBytes = -1, MemoryAndSwapBytes = -1, KernelBytes = -1, KernelTcpBytes = -1 },
            }
        },
        { "as much swap as memory", new() { Memory = new() { LimitBytes = 5, MemoryAndSwapBytes = 5, Swappiness = 100 } } },
        { "swap without a limit of memory", new() { Memory = new() { LimitBytes = -1, MemoryAndSwapBytes = 5 } } },
        {
            "burst of the whole quota",
            new() { Cpu = new() { QuotaMicroseconds = 5, BurstMicroseconds = 5, RealtimeRuntimeMicroseconds = -1 } }
        },
        {
            "burst without a quota",
            new() { Cpu = new() { QuotaMicroseconds = -1, BurstMicroseconds = 5, Cpus = "0-3,7", MemoryNodes = "0" } }
        },
        { "no process at all", new() { PidsLimit = 0 } },
        { "any number of processes", new() { PidsLimit = -1 } },
        { "one weight", new() { BlockIO = new() { DeviceWeights = [new(8, 0, 1), new(8, 0, null, 1)], ReadsPerSecond = [new(8, 0, 0)] } } },
        { "sizes of pages", new() { HugePageLimits = [new("64KB", 0), new("2MB", 1), new("16GB", 2)] } },
        { "one of two", new() { Rdma = ImmutableDictionary<string, RdmaLimit>.Empty.Add("mlx5_1", new(HcaObjects: 0)) } },
        { "files", new() { Unified = ImmutableDictionary<string, string>.Empty.Add("hugetlb.1GB.max", "1").Add("memory.high", "") } },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void What_the_kernel_takes_is_good(string what, ResourceConfiguration resources)
        => Valid.Rules(Valid.Container with { Resources = resources }).Should().BeEmpty(what);

    public static TheoryData<string, ResourceConfiguration> Bad => new()
    {
        { "devices[0].type: Fifo is not a type of device that can be ruled", new() { Devices = [new(true, DeviceType.Fifo)] } },
        { "devices[0]: 4096: is not a device number: 0 to 4095, and 0 to 1048575", new() { Devices = [new(true, null, 4096)] } },
        {
            "devices[0].access: a rule is about something: reading, writing, making a node",
            new() { Devices = [new(true, Access: DeviceAccess.None)] }
        },
        { "devices[0].access: 0x8 is not a flag that is known", new() { Devices = [new(true, Access: (DeviceAccess)9)] } },
        { "memory.limitBytes: -2 is not a number of bytes, nor -1 for no limit", new() { Memory = new() { LimitBytes = -2 } } },
        { "memory.kernelTcpBytes: -2 is not a number of bytes, nor -1 for no limit", new() { Memory = new() { KernelTcpBytes = -2 } } },
        {
            "memory.memoryAndSwapBytes: 4 is below the limit of memory alone, 5",
            new() { Memory = new() { LimitBytes = 5, MemoryAndSwapBytes = 4 } }
        },
        { "memory.swappiness: 101 is not from 0 to 100", new() { Memory = new() { Swappiness = 101 } } },
        { "cpu.quotaMicroseconds: -2 is not from -1 to 9223372036854775807", new() { Cpu = new() { QuotaMicroseconds = -2 } } },
        { "cpu.burstMicroseconds: 6 is above the quota, 5", new() { Cpu = new() { QuotaMicroseconds = 5, BurstMicroseconds = 6 } } },
        { "cpu.cpus: '3-0' is not a list of numbers and ranges: 0-3,7", new() { Cpu = new() { Cpus = "3-0" } } },
        { "cpu.cpus: '' is not a list of numbers and ranges: 0-3,7", new() { Cpu = new() { Cpus = "" } } },
        { "cpu.cpus: '0,' is not a list of numbers and ranges: 0-3,7", new() { Cpu = new() { Cpus = "0," } } },
        { "cpu.memoryNodes: 'a' is not a list of numbers and ranges: 0-3,7", new() { Cpu = new() { MemoryNodes = "a" } } },
        { "cpu.memoryNodes: '0-1-2' is not a list of numbers and ranges: 0-3,7", new() { Cpu = new() { MemoryNodes = "0-1-2" } } },
        {
            "cpu.memoryNodes: '99999999999' is not a list of numbers and ranges: 0-3,7",
            new() { Cpu = new() { MemoryNodes = "99999999999" } }
        },
        { "pidsLimit: -2 is not from -1 to 9223372036854775807", new() { PidsLimit = -2 } },
        {
            "blockIO.deviceWeights[0]: gives neither a weight nor one for leaves",
            new() { BlockIO = new() { DeviceWeights = [new(8, 0)] } }
        },
        {
            "blockIO.writesPerSecond[0]: -1:0 is not a device number: 0 to 4095, and 0 to 1048575",
            new() { BlockIO = new() { WritesPerSecond = [new(-1, 0, 0)] } }
        },
        { "hugePageLimits[0].pageSize: '2M' is not a size of pages: 64KB, 2MB, 1GB", new() { HugePageLimits = [new("2M", 0)] } },
        { "hugePageLimits[0].pageSize: 'MB' is not a size of pages: 64KB, 2MB, 1GB", new() { HugePageLimits = [new("MB", 0)] } },
        { "hugePageLimits[0].pageSize: '2 MB' is not a size of pages: 64KB, 2MB, 1GB", new() { HugePageLimits = [new("2 MB", 0)] } },
        {
            "rdma[\"a\"]: limits neither handles nor objects",
            new() { Rdma = ImmutableDictionary<string, RdmaLimit>.Empty.Add("a", new()) }
        },
        { "unified[\"../cgroup.procs\"]: '../cgroup.procs' is not the name of a file", new() { Unified = Map("../cgroup.procs") } },
        { "unified[\"..\"]: '..' is not the name of a file", new() { Unified = Map("..") } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_the_kernel_would_refuse_is_said_with_its_place(string finding, ResourceConfiguration resources)
        => Valid.Rules(Valid.Container with { Resources = resources }).Should().Equal("resources." + finding);

    [Theory]
    [InlineData("/a/b", true)]
    [InlineData("a", true)]
    [InlineData("system.slice:libcontainer:a", true)]
    [InlineData("/a/..b", true)]
    [InlineData("", false)]
    [InlineData("/a/../b", false)]
    [InlineData("..", false)]
    [InlineData("/a\n", false)]
    public void A_cgroup_has_a_path_that_does_not_climb(string path, bool good)
        => Valid.Rules(Valid.Container with { CgroupPath = path }).Any().Should().Be(!good);

    [Fact]
    public void Intel_rdt_is_a_class_and_lines()
    {
        Rdt(new() { ClassId = "guaranteed", Schemata = ["L2:0=f"], L3CacheSchema = "L3:0=7f0\nL3:1=1f", MemoryBandwidthSchema = "MB:0=20" })
            .Should().BeEmpty();
        Rdt(new() { ClassId = "..", Schemata = ["L2:0=f", "a\nb"], MemoryBandwidthSchema = "L3:0=20" }).Should().Equal(
            "intelRdt.classId: '..' is not the name of a file",
            @"intelRdt.schemata[1]: 'a\nb' contains a NUL or a line break",
            "intelRdt.memoryBandwidthSchema: 'L3:0=20' does not begin with 'MB:'");
        Rdt(new() { ClassId = "a/b", MemoryBandwidthSchema = "" }).Should().Equal(
            "intelRdt.classId: 'a/b' is not the name of a file", "intelRdt.memoryBandwidthSchema: is empty");

        static IEnumerable<string> Rdt(IntelRdtConfiguration rdt) => Valid.Rules(Valid.Container with { IntelRdt = rdt });
    }

    [Theory]
    [InlineData(MemoryPolicyMode.Default, null, MemoryPolicyFlags.None, null)]
    [InlineData(MemoryPolicyMode.Local, null, MemoryPolicyFlags.None, null)]
    [InlineData(MemoryPolicyMode.Preferred, null, MemoryPolicyFlags.None, null)]
    [InlineData(MemoryPolicyMode.Bind, "0-1", MemoryPolicyFlags.StaticNodes | MemoryPolicyFlags.NumaBalancing, null)]
    [InlineData(MemoryPolicyMode.Default, "0", MemoryPolicyFlags.None, "nodes: Default has no nodes")]
    [InlineData(MemoryPolicyMode.Interleave, null, MemoryPolicyFlags.None, "nodes: Interleave needs nodes")]
    [InlineData(MemoryPolicyMode.Bind, "x", MemoryPolicyFlags.None, "nodes: 'x' is not a list of numbers and ranges: 0-3,7")]
    [InlineData(MemoryPolicyMode.Bind, "0", (MemoryPolicyFlags)0xC000, "flags: numbers of nodes are either the machine's or relative")]
    [InlineData(MemoryPolicyMode.Bind, "0", (MemoryPolicyFlags)1, "flags: 0x1 is not a flag that is known")]
    [InlineData((MemoryPolicyMode)9, "0", MemoryPolicyFlags.None, "mode: 9 is not a way to choose memory nodes")]
    public void A_memory_policy_has_the_nodes_that_its_mode_wants(
        MemoryPolicyMode mode, string? nodes, MemoryPolicyFlags flags, string? finding)
        => Valid.Rules(Valid.Container with { MemoryPolicy = new() { Mode = mode, Nodes = nodes, Flags = flags } })
            .Should().Equal(finding is null ? [] : new[] { "memoryPolicy." + finding });

    private static ImmutableDictionary<string, string> Map(string key) => ImmutableDictionary<string, string>.Empty.Add(key, "");
}
