using LibContainer.Configuration;
using LibContainer.TestUtilities;
using static LibContainer.Cgroups.CgroupVersion;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>Units of a systemd whose host has version 1 of cgroups, and what the kernel has of them.</summary>
[Trait("Machine", "v1full")]
public sealed class SystemdManagerV1Tests
{
    private static readonly SystemdManager Manager = SystemdManager.Host;

    private static readonly ResourceConfiguration Limits = new()
    {
        Memory = new() { LimitBytes = 67108864, MemoryAndSwapBytes = 134217728, ReservationBytes = 33554432 },
        Cpu = new() { Shares = 2048, QuotaMicroseconds = 20000, PeriodMicroseconds = 50000, Cpus = "0", MemoryNodes = "0" },
        PidsLimit = 100,
    };

    /// <summary>The cpuset is not systemd's in version 1, and has no cgroup for the unit.</summary>
    [Fact]
    public void A_scope_has_the_limits_of_version_1_also_after_a_reload()
    {
        using TestUnit unit = new(Manager);
        string cgroup = unit.Start(SystemdProperties.Of(Limits, Manager.Version, V1));
        Values(cgroup).Should().Equal(
            "memory/memory.limit_in_bytes=67108864", "cpu/cpu.shares=2048", "cpu/cpu.cfs_quota_us=20000", "cpu/cpu.cfs_period_us=50000", "pids/pids.max=100");
        CgroupWrites.Apply(ResourcesV1.Writes(Limits with { Cpu = Limits.Cpu! with { Cpus = null, MemoryNodes = null } }), controller => In(controller, cgroup));

        Reload();

        Values(cgroup).Should().Equal(
            "memory/memory.limit_in_bytes=67108864", "cpu/cpu.shares=2048", "cpu/cpu.cfs_quota_us=20000", "cpu/cpu.cfs_period_us=50000", "pids/pids.max=100");
        In("memory", cgroup).Read("memory.soft_limit_in_bytes").Should().Be("33554432");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reload_gives_no_devices(bool isDenying)
    {
        DeviceRules rules = isDenying ? DeviceRules.From([new(true), new(false, Character, 1, 11)]) : DeviceRules.Of([new(true, Character, 10, 229)], []);
        using TestUnit unit = new(Manager);
        CgroupDirectory cgroup = In("devices", unit.Start(SystemdDevices.Of(rules, Manager.Version, V1)));
        CgroupWrites.Apply(DeviceStateV1.From(rules).From((DeviceStateV1?)null).Writes, _ => cgroup);
        DeviceStateV1? before = DeviceStateV1.Parse(cgroup.Read("devices.list"));

        Reload();

        DeviceStateV1? after = DeviceStateV1.Parse(cgroup.Read("devices.list"));
        if (isDenying)
            after?.Exceptions.Should().BeEmpty("it is told that nothing is allowed");
        else
            after!.Exceptions.Should().Equal(before!.Exceptions);
        TestCgroup.Run(cgroup, "head -c1 /dev/kmsg").Error.Should().Contain("Operation not permitted");
    }

    private static CgroupDirectory In(string controller, string cgroup)
        => new(new(V1, $"/sys/fs/cgroup/{controller}", "/", [controller], null, "/"), $"/sys/fs/cgroup/{controller}{cgroup}");

    private static string[] Values(string cgroup)
        => [.. new[] { ("memory", "memory.limit_in_bytes"), ("cpu", "cpu.shares"), ("cpu", "cpu.cfs_quota_us"), ("cpu", "cpu.cfs_period_us"), ("pids", "pids.max") }
            .Select(file => $"{file.Item1}/{file.Item2}={In(file.Item1, cgroup).Read(file.Item2)}")];

    private static void Reload() => Command.Run("systemctl", "daemon-reload").ExitCode.Should().Be(0);
}
