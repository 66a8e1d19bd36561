using LibContainer.Cgroups.Tests.Resources;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using static LibContainer.Cgroups.CgroupVersion;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>Units of a real systemd, and what the kernel has of them.</summary>
[Trait("Machine", "systemd")]
public sealed class SystemdManagerTests
{
    private static readonly SystemdManager Manager = SystemdManager.Host;

    private static readonly ResourceConfiguration Limits = Samples.Typical with
    {
        Cpu = new() { Shares = 2048, QuotaMicroseconds = 20000, PeriodMicroseconds = 50000, Cpus = "0", MemoryNodes = "0" },
        BlockIO = new() { Weight = 505 },
        Unified = Samples.Unified(("memory.high", "50M"), ("memory.oom.group", "1"), ("cpu.max.burst", "1000")).Unified,
    };

    [Fact]
    public void The_host_has_a_systemd_that_answers()
    {
        SystemdAvailability.WhyNot(Manager).Should().BeNull();
        Manager.Version.Should().BeGreaterThan(240);
        Manager.ControlGroup.Should().BeEmpty();
        SystemdAvailability.Controllers(TestUnit.DirectoryOf("").Hierarchy, Manager).Should().Contain(["cpuset", "cpu", "io", "memory", "pids"]);
    }

    [Fact]
    public void A_scope_takes_a_process_into_a_cgroup_with_its_limits()
    {
        using TestUnit unit = new(Manager);

        string cgroup = unit.Start(SystemdProperties.Of(Limits, Manager.Version, V2));

        cgroup.Should().Be($"/libcontainer.slice/libcontainer-test.slice/{unit.Name}").And.Be(unit.OwnCgroup);
        Values(cgroup).Should().Equal(
            "cpu.max=20000 50000", "cpu.weight=174", "cpuset.cpus=0", "io.weight=default 5000", "memory.high=52428800", "memory.low=0", "memory.max=67108864", "memory.swap.max=67108864", "pids.max=100");
        TestUnit.Show(unit.Name, "Description").Should().Be("a test");
        TestUnit.Show(unit.Name, "Delegate").Should().Be("yes");
    }

    /// <summary>At a reload systemd writes what it has: that has to be what was written by hand.</summary>
    [Fact]
    public void A_reload_of_systemd_leaves_the_limits_that_were_written_by_hand()
    {
        using TestUnit unit = new(Manager);
        string cgroup = unit.Start([.. SystemdProperties.Of(Limits, Manager.Version, V2), .. SystemdProperties.AtStart(Limits, Manager.HasOomPolicy)]);
        CgroupWrites.Apply(ResourcesV2.Writes(Limits), _ => TestUnit.DirectoryOf(cgroup));
        string[] before = Values(cgroup);

        Reload();

        Values(cgroup).Should().Equal(before);
        TestUnit.DirectoryOf(cgroup).Read("memory.oom.group").Should().Be("1");
        TestUnit.DirectoryOf(cgroup).Read("cpu.max.burst").Should().Be("1000");
    }

    [Fact]
    public void Properties_are_changed_while_it_runs()
    {
        using TestUnit unit = new(Manager);
        string cgroup = unit.Start(SystemdProperties.Of(Limits, Manager.Version, V2));

        ResourceConfiguration changed = new() { Memory = new() { LimitBytes = -1 }, Cpu = new() { QuotaMicroseconds = -1 }, PidsLimit = 7 };
        Manager.SetUnitProperties(unit.Name, isRuntime: true, SystemdProperties.Of(changed, Manager.Version, V2));

        Values(cgroup).Should().Contain(["cpu.max=max 100000", "cpu.weight=174", "memory.max=max", "memory.swap.max=max", "pids.max=7"]);
        Manager.SetUnitProperties(unit.Name, isRuntime: true, []);
        FluentActions.Invoking(() => Manager.SetUnitProperties(unit.Name, true, [new("MemoryMax", BusValue.UInt64(0))])).Should().Throw<CgroupException>()
            .WithMessage($"set MemoryMax=0 of unit {unit.Name}: SetUnitProperties: org.freedesktop.DBus.Error.InvalidArgs: *MemoryMax*");
        FluentActions.Invoking(() => Manager.SetUnitProperties("libcontainer-nowhere.scope", true, [new("TasksMax", BusValue.UInt64(1))])).Should().Throw<CgroupException>()
            .WithMessage("*org.freedesktop.systemd1.NoSuchUnit*");
    }

    [Fact]
    public void Idle_is_a_weight_and_ends_with_another()
    {
        using TestUnit unit = new(Manager);
        CgroupDirectory cgroup = TestUnit.DirectoryOf(unit.Start(SystemdProperties.Of(new() { Cpu = new() { IsIdle = true } }, Manager.Version, V2)));
        cgroup.Read("cpu.idle").Should().Be("1");

        Manager.SetUnitProperties(unit.Name, true, SystemdProperties.Of(new() { Cpu = new() { IsIdle = false } }, Manager.Version, V2, new(IsIdle: true)));

        cgroup.Read("cpu.idle").Should().Be("0");
        cgroup.Read("cpu.weight").Should().Be("100");
    }

    /// <summary>Whatever systemd attaches beside them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reload_of_systemd_neither_takes_nor_gives_devices(bool isDenying)
    {
        DeviceRules rules = isDenying ? DeviceRules.From([new(true), new(false, Character, 1, 11)]) : DeviceRules.Of([new(true, Character, 10, 229)], []);
        using TestUnit unit = new(Manager);
        CgroupDirectory cgroup = TestUnit.DirectoryOf(unit.Start(SystemdDevices.Of(rules, Manager.Version, V2)));
        DeviceFilter.Replace(cgroup, rules);
        CheckDevices();

        Reload();
        CheckDevices();
        Manager.SetUnitProperties(unit.Name, true, [.. SystemdDevices.Of(rules, Manager.Version, V2), new("TasksMax", BusValue.UInt64(50))]);
        CheckDevices();

        void CheckDevices()
        {
            Says(cgroup, "exec 3<>/dev/null && exec 4<>/dev/zero && exec 5</dev/urandom && exec 6<>/dev/ptmx && echo fine").Should().Be("fine");
            Says(cgroup, "mknod /tmp/libcontainer-test-node b 259 259 && rm /tmp/libcontainer-test-node && echo fine").Should().Be("fine");
            Says(cgroup, "head -c1 /dev/kmsg").Should().Contain("Operation not permitted");
        }
    }

    [Fact]
    public void A_unit_is_stopped_with_its_processes_and_its_cgroup()
    {
        using TestUnit unit = new(Manager);
        string cgroup = unit.Start();

        Manager.StopUnit(unit.Name);

        unit.WaitForEnd();
        TestUnit.DirectoryOf(cgroup).Exists.Should().BeFalse();
        TestUnit.Show(unit.Name, "LoadState").Should().Be("not-found");
        Manager.StopUnit(unit.Name);
        Manager.StopUnit("libcontainer-nowhere.scope");
        Manager.ResetFailedUnit("libcontainer-nowhere.scope");
    }

    [Fact]
    public void A_scope_ends_by_itself_when_its_process_has()
    {
        using TestUnit unit = new(Manager);
        unit.Start();

        unit.Kill();

        Manager.StopUnit(unit.Name); // waits for the end, which is under way
        TestUnit.Show(unit.Name, "LoadState").Should().Be("not-found");
    }

    [Fact]
    public void A_name_that_is_taken_is_an_error_and_what_has_it_stays()
    {
        using TestUnit unit = new(Manager), other = new(Manager);
        string cgroup = unit.Start();

        FluentActions.Invoking(() => Manager.StartScope(unit.Name, TestUnit.Slice, other.ProcessId, "", [])).Should().Throw<CgroupException>()
            .WithMessage($"start unit {unit.Name}: there is a unit of that name already: *");

        unit.OwnCgroup.Should().Be(cgroup);
        other.HasEnded.Should().BeFalse();
    }

    [Fact]
    public void What_is_left_of_a_unit_that_has_failed_makes_way()
    {
        using TestUnit failed = new(Manager), unit = new(Manager);
        Manager.StartScope(failed.Name, TestUnit.Slice, failed.ProcessId, "", [new("RuntimeMaxUSec", BusValue.UInt64(1000000)), new("CollectMode", BusValue.String("inactive"))]);
        failed.WaitForEnd();
        Command.Run("timeout", "60", "sh", "-c", $"until systemctl is-failed -q {failed.Name}; do :; done").ExitCode.Should().Be(0);

        Manager.StartScope(failed.Name, TestUnit.Slice, unit.ProcessId, "", []).Should().Be(unit.OwnCgroup);
    }

    [Fact]
    public void A_process_that_is_gone_is_an_error()
    {
        using TestUnit unit = new(Manager);
        unit.Kill();

        FluentActions.Invoking(() => unit.Start()).Should().Throw<CgroupException>().WithMessage($"start unit {unit.Name}: *{unit.ProcessId}*");

        TestUnit.Show(unit.Name, "LoadState").Should().Be("not-found");
    }

    [Fact]
    public void A_job_that_fails_is_an_error_with_its_result_and_leaves_nothing()
    {
        using TestUnit unit = new(Manager);
        const string Bad = "libcontainer-test-bad.service", UnitFile = $"/run/systemd/system/{Bad}";
        File.WriteAllText(UnitFile, "[Service]\nType=oneshot\nExecStart=/bin/false\n");
        Reload();
        try
        {
            FluentActions.Invoking(() => unit.Start(Needs(Bad))).Should().Throw<CgroupException>()
                .WithMessage($"start unit {unit.Name}: a unit that it needs could not be started");
        }
        finally
        {
            File.Delete(UnitFile);
            Reload();
            Manager.ResetFailedUnit(Bad);
        }
        TestUnit.Show(unit.Name, "LoadState").Should().Be("not-found");
        unit.HasEnded.Should().BeFalse();
    }

    [Fact]
    public void A_slice_is_a_group_that_can_be_there_already()
    {
        const string Name = "libcontainer-test-group.slice";
        using TestUnit unit = new(Manager);
        try
        {
            string cgroup = Manager.StartSlice(Name, "a group", [new("TasksMax", BusValue.UInt64(33))]);
            cgroup.Should().Be($"/libcontainer.slice/libcontainer-test.slice/{Name}").And.Be(SystemdNames.SlicePath(Name));
            TestUnit.DirectoryOf(cgroup).Read("pids.max").Should().Be("33");
            Manager.StartSlice(Name, "a group", []).Should().Be(cgroup);

            Manager.StartScope(unit.Name, Name, unit.ProcessId, "", []).Should().Be($"{cgroup}/{unit.Name}");
        }
        finally
        {
            Manager.StopUnit(Name);
        }
        unit.WaitForEnd();
    }

    [Fact]
    public void Properties_of_every_type_arrive()
    {
        using TestUnit unit = new(Manager);

        unit.Start(
            new("Documentation", BusValue.Strings("man:sh(1)", "man:sleep(1)")),
            new("IODeviceWeight", BusValue.Array("(st)", BusValue.Structure(BusValue.String("/dev/null"), BusValue.UInt64(200)))),
            new("RestrictNetworkInterfaces", BusValue.Structure(BusValue.Boolean(true), BusValue.Strings("lo"))),
            new("TimeoutStopUSec", BusValue.UInt64(5000000)),
            new("SendSIGHUP", BusValue.Boolean(true)));

        TestUnit.Show(unit.Name, "Documentation").Should().Be("\"man:sh(1)\" \"man:sleep(1)\"");
        TestUnit.Show(unit.Name, "IODeviceWeight").Should().Be("/dev/null 200");
        TestUnit.Show(unit.Name, "RestrictNetworkInterfaces").Should().Be("lo");
        TestUnit.Show(unit.Name, "TimeoutStopUSec").Should().Be("5s");
        TestUnit.Show(unit.Name, "SendSIGHUP").Should().Be("yes");
    }

    [Fact]
    public void A_start_that_waits_for_another_unit_is_cancelled_and_undone()
    {
        using TestUnit unit = new(Manager), late = new(Manager);
        using SystemdManager hurried = new(SystemdBus.OpenSystem, TimeSpan.FromSeconds(3));
        using CancellationTokenSource source = new();
        Command.Run("systemd-run", "--unit=libcontainer-test-slow", "--property=Type=oneshot", "--no-block", "sleep", "1000").ExitCode.Should().Be(0);
        try
        {
            SystemdProperty[] needs = Needs("libcontainer-test-slow.service");
            source.CancelAfter(TimeSpan.FromSeconds(1));
            FluentActions.Invoking(() => Manager.StartScope(unit.Name, TestUnit.Slice, unit.ProcessId, "", needs, cancellationToken: source.Token))
                .Should().Throw<OperationCanceledException>();
            TestUnit.Show(unit.Name, "LoadState").Should().Be("not-found");

            FluentActions.Invoking(() => hurried.StartScope(late.Name, TestUnit.Slice, late.ProcessId, "", needs)).Should().Throw<CgroupException>()
                .WithMessage($"start unit {late.Name}: systemd did not end the job within 3 s");
            TestUnit.Show(late.Name, "LoadState").Should().Be("not-found");
        }
        finally
        {
            Command.Run("systemctl", "stop", "libcontainer-test-slow.service");
        }
    }

    [Fact]
    public async Task Many_start_at_once()
    {
        TestUnit[] units = [.. Enumerable.Range(0, 12).Select(_ => new TestUnit(Manager))];
        try
        {
            Task<string>[] starts = [.. units.Select(unit => Task.Factory.StartNew(() => unit.Start(), TaskCreationOptions.LongRunning))];
            (await Task.WhenAll(starts)).Should().Equal(units.Select(unit => unit.OwnCgroup));
        }
        finally
        {
            foreach (TestUnit unit in units)
                unit.Dispose();
        }
    }

    /// <summary>The scope cannot start before that unit has, and not without it.</summary>
    private static SystemdProperty[] Needs(string unit) => [new("Requires", BusValue.Strings(unit)), new("After", BusValue.Strings(unit))];

    private static void Reload() => Command.Run("systemctl", "daemon-reload").ExitCode.Should().Be(0);

    private static string[] Values(string cgroup)
        => [.. new[] { "cpu.max", "cpu.weight", "cpuset.cpus", "io.weight", "memory.high", "memory.low", "memory.max", "memory.swap.max", "pids.max" }
            .Select(file => $"{file}={TestUnit.DirectoryOf(cgroup).Read(file)}")];

    private static string Says(CgroupDirectory cgroup, string script)
    {
        Command.Result result = TestCgroup.Run(cgroup, script);
        return $"{result.Output}{result.Error}".Trim();
    }
}
