using LibContainer.Cgroups.Tests.Statistics;

namespace LibContainer.Cgroups.Tests.Events;

/// <summary>What is asked for and is not there, and counts in written files.</summary>
public sealed class CgroupEventErrorTests : IDisposable
{
    private readonly WrittenCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    public void Everything_that_the_host_does_not_have_is_one_error()
    {
        CgroupEventOptions everything = new()
        {
            MemoryLimits = true,
            MemoryThresholds = [1],
            MemoryPressure = MemoryPressureLevel.Low,
            PressureTriggers = [new(PressureResource.Cpu, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2))],
            Populated = true,
        };

        Missing(everything, _cgroups.V1("pids")).Should().Be(string.Join("; ",
            "watch for events: OutOfMemory needs the controller memory, and this container has no cgroup of that",
            "MemoryLimits needs the controller memory in version 2, and this container has no cgroup of that",
            "MemoryThresholds needs the controller memory in version 1, and this container has no cgroup of that",
            "MemoryPressure needs the controller memory in version 1, and this container has no cgroup of that",
            "PressureTriggers needs version 2, and this container has no cgroup of that",
            "Populated needs version 2, and this container has no cgroup of that"));
        Missing(everything, _cgroups.V1("memory"), _cgroups.V2("")).Should().StartWith("watch for events: MemoryLimits needs ").And.NotContain(";");
        Missing(everything, _cgroups.V2("cpu,memory")).Should().Contain("MemoryThresholds").And.Contain("MemoryPressure").And.NotContain("Limits").And.NotContain("Populated");
    }

    [Theory]
    [InlineData(0, 2_000_000)]
    [InlineData(-1, 2_000_000)]
    [InlineData(2_000_001, 2_000_000)]
    [InlineData(1, 10_000_001)]
    [InlineData(1, 0)]
    public void A_trigger_that_no_kernel_takes_is_an_argument(int stall, int window)
    {
        CgroupEventOptions options = new()
        {
            OutOfMemory = false,
            PressureTriggers = [new(PressureResource.Cpu, TimeSpan.FromMicroseconds(stall), TimeSpan.FromMicroseconds(window))],
        };

        FluentActions.Invoking(() => CgroupEvents.WatchAsync([_cgroups.V2("")], options)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_trigger_is_written_as_the_kernel_reads_it()
    {
        PressureTrigger trigger = new(PressureResource.IO, TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(2));

        trigger.File.Should().Be("io.pressure");
        trigger.Value.Should().Be("some 150000 2000000");
        (trigger with { IsFull = true, Resource = PressureResource.Cpu }).Value.Should().Be("full 150000 2000000");
    }

    [Theory]
    [InlineData(1, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", null, 3)]
    [InlineData(1, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n", null, null)]
    [InlineData(2, "memory.events", "low 0\nhigh 5\nmax 7\noom 4\noom_kill 3\noom_group_kill 1\n", 4, 3)]
    [InlineData(2, "memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\nsomething_new 1\n", 0, 0)]
    public void Counts_are_those_of_the_file(int version, string file, string content, int? outOfMemory, int? kills)
    {
        CgroupDirectory cgroup = version == 1 ? _cgroups.V1("memory", (file, content)) : _cgroups.V2("cpu,memory", (file, content));

        CgroupOomCounts.Read([_cgroups.V1("pids"), cgroup]).Should().Be(new CgroupOomCounts((ulong?)outOfMemory, (ulong?)kills));
    }

    [Fact]
    public void Of_a_cgroup_that_is_gone_there_are_no_counts()
        => CgroupOomCounts.Read([new(_cgroups.V1("memory").Hierarchy, "/sys/fs/cgroup/there-is-no-such-cgroup")]).Should().Be(default(CgroupOomCounts));

    private static string Missing(CgroupEventOptions options, params CgroupDirectory[] directories)
        => FluentActions.Invoking(() => CgroupEvents.WatchAsync(directories, options)).Should().Throw<CgroupException>().Which.Message;
}
