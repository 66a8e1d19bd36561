using System.Diagnostics;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Events;

/// <summary>Tests of events run one after the other, and alone: they count the threads and descriptors that all watches of a program share, and other tests have files of cgroups open.</summary>
[CollectionDefinition(nameof(EventCgroups), DisableParallelization = true)]
public sealed class EventCollection;

/// <summary>What happens in cgroups, made to happen, and what is told of it.</summary>
internal static class EventCgroups
{
    /// <summary>For what comes at once, or is broken.</summary>
    internal static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <summary>In the hierarchy of version 1, with a limit that <see cref="UseUp"/> reaches.</summary>
    internal static TestCgroup SmallV1()
    {
        TestCgroup cgroup = TestCgroup.V1("memory");
        cgroup.Directory.Write("memory.limit_in_bytes", "16M");
        if (File.Exists($"{cgroup.Directory.Path}/memory.memsw.limit_in_bytes"))
            cgroup.Directory.Write("memory.memsw.limit_in_bytes", "16M");
        return cgroup;
    }

    /// <summary>A process that takes memory until it is killed for it.</summary>
    internal static void UseUp(CgroupDirectory cgroup) => TestCgroup.Run(cgroup, "exec tail /dev/zero").ExitCode.Should().Be(128 + 9);

    /// <summary>A process in the cgroup that ends with its input.</summary>
    internal static Process Enter(CgroupDirectory cgroup) => Command.Start("sh", "-c", $"echo 0 > {cgroup.Path}/cgroup.procs; exec cat");

    /// <summary>Ends it.</summary>
    internal static void Leave(Process process)
    {
        process.StandardInput.Close();
        process.WaitForExit();
    }

    /// <summary>The next event.</summary>
    internal static async Task<CgroupEvent> Next(IAsyncEnumerator<CgroupEvent> events)
    {
        (await events.MoveNextAsync().AsTask().WaitAsync(Guard)).Should().BeTrue("the stream has not ended");
        return events.Current;
    }

    /// <summary>The next event of a kind; others are passed over.</summary>
    internal static async Task<CgroupEvent> Next(IAsyncEnumerator<CgroupEvent> events, CgroupEventKind kind)
    {
        CgroupEvent next;
        while ((next = await Next(events)).Kind != kind) { }
        return next;
    }

    /// <summary>Every event up to the end of the stream.</summary>
    internal static async Task<List<CgroupEvent>> Rest(IAsyncEnumerator<CgroupEvent> events)
    {
        List<CgroupEvent> rest = [];
        while (await events.MoveNextAsync().AsTask().WaitAsync(Guard))
            rest.Add(events.Current);
        return rest;
    }

    internal static Task<List<CgroupEvent>> Rest(CgroupEventStream stream) => Rest(stream.GetAsyncEnumerator());

    /// <summary>Together, as the count of events of a kind that may have come one by one.</summary>
    internal static ulong Sum(this IEnumerable<CgroupEvent> events, CgroupEventKind kind)
        => events.Where(happened => happened.Kind == kind).Aggregate(0UL, (sum, happened) => sum + happened.Count);
}
