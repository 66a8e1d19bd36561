using LibContainer.TestUtilities;
using static LibContainer.Cgroups.CgroupEventKind;

namespace LibContainer.Cgroups.Tests.Events;

/// <summary>memory.events, on a machine whose controllers are in version 2.</summary>
[Collection(nameof(EventCgroups))]
public sealed class CgroupEventsMachineTests
{
    [Fact]
    [Trait("Machine", "v2")]
    public async Task A_process_that_is_killed_for_lack_of_memory_is_told()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        CgroupDirectory memory = Small(cgroup);
        using CgroupEventStream stream = CgroupEvents.WatchAsync([memory], new() { MemoryLimits = true, Populated = true });
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        EventCgroups.UseUp(memory);

        List<CgroupEvent> told = [];
        while (told.Sum(OutOfMemoryKill) < 1 || told.Sum(Empty) < 1)
            told.Add(await EventCgroups.Next(events));
        told.Should().Contain(new CgroupEvent(OutOfMemoryKill, 1, 1));
        told.Sum(OutOfMemory).Should().BeGreaterThan(0);
        told.Sum(MemoryMax).Should().BeGreaterThan(0);
        told.Last(happened => happened.Kind == MemoryMax).Total.Should().Be(told.Sum(MemoryMax));
        cgroup.Dispose();
        (await EventCgroups.Rest(events)).Should().NotContain(happened => happened.Kind != MemoryMax);
    }

    [Fact]
    [Trait("Machine", "v2")]
    public async Task Tasks_that_are_slowed_are_told_of()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        CgroupDirectory memory = Small(cgroup);
        memory.Write("memory.high", "4M");
        using CgroupEventStream stream = CgroupEvents.WatchAsync([memory], new() { OutOfMemory = false, MemoryLimits = true });
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        TestCgroup.Run(memory, "head -c 6M /dev/zero | tail -c 6M | wc -c").Output.Trim().Should().Be($"{6 << 20}");

        (await EventCgroups.Next(events, MemoryHigh)).Total.Should().BeGreaterThan(0);
    }

    [Fact]
    [Trait("Machine", "v2")]
    public async Task Who_has_seen_the_process_end_has_its_kill_in_the_stream_before_saying_so()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        CgroupDirectory memory = Small(cgroup);
        using CgroupEventStream stream = CgroupEvents.WatchAsync([memory], new());

        EventCgroups.UseUp(memory);
        EventCgroups.UseUp(memory);
        stream.Flush();
        cgroup.Dispose();

        List<CgroupEvent> told = await EventCgroups.Rest(stream);
        told.Should().HaveCount(2);
        told.Should().Contain(new CgroupEvent(OutOfMemoryKill, 2, 2));
    }

    [Fact]
    [Trait("Machine", "v2")]
    public async Task A_kill_in_a_cgroup_below_is_one_of_this()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        CgroupDirectory memory = Small(cgroup);
        CgroupDirectory child = cgroup.Child("x");
        using CgroupEventStream stream = CgroupEvents.WatchAsync([memory], new());
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        EventCgroups.UseUp(child);

        (await EventCgroups.Next(events, OutOfMemoryKill)).Total.Should().Be(1);
    }

    /// <summary>The same, known to have the controller.</summary>
    private static CgroupDirectory Small(TestCgroup cgroup)
    {
        CgroupDirectory memory = new(cgroup.Directory.Hierarchy with { Controllers = ["memory"] }, cgroup.Directory.Path);
        Requires.Host(File.Exists($"{memory.Path}/memory.events"), "the controller memory in version 2, enabled for what is below the top");
        memory.Write("memory.max", "16M");
        if (File.Exists($"{memory.Path}/memory.swap.max"))
            memory.Write("memory.swap.max", "0");
        return memory;
    }
}
