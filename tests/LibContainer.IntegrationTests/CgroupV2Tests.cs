using System.Collections.Immutable;
using System.Diagnostics;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Limits on a machine that has its controllers in version 2. The kind <c>uml</c> has cpu, io, memory and pids, <c>v2</c> every one.</summary>
public sealed class CgroupV2Tests : IDisposable
{
    private readonly TestCgroups _cgroups = new();

    public void Dispose() => _cgroups.Dispose();

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void Limits_are_in_the_kernels_files()
    {
        Requires.Root();

        Files(new()
        {
            Memory = new() { LimitBytes = 64 << 20, ReservationBytes = 8 << 20 },
            Cpu = new() { Shares = 512, QuotaMicroseconds = 50_000, PeriodMicroseconds = 100_000 },
            PidsLimit = 20,
        }, "memory.max", "memory.low", "cpu.weight", "cpu.max", "pids.max").Should().Equal($"{64 << 20}", $"{8 << 20}", "59", "50000 100000", "20");
    }

    [Fact]
    [Trait("Machine", "v2")]
    public void Limits_of_every_other_controller_are_in_the_kernels_files()
    {
        Requires.Root();

        Files(new()
        {
            Memory = new() { LimitBytes = 64 << 20, MemoryAndSwapBytes = 96 << 20 },
            Cpu = new() { QuotaMicroseconds = 50_000, BurstMicroseconds = 10_000, Cpus = "0", MemoryNodes = "0" },
            HugePageLimits = [new("2MB", 4 << 20)],
        }, "memory.swap.max", "cpu.max.burst", "cpuset.cpus", "cpuset.mems", "hugetlb.2MB.max", "hugetlb.2MB.rsvd.max")
            .Should().Equal($"{32 << 20}", "10000", "0", "0", $"{4 << 20}", $"{4 << 20}");
    }

    /// <summary>For the statistics, without a limit.</summary>
    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void Every_controller_of_the_machine_is_passed_down()
    {
        Requires.Root();

        Files(null, "cgroup.controllers").Should().Equal(File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").TrimEnd());
    }

    /// <summary>No guest has such a device, nor a scalar resource to count: the kernel is asked, and its answer told.</summary>
    [Fact]
    [Trait("Machine", "v2")]
    public void What_the_kernel_has_a_controller_for_and_nothing_to_limit_is_told()
    {
        Requires.Root();

        Refused(new() { Rdma = ImmutableDictionary<string, RdmaLimit>.Empty.Add("mlx4_0", new(5)) }).Message.Should().MatchRegex("^write rdma.max = mlx4_0 hca_handle=5 hca_object=max of .*: (ENODEV|EINVAL) ");
        Refused(Unified(("misc.max", "sev 5"))).Message.Should().MatchRegex("^write misc.max = sev 5 of .*: EINVAL ");
        _cgroups.Left().Should().BeEmpty();
    }

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void What_only_version_2_can_say_is_said_and_wins()
    {
        Requires.Root();

        Files(Unified(("memory.high", "32M"), ("memory.oom.group", "1"), ("pids.max", "7"), ("cgroup.max.depth", "3")) with { PidsLimit = 20 }, "memory.high", "memory.oom.group", "pids.max", "cgroup.max.depth")
            .Should().Equal($"{32 << 20}", "1", "7", "3");
    }

    [Theory]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    [InlineData("memory.high", "much", "^write memory.high = much of /sys/fs/cgroup/.*: EINVAL ", Errno.EINVAL)]
    [InlineData("memory.nothing", "1", "^open memory.nothing = 1 of /sys/fs/cgroup/.*: ENOENT ", Errno.ENOENT)]
    public void A_setting_that_the_kernel_does_not_take_is_told_and_nothing_is_left(string file, string value, string sentence, Errno errno)
    {
        Requires.Root();

        CgroupException error = Refused(Unified((file, value)));

        error.Message.Should().MatchRegex(sentence);
        error.Error.Should().Be(errno);
        _cgroups.Left().Should().BeEmpty();
    }

    /// <summary>The kernel's rule that only leaves have processes, once something is passed down.</summary>
    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void Below_a_cgroup_with_processes_there_are_no_limits_and_that_is_told()
    {
        Requires.Root();
        using Process process = Command.Start("sleep", "1000");
        ContainerCgroup parent = ContainerCgroup.At(_cgroups.NewPath());
        parent.Create();
        string path = _cgroups.LastPath, directory = parent.Paths[""];
        File.WriteAllText($"{directory}/cgroup.procs", $"{process.Id}");
        try
        {
            FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with { CgroupPath = $"{path}/x", Resources = new() { PidsLimit = 5 } })).Should().Throw<CgroupException>()
                .WithMessage($"controller pids cannot be passed down to {directory}/x, since processes are in {directory}");
            Directory.Exists($"{directory}/x").Should().BeFalse();

            Sandbox.Script("cat /proc/self/cgroup", Sandbox.Default with { CgroupPath = $"{path}/x" }).Output.Should().Be("0::/\n", "without a limit it goes");
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            parent.Delete();
        }
    }

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void A_device_is_forbidden_while_it_is_used()
    {
        Requires.Root();
        using MemoryStream output = new();
        using CancellationTokenSource guard = new(TimeSpan.FromMinutes(5));
        ContainerConfiguration container = Container(null) with { Devices = [.. DeviceNode.Defaults, new DeviceNode("/dev/kmsg", DeviceType.Character, 1, 11)] };

        Sandbox.Exec(container, new ProcessConfiguration("/bin/sh", "-c", "while true < /dev/kmsg; do :; done 2> /dev/null; echo forbidden"), new ExecOptions
        {
            StandardOutput = StandardStream.FromStream(output),
            Started = process => ContainerCgroup.OfProcess(process.Id)!.Update(new() { Devices = [new DeviceRule(false)] }),
        }, guard.Token);

        System.Text.Encoding.UTF8.GetString(output.ToArray()).Should().Be("forbidden\n");
    }

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void Limits_of_one_that_runs_are_as_they_were_when_one_is_refused()
    {
        Requires.Root();
        List<string> read = [];
        CgroupException? refused = null;

        Sandbox.Exec(Container(new() { Cpu = new() { Shares = 512 }, PidsLimit = 20 }), new ProcessConfiguration("/bin/sleep", "1000"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                refused = FluentActions.Invoking(() => cgroup.Update(Unified(("memory.low", "4096"), ("pids.nothing", "1")) with { Cpu = new() { IsIdle = true }, PidsLimit = 30 })).Should().Throw<CgroupException>().Which;
                read.AddRange(new[] { "cpu.idle", "cpu.weight", "pids.max", "memory.low" }.Select(file => Read(cgroup, file)));
                process.Kill();
            },
        });

        refused!.Message.Should().StartWith("open pids.nothing = 1 of ");
        read.Should().Equal("0", "59", "20", "0");
    }

    /// <summary>It says nothing to go back to.</summary>
    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void A_file_that_can_only_be_written_is_written()
    {
        Requires.Root();

        Sandbox.Exec(Container(new() { PidsLimit = 20 }), new ProcessConfiguration("/bin/sleep", "1000"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup.OfProcess(process.Id)!.Update(Unified(("memory.reclaim", "0")));
                process.Kill();
            },
        });
    }

    [Fact]
    [Trait("Machine", "v2")]
    public void Rates_of_a_disk_are_in_the_kernels_file_and_change_together()
    {
        Requires.Root();
        using LoopDevice disk = LoopDevice.Create(8 << 20);
        List<string> read = [];

        Sandbox.Exec(Container(new() { BlockIO = new() { WriteBytesPerSecond = [new(disk.Major, disk.Minor, 1 << 20)], ReadsPerSecond = [new(disk.Major, disk.Minor, 100)] } }), new ProcessConfiguration("/bin/sleep", "1000"), new ExecOptions
        {
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                read.Add(Read(cgroup, "io.max"));
                cgroup.Update(new() { BlockIO = new() { WriteBytesPerSecond = [new(disk.Major, disk.Minor, 2 << 20)] } });
                read.Add(Read(cgroup, "io.max"));
                FluentActions.Invoking(() => cgroup.Update(Unified(("pids.nothing", "1")) with { BlockIO = new() { WriteBytesPerSecond = [new(disk.Major, disk.Minor, 0)] } })).Should().Throw<CgroupException>();
                read.Add(Read(cgroup, "io.max"));
                process.Kill();
            },
        });

        string device = $"{disk.Major}:{disk.Minor}";
        read.Should().Equal($"{device} rbps=max wbps=1048576 riops=100 wiops=max", $"{device} rbps=max wbps=2097152 riops=100 wiops=max", $"{device} rbps=max wbps=2097152 riops=100 wiops=max");
    }

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void One_that_takes_too_much_memory_is_killed_and_the_kernels_count_is_told()
    {
        Requires.Root();
        string events = "";

        Sandbox.Exec(Container(new() { Memory = new() { LimitBytes = 16 << 20, MemoryAndSwapBytes = 16 << 20 } }), new ProcessConfiguration("/bin/sh", "-c", "tail /dev/zero; exec sleep 1000"), new ExecOptions
        {
            StandardError = StandardStream.Null,
            Started = process =>
            {
                ContainerCgroup cgroup = ContainerCgroup.OfProcess(process.Id)!;
                SpinWait.SpinUntil(() => (events = Read(cgroup, "memory.events")).Contains("oom_kill 1"), TimeSpan.FromMinutes(5));
                process.Kill();
            },
        });

        events.Should().Contain("\noom_kill 1");
    }

    private static string Read(ContainerCgroup cgroup, string file) => File.ReadAllText($"{cgroup.Paths[""]}/{file}").TrimEnd();

    private static ResourceConfiguration Unified(params (string File, string Value)[] settings) => new() { Unified = settings.ToImmutableDictionary(setting => setting.File, setting => setting.Value) };

    /// <summary>What they say while a container has its limits.</summary>
    private List<string> Files(ResourceConfiguration? resources, params string[] files)
    {
        List<string> said = [];
        Sandbox.Exec(Container(resources), new ProcessConfiguration("/bin/true"), new ExecOptions { CgroupCreated = cgroup => said.AddRange(files.Select(file => Read(cgroup, file))) }).Success.Should().BeTrue();
        return said;
    }

    private CgroupException Refused(ResourceConfiguration resources)
        => FluentActions.Invoking(() => Sandbox.Script("true", Container(resources))).Should().Throw<CgroupException>().Which;

    private ContainerConfiguration Container(ResourceConfiguration? resources) => Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Resources = resources };
}
