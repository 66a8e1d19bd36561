using LibContainer.TestUtilities;
using static LibContainer.Cgroups.CgroupEventKind;

namespace LibContainer.Cgroups.Tests.Events;

/// <summary>Events of a memory cgroup of version 1, as the kernel of this host has them.</summary>
[Collection(nameof(EventCgroups))]
public sealed class CgroupEventsV1Tests
{
    [Fact]
    public async Task A_process_that_is_killed_for_lack_of_memory_is_told()
    {
        using TestCgroup cgroup = EventCgroups.SmallV1();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new());
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        EventCgroups.UseUp(cgroup.Directory);

        CgroupEvent first = await EventCgroups.Next(events), second = await EventCgroups.Next(events);
        first.Kind.Should().Be(OutOfMemory);
        first.Total.Should().BeNull();
        second.Should().Be(new CgroupEvent(OutOfMemoryKill, 1, 1));
    }

    /// <summary>The kill comes after the kernel has told of the out of memory, and it does not tell of the kill.</summary>
    [Fact]
    public async Task Every_kill_is_told_while_others_go_on()
    {
        using TestCgroup cgroup = EventCgroups.SmallV1();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new());
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        for (ulong i = 1; i <= 5; i++)
        {
            EventCgroups.UseUp(cgroup.Directory);
            (await EventCgroups.Next(events, OutOfMemoryKill)).Should().Be(new CgroupEvent(OutOfMemoryKill, 1, i));
        }
    }

    /// <summary>The thread that waits is kept from it.</summary>
    [Fact]
    public void Who_has_seen_the_process_end_has_its_kill_in_the_stream_before_saying_so()
    {
        using TestCgroup cgroup = EventCgroups.SmallV1();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new());
        IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();
        List<CgroupEvent> there = [];

        stream.Do(() =>
        {
            EventCgroups.UseUp(cgroup.Directory);
            stream.Flush();
            for (int i = 0; i < 2 && events.MoveNextAsync().AsTask().IsCompletedSuccessfully; i++)
                there.Add(events.Current);
        });

        there.Select(happened => happened.Kind).Should().Equal(OutOfMemory, OutOfMemoryKill);
        there[1].Should().Be(new CgroupEvent(OutOfMemoryKill, 1, 1));
        CgroupOomCounts.Read([cgroup.Directory]).Should().Be(new CgroupOomCounts(null, 1));
    }

    [Fact]
    public async Task A_reader_that_comes_late_gets_one_event_with_the_count()
    {
        using TestCgroup cgroup = EventCgroups.SmallV1();
        EventCgroups.UseUp(cgroup.Directory); // before the watch
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new());
        for (int i = 0; i < 3; i++)
            EventCgroups.UseUp(cgroup.Directory);
        stream.Flush();
        cgroup.Dispose();

        List<CgroupEvent> events = await EventCgroups.Rest(stream);

        events.Should().HaveCount(2);
        events.Sum(OutOfMemory).Should().BeGreaterThanOrEqualTo(3);
        events.Should().Contain(new CgroupEvent(OutOfMemoryKill, 3, 4));
    }

    [Fact]
    public async Task The_end_of_the_cgroup_is_the_end_of_the_stream_and_no_event()
    {
        Requires.Root();
        for (int i = 0; i < 20; i++)
        {
            using TestCgroup cgroup = TestCgroup.V1("memory");
            using CgroupEventStream stream = CgroupEvents.WatchAsync(
                [cgroup.Directory], new() { MemoryThresholds = [1 << 20], MemoryPressure = MemoryPressureLevel.Low });
            Task<List<CgroupEvent>> events = EventCgroups.Rest(stream);

            cgroup.Dispose();

            (await events).Should().BeEmpty();
        }
    }

    /// <summary>The thread that waits is kept from the out of memory until the directory is gone, and then finds it with the removal or without.</summary>
    [Fact]
    public async Task A_cgroup_that_goes_right_after_an_out_of_memory_does_not_take_it_along_and_adds_none()
    {
        Requires.Root();
        for (int i = 0; i < 10; i++)
        {
            using TestCgroup cgroup = EventCgroups.SmallV1();
            using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new()), other = CgroupEvents.WatchAsync([cgroup.Directory], new());
            stream.Do(() =>
            {
                EventCgroups.UseUp(cgroup.Directory);
                other.Flush(); // says how many there were
                cgroup.Dispose();
            });

            ulong expected = (await EventCgroups.Rest(other)).Sum(OutOfMemory);
            expected.Should().BeGreaterThan(0);
            (await EventCgroups.Rest(stream)).Should().Equal(new CgroupEvent(OutOfMemory, expected));
        }
    }

    [Fact]
    public async Task Another_cgroup_of_the_same_name_is_another()
    {
        using TestCgroup cgroup = TestCgroup.V1("memory");
        CgroupDirectory child = cgroup.Child("x");
        using CgroupEventStream stream = CgroupEvents.WatchAsync([child], new());

        Directory.Delete(child.Path);
        Directory.CreateDirectory(child.Path);

        (await EventCgroups.Rest(stream)).Should().BeEmpty();
    }

    [Fact]
    public async Task Thresholds_are_told_upwards_and_downwards()
    {
        using TestCgroup cgroup = EventCgroups.SmallV1();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new() { OutOfMemory = false, MemoryThresholds = [4 << 20, 8 << 20, 1 << 30] });
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        EventCgroups.UseUp(cgroup.Directory);

        Dictionary<ulong, ulong> passed = [];
        while (passed.GetValueOrDefault(4UL << 20) < 2 || passed.GetValueOrDefault(8UL << 20) < 2)
        {
            CgroupEvent happened = await EventCgroups.Next(events);
            happened.Kind.Should().Be(MemoryThreshold);
            happened.UsageBytes.Should().BeInRange(0, 16 << 20);
            passed[happened.ThresholdBytes!.Value] = passed.GetValueOrDefault(happened.ThresholdBytes.Value) + happened.Count;
        }
        passed.Keys.Should().BeEquivalentTo([4UL << 20, 8UL << 20]);
    }

    [Fact]
    public async Task Pressure_is_told_with_the_level_that_was_asked_for()
    {
        using TestCgroup cgroup = EventCgroups.SmallV1();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new() { OutOfMemory = false, MemoryPressure = MemoryPressureLevel.Low });
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        EventCgroups.UseUp(cgroup.Directory);

        CgroupEvent happened = await EventCgroups.Next(events);
        happened.Kind.Should().Be(MemoryPressure);
        happened.Level.Should().Be(MemoryPressureLevel.Low);
        happened.Count.Should().BeGreaterThan(0);
    }
}
