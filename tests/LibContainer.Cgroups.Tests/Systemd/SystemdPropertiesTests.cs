using LibContainer.Cgroups.Tests.Resources;
using LibContainer.Configuration;
using static LibContainer.Cgroups.CgroupVersion;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>Limits as properties of a unit: which, of which type, and with which number.</summary>
public sealed class SystemdPropertiesTests
{
    private const int Present = 252;

    [Fact]
    public void Typical_limits_are_these()
    {
        Texts(Samples.Typical, V2).Should().Equal(
            "MemorySwapMax t 67108864", "MemoryMax t 67108864", "CPUWeight t 100", "CPUQuotaPeriodUSec t 100000", "CPUQuotaPerSecUSec t 1500000", "TasksMax t 100");
        Texts(Samples.Typical, V1).Should().Equal(
            "MemoryLimit t 67108864", "CPUShares t 1024", "CPUQuotaPeriodUSec t 100000", "CPUQuotaPerSecUSec t 1500000", "TasksMax t 100");
    }

    [Fact]
    public void Of_all_limits_systemd_has_these()
    {
        Texts(Samples.Full, V2).Should().Equal(
            "MemorySwapMax t 2000",
            "MemoryMax t 1000",
            "MemoryLow t 500",
            "CPUWeight t 59",
            "CPUQuotaPeriodUSec t 50000",
            "CPUQuotaPerSecUSec t 400000",
            "AllowedCPUs ay 0x03",
            "AllowedMemoryNodes ay 0x01",
            "TasksMax t 10",
            "IOWeight t 4950");
        Texts(Samples.Full, V1).Should().Equal(
            "MemoryLimit t 1000", "CPUShares t 512", "CPUQuotaPeriodUSec t 50000", "CPUQuotaPerSecUSec t 400000", "TasksMax t 10", "BlockIOWeight t 500");
    }

    [Fact]
    public void Nothing_and_zeros_are_no_properties()
    {
        foreach (CgroupVersion version in (CgroupVersion[])[V1, V2])
        {
            Texts(new(), version).Should().BeEmpty();
            Texts(Samples.Zero, version).Should().BeEmpty();
        }
    }

    /// <summary>A reload writes what systemd has: it is what the writes by hand have written, in the numbers of the file.</summary>
    [Fact]
    public void No_limit_is_infinity() => Texts(
        new() { Memory = new() { LimitBytes = -1, ReservationBytes = -1 }, Cpu = new() { QuotaMicroseconds = -1 }, PidsLimit = -1 }, V2).Should().Equal(
        "MemorySwapMax t infinity", "MemoryMax t infinity", "MemoryLow t infinity", "CPUQuotaPerSecUSec t infinity", "TasksMax t infinity");

    [Theory]
    [InlineData(50000L, 100000UL, "CPUQuotaPeriodUSec t 100000|CPUQuotaPerSecUSec t 500000")]
    [InlineData(12345L, 100000UL, "CPUQuotaPeriodUSec t 100000|CPUQuotaPerSecUSec t 130000")]
    [InlineData(1L, 1000000UL, "CPUQuotaPeriodUSec t 1000000|CPUQuotaPerSecUSec t 10000")]
    [InlineData(33333L, null, "CPUQuotaPeriodUSec t 100000|CPUQuotaPerSecUSec t 340000")]
    [InlineData(null, 50000UL, "CPUQuotaPeriodUSec t 50000|CPUQuotaPerSecUSec t infinity")]
    [InlineData(long.MaxValue, 1000UL, "CPUQuotaPeriodUSec t 1000|CPUQuotaPerSecUSec t infinity")]
    public void The_quota_is_microseconds_in_a_second_rounded_up_to_a_hundredth(long? quota, ulong? period, string properties)
        => string.Join('|', Texts(new() { Cpu = new() { QuotaMicroseconds = quota, PeriodMicroseconds = period } }, V2)).Should().Be(properties);

    [Fact]
    public void A_quota_without_a_period_is_in_the_one_that_is_there()
        => Texts(new() { Cpu = new() { QuotaMicroseconds = 10000 } }, V1, present: new PresentLimits(20000)).Should().Equal("CPUQuotaPeriodUSec t 20000", "CPUQuotaPerSecUSec t 500000");

    /// <summary>In version 1 a period is written alone, and the quota stays.</summary>
    [Fact]
    public void A_period_alone_lifts_the_quota_of_version_2_only()
        => Texts(new() { Cpu = new() { PeriodMicroseconds = 20000 } }, V1).Should().Equal("CPUQuotaPeriodUSec t 20000");

    [Fact]
    public void Older_ones_are_not_told_what_they_do_not_know()
    {
        ResourceConfiguration resources = Samples.Full with { Cpu = Samples.Full.Cpu! with { IsIdle = true } };

        Texts(resources, V2, 241).Should().Contain("CPUQuotaPerSecUSec t 400000").And.NotContain(text => text.StartsWith("CPUQuotaPeriodUSec") || text.StartsWith("Allowed"));
        Texts(resources, V2, 243).Should().Contain("CPUQuotaPeriodUSec t 50000").And.NotContain(text => text.StartsWith("Allowed"));
        Texts(resources, V2, 251).Should().Contain("AllowedCPUs ay 0x03").And.NotContain(text => text.StartsWith("CPUWeight"));
        Texts(resources, V2, 252).Should().Contain("CPUWeight t 0");
        Texts(Samples.Unified(("memory.zswap.max", "1")), V2, 252).Should().BeEmpty();
        Texts(Samples.Unified(("memory.zswap.max", "1")), V2, 253).Should().Equal("MemoryZSwapMax t 1");
    }

    [Fact]
    public void What_is_idle_has_the_weight_0_and_what_was_has_none_again()
    {
        Texts(new() { Cpu = new() { IsIdle = true, Shares = 512 } }, V2).Should().Equal("CPUWeight t 0");
        Texts(new() { Cpu = new() { IsIdle = true, Shares = 512 } }, V1).Should().BeEmpty();
        Texts(new() { Cpu = new() { IsIdle = false } }, V2).Should().BeEmpty();
        Texts(new() { Cpu = new() { IsIdle = false } }, V2, present: new PresentLimits(IsIdle: true)).Should().Equal("CPUWeight t infinity");
        Texts(new() { Cpu = new() { IsIdle = false, Shares = 1024 } }, V2, present: new PresentLimits(IsIdle: true)).Should().Equal("CPUWeight t 100");
    }

    [Theory]
    [InlineData(0L, "1")]
    [InlineData(7L, "7")]
    [InlineData(-5L, "infinity")]
    public void Processes_are_limited_to_one_at_least(long limit, string tasks) => Texts(new() { PidsLimit = limit }, V1).Should().Equal($"TasksMax t {tasks}");

    [Theory]
    [InlineData(0UL, "")]
    [InlineData(1UL, "CPUShares t 2")]
    [InlineData(500000UL, "CPUShares t 262144")]
    public void Shares_are_what_the_kernel_makes_of_them(ulong shares, string property)
        => string.Join('|', Texts(new() { Cpu = new() { Shares = shares } }, V1)).Should().Be(property);

    /// <summary>systemd writes io.bfq.weight as well: up to 100 its own number, and from there on it presses 100 to 10000 into 100 to 1000.</summary>
    [Theory]
    [InlineData((ushort)10, "10")]
    [InlineData((ushort)100, "100")]
    [InlineData((ushort)500, "4500")]
    [InlineData((ushort)1000, "10000")]
    public void A_weight_for_BFQ_is_the_one_that_systemd_makes_it_from(ushort weight, string property)
        => Texts(new() { BlockIO = new() { Weight = weight } }, V2, present: new PresentLimits(HasBfqWeight: true)).Should().Equal($"IOWeight t {property}");

    [Fact]
    public void Files_of_version_2_that_systemd_has_a_property_for_win()
    {
        Texts(Samples.Typical with
        {
            Unified = Samples.Unified(
                ("cpu.max", "20000 50000"), ("cpu.weight", " 7 "), ("cpuset.cpus", "0-1"), ("cpuset.mems", "0"), ("io.weight", "default 300\n8:0 20"), ("memory.high", "1G"),
                ("memory.low", "0"), ("memory.max", "max"), ("memory.min", "5"), ("memory.oom.group", "1"), ("memory.swap.max", "9k"), ("pids.max", "max"),
                ("hugetlb.2MB.max", "1"), ("cpu.max.burst", "5")).Unified,
        }, V2).Should().Equal(
            "MemorySwapMax t 9216",
            "MemoryMax t infinity",
            "CPUWeight t 7",
            "CPUQuotaPeriodUSec t 50000",
            "CPUQuotaPerSecUSec t 400000",
            "TasksMax t infinity",
            "AllowedCPUs ay 0x03",
            "AllowedMemoryNodes ay 0x01",
            "MemoryMin t 5",
            "MemoryLow t 0",
            "MemoryHigh t 1073741824",
            "IOWeight t 300");
        Texts(Samples.Unified(("memory.high", "900")), V1).Should().BeEmpty();
    }

    [Theory]
    [InlineData("max", "CPUQuotaPerSecUSec t infinity")]
    [InlineData("max 50000", "CPUQuotaPeriodUSec t 50000|CPUQuotaPerSecUSec t infinity")]
    [InlineData("5000", "CPUQuotaPeriodUSec t 20000|CPUQuotaPerSecUSec t 250000")]
    [InlineData("5000 10000", "CPUQuotaPeriodUSec t 10000|CPUQuotaPerSecUSec t 500000")]
    [InlineData("x", "")]
    [InlineData("1 2 3", "")]
    [InlineData("1 x", "")]
    public void The_file_of_the_quota_has_one_number_or_two(string value, string properties)
        => string.Join('|', Texts(Samples.Unified(("cpu.max", value)), V2, present: new PresentLimits(20000))).Should().Be(properties);

    [Theory]
    [InlineData("cpu.idle", "1", "CPUWeight t 0")]
    [InlineData("cpu.idle", "0", "")]
    [InlineData("memory.max", "0x10", "")]
    [InlineData("memory.max", "", "")]
    [InlineData("memory.max", "-1", "")]
    [InlineData("memory.max", "99999999999999999999", "")]
    [InlineData("memory.max", "18446744073709551615K", "")]
    [InlineData("pids.max", "0", "TasksMax t 1")]
    [InlineData("cpuset.cpus", "", "AllowedCPUs ay 0x")]
    [InlineData("cpuset.cpus", "all", "")]
    [InlineData("io.weight", "8:0 5", "")]
    [InlineData("io.weight", "5", "IOWeight t 5")]
    [InlineData("io.bfq.weight", "5", "")]
    public void What_is_no_value_for_systemd_is_left_to_the_file(string file, string value, string properties)
        => string.Join('|', Texts(Samples.Unified((file, value)), V2)).Should().Be(properties);

    [Fact]
    public void That_memory_kills_all_is_told_at_the_start()
    {
        SystemdProperties.AtStart(Samples.Unified(("memory.oom.group", "1\n")), true).Should().ContainSingle().Which.ToString().Should().Be("OOMPolicy=kill");
        SystemdProperties.AtStart(Samples.Unified(("memory.oom.group", "0")), true).Should().ContainSingle().Which.ToString().Should().Be("OOMPolicy=continue");
        SystemdProperties.AtStart(Samples.Unified(("memory.oom.group", "1")), false).Should().BeEmpty();
        SystemdProperties.AtStart(Samples.Unified(("memory.high", "1")), true).Should().BeEmpty();
    }

    private static IEnumerable<string> Texts(ResourceConfiguration resources, CgroupVersion version, int systemdVersion = Present, PresentLimits? present = null)
        => SystemdProperties.Of(resources, systemdVersion, version, present).Select(property => $"{property.Name} {property.Value.Signature} {property.Value}");
}
