using System.Diagnostics;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Containers whose cgroups systemd makes, as its units.</summary>
[Trait("Machine", "systemd")]
public sealed class SystemdCgroupTests
{
    private static int s_last;

    private readonly string _name = $"{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}";

    /// <summary>Without a cgroup namespace: what it reads about itself is what the host would.</summary>
    private static ContainerConfiguration Container { get; } = Sandbox.Default with { Namespaces = Sandbox.Default.Namespaces & ~NamespaceKinds.Cgroup };

    private string Unit => $"libcontainer-test-{_name}.scope";

    private string UnitPath => $"system.slice:libcontainer-test:{_name}";

    [Fact]
    public void It_makes_cgroups_where_nobody_says_otherwise()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("cat /proc/self/cgroup", Container with { Resources = new() { PidsLimit = 50 } });

        result.Lines.Should().OnlyContain(line => line.Contains(":/system.slice/libcontainer-") && line.EndsWith(".scope"));
        string unit = Path.GetFileName(result.Lines[0]);
        LoadState(unit).Should().Be("not-found", "it goes with the container");
        ContainerCgroup.Hierarchies.Should().OnlyContain(hierarchy => !Directory.Exists($"{hierarchy.MountPoint}/system.slice/{unit}"));
    }

    [Fact]
    public void A_path_names_slice_and_unit()
    {
        Requires.Root();

        Sandbox.Script("cat /proc/self/cgroup", Container with { CgroupPath = $"lct-a.slice:libcontainer-test:{_name}" }).Lines
            .Should().OnlyContain(line => line.EndsWith($":/lct.slice/lct-a.slice/{Unit}"));
        LoadState(Unit).Should().Be("not-found");
    }

    [Fact]
    public void Limits_are_in_the_kernel_and_stay_there_when_systemd_is_reloaded()
    {
        Requires.Root();
        ResourceConfiguration limits = new()
        {
            PidsLimit = 33,
            Memory = new() { LimitBytes = 64 << 20 },
            Cpu = new() { QuotaMicroseconds = 33_300, PeriodMicroseconds = 100_000, Shares = 2048 },
        };
        List<CgroupStats> stats = [];
        List<string> quotas = [];

        Run(limits, cgroup =>
        {
            Look();
            Command.Run("systemctl", "daemon-reload").ExitCode.Should().Be(0);
            Look();
            cgroup.Update(new() { PidsLimit = 44, Cpu = new() { QuotaMicroseconds = 44_400, PeriodMicroseconds = 100_000 } });
            Look();

            void Look()
            {
                stats.Add(cgroup.GetStats(CgroupStatistics.Pids | CgroupStatistics.Memory));
                quotas.Add(File.ReadAllText($"{cgroup.Paths[""]}/cpu.max").Split(' ')[0]);
            }
        });

        stats.Select(now => now.Pids!.Limit).Should().Equal(33, 33, 44);
        stats.Select(now => now.Memory!.LimitBytes).Should().OnlyContain(bytes => bytes == 64 << 20);
        quotas[0].Should().Be("33300", "systemd counts in hundredths of a second, and what was asked for is written behind it");
        quotas[2].Should().Be("44400");
    }

    [Fact]
    public async Task A_memory_hog_is_killed_and_that_is_told()
    {
        Requires.Root();
        CgroupEventStream? events = null;
        ContainerConfiguration container = Container with { CgroupPath = UnitPath, Resources = new() { Memory = new() { LimitBytes = 32 << 20, MemoryAndSwapBytes = 32 << 20 } } };

        Sandbox.Exec(
            container, new ProcessConfiguration("/bin/sh", "-c", "head -c 200m /dev/zero | tail > /dev/null"),
            new ExecOptions { StandardOutput = StandardStream.Null, StandardError = StandardStream.Null, CgroupCreated = cgroup => events = cgroup.WatchAsync() });

        List<CgroupEventKind> kinds = [];
        await foreach (CgroupEvent told in events!.WithCancellation(TestContext.Current.CancellationToken))
            kinds.Add(told.Kind);
        kinds.Should().Contain(CgroupEventKind.OutOfMemory, "of the kill there may be no count any more: systemd removes a cgroup as soon as nobody is in it");
    }

    [Fact]
    public void A_device_that_is_not_allowed_cannot_be_opened()
    {
        Requires.Root();
        ContainerConfiguration container = Container with
        {
            CgroupPath = UnitPath,
            Devices = [.. DeviceNode.Defaults, new DeviceNode("/dev/hostsrandom", DeviceType.Character, 1, 11)],
            Resources = new() { Devices = [new DeviceRule(false)] },
        };

        Sandbox.Result result = Sandbox.Script("head -c 1 /dev/zero | wc -c; : < /dev/hostsrandom && echo open", container);

        result.Output.Should().Be("1\n");
        result.Error.Should().Contain("Operation not permitted");
    }

    [Fact]
    public void A_unit_that_is_there_is_told_and_left_alone()
    {
        Requires.Root();
        Command.Run("systemd-run", "--scope", "--unit", Unit, "--", "sh", "-c", "sleep 300 >/dev/null 2>&1 &").ExitCode.Should().Be(0);
        try
        {
            FluentActions.Invoking(() => Sandbox.Script("true", Container with { CgroupPath = UnitPath })).Should().ThrowExactly<CgroupException>().Which.Message.Should().StartWith($"start unit {Unit}: there is a unit of that name already: ");

            LoadState(Unit).Should().Be("loaded");
        }
        finally
        {
            Command.Run("systemctl", "kill", "--signal=KILL", Unit);
            Command.Run("systemctl", "stop", Unit);
        }
    }

    [Fact]
    public void A_foreign_process_in_it_is_reported_and_left_alone()
    {
        Requires.Root();
        using Process foreigner = Command.Start("sleep", "300");
        try
        {
            FluentActions.Invoking(() => Run(null, cgroup => File.WriteAllText($"{cgroup.Paths.First().Value}/cgroup.procs", $"{foreigner.Id}"))).Should().Throw<CgroupException>()
                .WithMessage($"stop the unit of *{Unit}: process {foreigner.Id} (sleep) is in it");

            foreigner.HasExited.Should().BeFalse();
        }
        finally
        {
            foreigner.Kill();
            foreigner.WaitForExit();
            Command.Run("systemctl", "stop", Unit);
        }
    }

    [Fact]
    public void The_container_of_2014_is_a_scope()
    {
        using JsonContainer container = new();
        container.Prepare(spec =>
        {
            spec["cgroups"]!["parent"] = "docker";
            spec["cgroups"]!["name"] = _name;
            spec["context"]!["apparmor_profile"] = ""; // not loaded on every host
        });
        using Process running = container.Start("exec", "sh", "-c", "echo ready; cat /proc/self/cgroup; read line");
        string? first = running.StandardOutput.ReadLine();
        first.Should().Be("ready", first is null ? running.StandardError.ReadToEnd() : "");

        running.StandardOutput.ReadLine().Should().EndWith($":/system.slice/docker-{_name}.scope");
        SpinWait.SpinUntil(() => File.Exists(container.Data["pid"]), TimeSpan.FromSeconds(60)).Should().BeTrue();
        container.Run("stats").Output.Should().StartWith("Stats:\n{");
        running.StandardInput.Close();
        running.WaitForExit();
        LoadState($"docker-{_name}.scope").Should().Be("not-found");
    }

    [Fact]
    public void A_path_of_directories_is_made_without_it()
    {
        Requires.Root();
        using TestCgroups cgroups = new();
        string path = cgroups.NewPath();

        Sandbox.Script("cat /proc/self/cgroup", Container with { CgroupPath = path }).Lines.Should().OnlyContain(line => line.EndsWith("/" + path));
        cgroups.Left().Should().BeEmpty();
    }

    [Theory]
    [InlineData("a:b:c", "cgroupPath: 'a' is not the name of a slice: machine.slice")]
    [InlineData("a.slice:b:c.slice", "cgroupPath: 'a.slice:b:c.slice' is a slice, which is for groups of containers; a container in one of its own is not supported yet")]
    public void A_bad_path_is_told(string path, string sentence)
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Container with { CgroupPath = path })).Should().Throw<ConfigurationException>().WithMessage(sentence);
    }

    private static string LoadState(string unit) => Command.Run("systemctl", "show", "--property=LoadState", "--value", unit).Output.Trim();

    /// <summary>A container that runs until the action is through.</summary>
    private void Run(ResourceConfiguration? resources, Action<ContainerCgroup> action)
    {
        ContainerCgroup? made = null;
        Sandbox.Exec(Container with { CgroupPath = UnitPath, Resources = resources }, new ProcessConfiguration("/bin/sleep", "1000"), new ExecOptions
        {
            CgroupCreated = cgroup => made = cgroup,
            Started = process =>
            {
                action(made!);
                process.Kill();
            },
        });
    }
}
