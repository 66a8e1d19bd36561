using System.Diagnostics;
using System.Globalization;
using LibContainer.TestUtilities;
using static LibContainer.Cgroups.CgroupEventKind;

namespace LibContainer.Cgroups.Tests.Events;

/// <summary>Events of a cgroup of version 2, with or without controllers.</summary>
[Collection(nameof(EventCgroups))]
public sealed class CgroupEventsV2Tests
{
    private static readonly CgroupEventOptions Processes = new() { OutOfMemory = false, Populated = true };

    [Fact]
    public async Task The_first_process_and_the_last_are_told()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], Processes);
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        for (int i = 0; i < 3; i++)
        {
            using Process process = EventCgroups.Enter(cgroup.Child($"{i}"));
            (await EventCgroups.Next(events)).Should().Be(new CgroupEvent(Populated, 1));
            EventCgroups.Leave(process);
            (await EventCgroups.Next(events)).Should().Be(new CgroupEvent(Empty, 1));
        }
    }

    [Fact]
    public async Task Processes_that_are_there_already_are_no_event()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        using Process process = EventCgroups.Enter(cgroup.Directory);
        process.StandardInput.Write("x");
        process.StandardInput.Flush();
        process.StandardOutput.Read(); // it is in there
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], Processes);
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        cgroup.Directory.Write("cgroup.freeze", "1"); // which modifies the same file
        cgroup.Directory.Write("cgroup.freeze", "0");
        EventCgroups.Leave(process);

        (await EventCgroups.Next(events)).Should().Be(new CgroupEvent(Empty, 1));
    }

    [Fact]
    public async Task The_end_of_the_cgroup_is_the_end_of_the_stream()
    {
        Requires.Root();
        for (int i = 0; i < 20; i++)
        {
            using TestCgroup cgroup = TestCgroup.V2();
            using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], Processes);

            cgroup.Dispose();

            (await EventCgroups.Rest(stream)).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Another_cgroup_of_the_same_name_is_another()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        CgroupDirectory child = cgroup.Child("x");
        using CgroupEventStream first = CgroupEvents.WatchAsync([child], Processes);
        Directory.Delete(child.Path);
        Directory.CreateDirectory(child.Path);

        using CgroupEventStream second = CgroupEvents.WatchAsync([child], Processes);
        (await EventCgroups.Rest(first)).Should().BeEmpty();
        await using IAsyncEnumerator<CgroupEvent> events = second.GetAsyncEnumerator();
        using Process process = EventCgroups.Enter(child);

        (await EventCgroups.Next(events)).Kind.Should().Be(Populated);
        EventCgroups.Leave(process);
    }

    [Fact]
    public async Task Both_versions_are_one_stream_that_ends_with_the_last_of_them()
    {
        using TestCgroup memory = EventCgroups.SmallV1(), processes = TestCgroup.V2();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([processes.Directory, memory.Directory], new() { Populated = true });
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();

        TestCgroup.Run(memory.Directory, $"echo 0 > {processes.Directory.Path}/cgroup.procs; exec tail /dev/zero").ExitCode.Should().Be(137);
        HashSet<CgroupEventKind> kinds = [];
        while (!kinds.IsSupersetOf([OutOfMemory, OutOfMemoryKill, Empty]))
            kinds.Add((await EventCgroups.Next(events)).Kind);
        memory.Dispose();
        using Process process = EventCgroups.Enter(processes.Directory);
        (await EventCgroups.Next(events, Populated)).Count.Should().Be(1);
        EventCgroups.Leave(process);
        processes.Dispose();

        (await EventCgroups.Rest(events)).Sum(Empty).Should().Be(1);
    }

    /// <summary>The directory is gone before the thread has read that it is empty, or after.</summary>
    [Fact]
    public async Task A_cgroup_that_goes_with_its_last_process_has_been_empty_before()
    {
        Requires.Root();
        for (int i = 0; i < 20; i++)
        {
            using TestCgroup cgroup = TestCgroup.V2();
            using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], Processes);
            await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();
            using Process process = EventCgroups.Enter(cgroup.Directory);
            (await EventCgroups.Next(events)).Kind.Should().Be(Populated);

            EventCgroups.Leave(process);
            cgroup.Dispose();

            (await EventCgroups.Rest(events)).Should().Equal(new CgroupEvent(Empty, 1));
        }
    }

    [Fact]
    public async Task Tasks_that_wait_for_a_CPU_are_told_of()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        Requires.Host(File.Exists($"{cgroup.Directory.Path}/cpu.pressure"), "a kernel with pressure stall information");
        PressureTrigger trigger = new(PressureResource.Cpu, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new() { OutOfMemory = false, PressureTriggers = [trigger] });
        await using IAsyncEnumerator<CgroupEvent> events = stream.GetAsyncEnumerator();
        List<Process> busy = [];
        try
        {
            for (int i = 0; i < Environment.ProcessorCount + 2; i++)
                busy.Add(Command.Start("sh", "-c", $"echo 0 > {cgroup.Directory.Path}/cgroup.procs; while :; do :; done"));

            (await EventCgroups.Next(events)).Should().Be(new CgroupEvent(CgroupEventKind.Pressure, 1) { Trigger = trigger });
        }
        finally
        {
            foreach (Process process in busy)
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            }
        }
        cgroup.Dispose();
        (await EventCgroups.Rest(events)).Should().NotContain(happened => happened.Kind != CgroupEventKind.Pressure);
    }

    [Fact]
    public async Task The_end_of_a_cgroup_with_triggers_is_no_pressure()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        Requires.Host(File.Exists($"{cgroup.Directory.Path}/cpu.pressure"), "a kernel with pressure stall information");
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new()
        {
            OutOfMemory = false,
            PressureTriggers = [.. Enum.GetValues<PressureResource>().Select(resource => new PressureTrigger(resource, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), IsFull: true))],
        });

        cgroup.Dispose();

        (await EventCgroups.Rest(stream)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_trigger_whose_file_is_switched_off_is_an_error_of_the_stream()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        Requires.Host(File.Exists($"{cgroup.Directory.Path}/cgroup.pressure"), "a kernel whose pressure stall information can be switched off (Linux 6.1)");
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], new()
        {
            OutOfMemory = false,
            PressureTriggers = [new(PressureResource.IO, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2))],
        });

        cgroup.Directory.Write("cgroup.pressure", "0");

        (await FluentActions.Awaiting(() => EventCgroups.Rest(stream)).Should().ThrowAsync<CgroupException>())
            .WithMessage($"watch io.pressure of {cgroup.Directory.Path}: it was switched off with cgroup.pressure");
    }

    [Fact]
    public void A_window_that_needs_a_capability_says_so()
    {
        const int CapSysResource = 24;
        using TestCgroup cgroup = TestCgroup.V2();
        Requires.Host(File.Exists($"{cgroup.Directory.Path}/cpu.pressure"), "a kernel with pressure stall information");
        CgroupEventOptions options = new() { OutOfMemory = false, PressureTriggers = [new(PressureResource.Memory, TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(1))] };
        string effective = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:")).Split('\t')[1];

        Action watch = () => CgroupEvents.WatchAsync([cgroup.Directory], options).Dispose();

        if ((ulong.Parse(effective, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> CapSysResource & 1) == 1)
            watch.Should().NotThrow();
        else
            watch.Should().Throw<CgroupException>().WithMessage(
                $"write memory.pressure = some 150000 1000000 of {cgroup.Directory.Path}: E*: without CAP_SYS_RESOURCE a window has to be a multiple of 2 s");
    }
}
