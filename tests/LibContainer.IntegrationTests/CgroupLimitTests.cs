using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Limits, felt from inside.</summary>
public class CgroupLimitTests : IDisposable
{
    private readonly TestCgroups _cgroups = new();

    public void Dispose()
    {
        _cgroups.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_memory_hog_is_killed_and_that_is_told_before_it_has_ended()
    {
        Requires.Root();
        CgroupEventStream? events = null;
        ResourceConfiguration limits = new() { Memory = new() { LimitBytes = 32 << 20, MemoryAndSwapBytes = 32 << 20 } };

        Script("head -c 200m /dev/zero | tail > /dev/null; echo survived by $?", limits, cgroup => events = cgroup.WatchAsync());

        await using IAsyncEnumerator<CgroupEvent> told = events!.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        List<CgroupEventKind> kinds = [];
        Task<bool> next = told.MoveNextAsync().AsTask();
        for (; next.IsCompleted && await next; next = told.MoveNextAsync().AsTask())
            kinds.Add(told.Current.Kind);
        kinds.Should().Contain(CgroupEventKind.OutOfMemoryKill);
        while (await next) // to its end, which comes when the kernel has done with the cgroup
            next = told.MoveNextAsync().AsTask();
    }

    [Fact]
    public void A_fork_bomb_stops_at_the_limit_of_processes()
    {
        Requires.Root();

        Sandbox.Result result = Script("i=0; while [ $i -lt 100 ]; do sleep 100 & i=$((i+1)); done; echo never", new() { PidsLimit = 10 });

        result.Output.Should().BeEmpty();
        result.Error.Should().Contain("Cannot fork");
    }

    [Fact]
    public void A_busy_loop_gets_half_a_cpu()
    {
        Requires.Root();
        CgroupStats? first = null, last = null;
        TimeSpan elapsed = default;

        Sandbox.Exec(Container(new() { Cpu = new() { QuotaMicroseconds = 50_000, PeriodMicroseconds = 100_000 } }), new ProcessConfiguration("/bin/sh", "-c", "while :; do :; done"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                first = cgroup.GetStats(CgroupStatistics.Cpu);
                do
                    last = cgroup.GetStats(CgroupStatistics.Cpu);
                while (last.Cpu!.ThrottledPeriods < first.Cpu!.ThrottledPeriods + 10);
                elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start);
                process.Kill();
            },
        });

        ((last!.Cpu!.Usage!.Value - first!.Cpu!.Usage!.Value) / elapsed).Should().BeLessThan(0.55);
    }

    [Fact]
    public void A_device_that_is_not_allowed_cannot_be_opened()
    {
        Requires.Root();
        ContainerConfiguration container = Container(null) with { Devices = [.. DeviceNode.Defaults, new DeviceNode("/dev/fuse", DeviceType.Character, 10, 229)], Root = Userland(writable: true) };

        Sandbox.Result own = Sandbox.Script("head -c 1 /dev/zero | wc -c; : < /dev/fuse && echo its own node", container);
        Sandbox.Result denied = Sandbox.Script(
            "head -c 1 /dev/zero | wc -c; : < /dev/fuse && echo open", container with { Resources = new() { Devices = [new DeviceRule(false)] } });

        own.Output.Should().Be("1\nits own node\n");
        denied.Output.Should().Be("1\n");
        denied.Error.Should().Contain("Operation not permitted");
    }

    [Fact]
    public void Every_device_can_be_allowed()
    {
        Requires.Root();
        ContainerConfiguration container = Container(new() { Devices = [new DeviceRule(true)] }) with { Devices = [.. DeviceNode.Defaults, new DeviceNode("/dev/fuse", DeviceType.Character, 10, 229)] };

        Sandbox.Script(": < /dev/fuse && echo open", container).Output.Should().Be("open\n");
    }

    [Fact]
    public void It_is_frozen_and_goes_on()
    {
        Requires.Root();
        using CancellationTokenSource end = new();
        string states = "";

        FluentActions.Invoking(() => Sandbox.Exec(Container(null), new ProcessConfiguration("/bin/sh", "-c", "while :; do sleep 0.01; done"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                states += cgroup.IsFrozen;
                cgroup.Freeze();
                states += cgroup.IsFrozen;
                cgroup.Thaw();
                states += cgroup.IsFrozen;
                cgroup.Freeze();
                end.Cancel(); // a frozen one is killed all the same
            },
        }, end.Token)).Should().Throw<OperationCanceledException>();

        states.Should().Be("FalseTrueFalse");
    }

    [Fact]
    public void Limits_of_one_that_runs_are_changed_all_or_none()
    {
        Requires.Root();
        List<CgroupStats> stats = [];
        CgroupException? refused = null;

        Sandbox.Exec(Container(new() { PidsLimit = 10, Memory = new() { LimitBytes = 64 << 20 } }), new ProcessConfiguration("/bin/sleep", "100"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                cgroup.Update(new() { PidsLimit = 20 });
                stats.Add(cgroup.GetStats());
                refused = FluentActions.Invoking(() => cgroup.Update(new()
                {
                    Memory = new() { LimitBytes = 32 << 20 },
                    PidsLimit = 30,
                    BlockIO = new() { ReadBytesPerSecond = [new(4095, 0, 1)] },
                })).Should().Throw<CgroupException>().Which;
                stats.Add(cgroup.GetStats());
                process.Kill();
            },
        });

        refused!.Message.Should().MatchRegex(@"^write (io\.max|blkio\.throttle\.read_bps_device) = 4095:0 .*ENODEV");
        stats.Should().OnlyContain(now => now.Pids!.Limit == 20 && now.Memory!.LimitBytes == 64 << 20);
    }

    [Fact]
    public void A_limit_below_what_is_in_use_is_refused_when_that_is_asked_for()
    {
        Requires.Root();
        ConfigurationException? refused = null;

        Sandbox.Exec(Container(new() { Memory = new() { LimitBytes = 64 << 20 } }), new ProcessConfiguration("/bin/sleep", "100"), new ExecOptions
        {
            Started = process =>
            {
                refused = FluentActions.Invoking(() => ContainerCgroup.OfProcess(process.Id)!.Update(new() { Memory = new() { LimitBytes = 4096, CheckBeforeUpdate = true } }))
                    .Should().Throw<ConfigurationException>().Which;
                process.Kill();
            },
        });

        refused!.Message.Should().MatchRegex(@"^resources\.memory\.limitBytes: 4096 is below the \d+ bytes that are in use$");
    }

    [Fact]
    public void Writes_to_a_throttled_disk_take_their_time()
    {
        Requires.Root();
        using LoopDevice disk = LoopDevice.Create(8 << 20);
        ContainerConfiguration container = Container(null) with { Devices = [.. DeviceNode.Defaults, new DeviceNode("/dev/disk", DeviceType.Block, disk.Major, disk.Minor)] };
        ResourceConfiguration limits = new() { BlockIO = new() { WriteBytesPerSecond = [new(disk.Major, disk.Minor, 1 << 20)] } };

        double seconds = Write(container with { Resources = limits });

        // 3 MB at 1 MB a second, within a factor of two; a disk that is slower by itself says nothing.
        seconds.Should().BeInRange(1.5, Math.Max(6, 4 * Write(container)));

        static double Write(ContainerConfiguration container)
        {
            Sandbox.Result result = Sandbox.Script("dd if=/dev/zero of=/dev/disk bs=64k count=48 oflag=direct", container);
            result.Status.Success.Should().BeTrue(result.Error);
            string text = result.Error.Split(", ")[^2];
            return double.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [MemberData(nameof(BadLimits))]
    public void A_limit_that_this_host_cannot_keep_is_told(ResourceConfiguration resources, string sentence)
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Container(resources))).Should().Throw<ConfigurationException>().Which.Message.Should().MatchRegex(sentence);
        _cgroups.Left().Should().BeEmpty();
    }

    public static TheoryData<ResourceConfiguration, string> BadLimits => new()
    {
        { new() { Cpu = new() { Cpus = "0-4095" } }, @"^resources\.cpu\.cpus: '0-4095' names CPU \d+, and this machine has 0" },
        { new() { Cpu = new() { MemoryNodes = "77" } }, @"^resources\.cpu\.memoryNodes: '77' names memory node 77, and this machine has 0" },
        { new() { PidsLimit = -2 }, @"^resources\.pidsLimit: -2 is not from -1 to " },
        { new() { Unified = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("nonsense.max", "1"), PidsLimit = 5 }, @"^resources\.unified: this host has no cgroup controller nonsense; it has " },
    };

    private static RootFileSystem Userland(bool writable) => writable ? RootFileSystem.HostUserland() : Sandbox.Default.Root;

    private ContainerConfiguration Container(ResourceConfiguration? resources) => Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Resources = resources };

    private Sandbox.Result Script(string script, ResourceConfiguration resources, Action<ContainerCgroup>? created = null)
    {
        using MemoryStream output = new(), error = new();
        ExitStatus status = Sandbox.Exec(Container(resources), new ProcessConfiguration("/bin/sh", "-c", script), new ExecOptions
        {
            StandardInput = StandardStream.Null,
            StandardOutput = StandardStream.FromStream(output),
            StandardError = StandardStream.FromStream(error),
            CgroupCreated = created,
        });
        return new(status, System.Text.Encoding.UTF8.GetString(output.ToArray()), System.Text.Encoding.UTF8.GetString(error.ToArray()));
    }
}
