using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Events;

/// <summary>What watching costs a program, and what is left of it.</summary>
[Collection(nameof(EventCgroups))]
public sealed class CgroupEventLoopTests
{
    private static readonly CgroupEventOptions Processes = new() { OutOfMemory = false, Populated = true };

    [Fact]
    public async Task Five_hundred_watches_have_one_thread_one_epoll_and_one_inotify()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        List<CgroupDirectory> children = [.. Enumerable.Range(0, 100).Select(i => cgroup.Child($"{i}"))];
        Dictionary<string, int> before = DescriptorsWithoutLoop();

        List<CgroupEventStream> streams = [.. Enumerable.Range(0, 500).Select(i => CgroupEvents.WatchAsync([children[i / 5]], Processes))];

        Threads().Should().Be(1);
        Dictionary<string, int> during = Descriptors();
        (during["anon_inode:inotify"] - before.GetValueOrDefault("anon_inode:inotify")).Should().Be(1);
        (during["anon_inode:[eventpoll]"] - before.GetValueOrDefault("anon_inode:[eventpoll]")).Should().Be(1);
        using (System.Diagnostics.Process process = EventCgroups.Enter(children[42]))
        {
            foreach (CgroupEventStream stream in streams[210..215])
                (await EventCgroups.Next(stream.GetAsyncEnumerator())).Kind.Should().Be(CgroupEventKind.Populated);
            EventCgroups.Leave(process);
        }
        CgroupEventLoop loop = CgroupEventLoop.Current!;
        cgroup.Dispose();
        foreach (CgroupEventStream stream in streams[..210].Concat(streams[215..]))
            (await EventCgroups.Rest(stream)).Should().BeEmpty();
        loop.Join(EventCgroups.Guard).Should().BeTrue();
        Descriptors().Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task Nothing_is_left_when_nobody_watches_any_more()
    {
        using TestCgroup memory = TestCgroup.V1("memory"), processes = TestCgroup.V2();
        CgroupEventOptions options = new()
        {
            Populated = true,
            MemoryThresholds = [1 << 20],
            MemoryPressure = MemoryPressureLevel.Critical,
            PressureTriggers = [new(PressureResource.Cpu, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2))],
        };
        Dictionary<string, int> before = DescriptorsWithoutLoop();

        CgroupEventStream disposed = CgroupEvents.WatchAsync([memory.Directory, processes.Directory], options);
        CgroupEventLoop loop = CgroupEventLoop.Current!;
        using CancellationTokenSource cancellation = new();
        CgroupEventStream cancelled = CgroupEvents.WatchAsync([memory.Directory, processes.Directory], options, cancellation.Token);
        CgroupEventStream left = CgroupEvents.WatchAsync([memory.Directory, processes.Directory], options);
        CgroupEventLoop.Current.Should().BeSameAs(loop);
        disposed.Dispose();
        await cancellation.CancelAsync();
        await using (IAsyncEnumerator<CgroupEvent> reader = left.GetAsyncEnumerator())
        {
            using System.Diagnostics.Process process = EventCgroups.Enter(processes.Directory);
            (await EventCgroups.Next(reader, CgroupEventKind.Populated)).Count.Should().Be(1);
            EventCgroups.Leave(process);
        }

        CgroupEventLoop.Current.Should().BeNull();
        loop.Join(EventCgroups.Guard).Should().BeTrue();
        Descriptors().Should().BeEquivalentTo(before);
        (await EventCgroups.Rest(disposed)).Should().BeEmpty();
        await FluentActions.Awaiting(() => EventCgroups.Rest(cancelled)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_reader_that_waits_is_cancelled_by_its_own_token_and_by_that_of_the_watch()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        using CancellationTokenSource ofWatch = new(), ofReader = new();
        CgroupEventStream first = CgroupEvents.WatchAsync([cgroup.Directory], Processes, ofWatch.Token);
        CgroupEventStream second = CgroupEvents.WatchAsync([cgroup.Directory], Processes);
        CgroupEventLoop loop = CgroupEventLoop.Current!;
        Task<bool> firstNext = first.GetAsyncEnumerator().MoveNextAsync().AsTask();
        Task<bool> secondNext = second.GetAsyncEnumerator(ofReader.Token).MoveNextAsync().AsTask();

        await ofWatch.CancelAsync();
        await ofReader.CancelAsync();

        await FluentActions.Awaiting(() => firstNext).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => secondNext).Should().ThrowAsync<OperationCanceledException>();
        loop.Join(EventCgroups.Guard).Should().BeTrue();
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_leaves_nothing()
    {
        using TestCgroup cgroup = TestCgroup.V2();

        CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], Processes, new CancellationToken(canceled: true));

        CgroupEventLoop.Current.Should().BeNull();
        await FluentActions.Awaiting(() => EventCgroups.Rest(stream)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void A_watch_that_fails_half_way_leaves_nothing()
    {
        using TestCgroup memory = TestCgroup.V1("memory"), processes = TestCgroup.V2();
        CgroupDirectory gone = new(processes.Directory.Hierarchy, $"{processes.Directory.Path}/gone");
        Dictionary<string, int> before = DescriptorsWithoutLoop();
        CgroupEventLoop? loop;
        using (CgroupEvents.WatchAsync([memory.Directory], new()))
        {
            loop = CgroupEventLoop.Current;
            FluentActions.Invoking(() => CgroupEvents.WatchAsync([memory.Directory, gone], new() { Populated = true }))
                .Should().Throw<CgroupException>().WithMessage($"open cgroup.events of {gone.Path}: ENOENT *").Which.Error.Should().Be(Errno.ENOENT);
        }

        loop!.Join(EventCgroups.Guard).Should().BeTrue();
        Descriptors().Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_stream_has_one_reader()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        using CgroupEventStream stream = CgroupEvents.WatchAsync([cgroup.Directory], Processes);
        stream.GetAsyncEnumerator();

        FluentActions.Invoking(() => stream.GetAsyncEnumerator()).Should().Throw<InvalidOperationException>();
    }

    /// <summary>As the kernel, which keeps fifteen letters of a name, has them.</summary>
    private static int Threads() => Directory.GetFiles("/proc/self/task", "comm", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        .Count(file => ReadIfThere(file) == "LibContainer ev\n");

    /// <summary>Threads of other tests come and go meanwhile.</summary>
    private static string ReadIfThere(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The loop of the test before has let go of its own.</summary>
    private static Dictionary<string, int> DescriptorsWithoutLoop()
    {
        SpinWait.SpinUntil(() => Threads() == 0, EventCgroups.Guard).Should().BeTrue();
        return Descriptors();
    }

    /// <summary>Kinds of descriptors that watches have, and how many there are of each.</summary>
    private static Dictionary<string, int> Descriptors() => Directory.GetFiles("/proc/self/fd")
        .Select(file => new FileInfo(file).LinkTarget ?? "").Where(target => target.StartsWith("anon_inode:") || target.StartsWith("/sys/fs/cgroup/"))
        .GroupBy(target => target).ToDictionary(group => group.Key, group => group.Count());
}
