using LibContainer.Configuration;
using static LibContainer.Cgroups.CgroupVersion;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>Device rules as properties of a unit.</summary>
public sealed class SystemdDevicesTests
{
    private const string Everything = "DevicePolicy=auto|DeviceAllow=[]";

    private const string Nothing = "DevicePolicy=strict|DeviceAllow=[]";

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    public void The_default_rules_are_a_list(CgroupVersion version) => Text(DeviceRules.Of([], []), version).Should().Be(
        $"{Nothing}|DeviceAllow=[(char-*, m), (/dev/char/1:3, rw), (/dev/char/1:5, rw), (/dev/char/1:7, rw), (/dev/char/1:8, rw), (/dev/char/1:9, rw), "
        + "(/dev/char/5:0, rw), (/dev/char/5:2, rw), (char-136, rw), (block-*, m)]");

    [Fact]
    public void A_list_is_of_pairs() => SystemdDevices.Of(DeviceRules.From([new(true, Block, 8, 0)]), 252, V2).Select(property => property.Value.Signature).Should().Equal("s", "a(ss)", "a(ss)");

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    public void Everything_and_nothing_are_policies(CgroupVersion version)
    {
        Text(DeviceRules.Everything, version).Should().Be(Everything);
        Text(DeviceRules.From([]), version).Should().Be(Nothing);
    }

    /// <summary>Of version 2 each program has to say yes, so systemd gets to have none; of version 1 "everything" would be the list.</summary>
    [Fact]
    public void What_systemd_cannot_express_it_is_not_told()
    {
        DeviceRules denying = DeviceRules.From([new(true), new(false, Character, 1, 3)]);
        Text(denying, V2).Should().Be(Everything);
        Text(denying, V1).Should().Be(Nothing);

        DeviceRules hole = DeviceRules.From([new(true, Character, 1), new(false, Character, 1, 3)]);
        Text(hole, V2).Should().Be(Everything);
        Text(hole, V1).Should().Be(Nothing);

        DeviceRules anyMajor = DeviceRules.From([new(true, Character, null, 3), new(true, Block, 8, 0)]);
        Text(anyMajor, V2).Should().Be(Everything);
        Text(anyMajor, V1).Should().Be($"{Nothing}|DeviceAllow=[(/dev/block/8:0, rwm)]");
    }

    [Fact]
    public void Before_240_devices_have_no_numbers()
    {
        DeviceRules rules = DeviceRules.From([new(true, Character, 1, 3), new(true, Block, Access: DeviceAccess.MakeNode)]);

        Text(rules, V2, 239).Should().Be(Everything);
        Text(rules, V1, 239).Should().Be($"{Nothing}|DeviceAllow=[(block-*, m)]");
        Text(rules, V2, 240).Should().Be($"{Nothing}|DeviceAllow=[(/dev/char/1:3, rwm), (block-*, m)]");
    }

    /// <summary>systemd asks each entry for all of an access, where our own program puts entries together.</summary>
    [Fact]
    public void What_two_rules_allow_together_is_an_entry()
        => Text(DeviceRules.From([new(true, Character, 1, Access: DeviceAccess.Read), new(true, Character, 1, 3, DeviceAccess.Write)]), V2)
            .Should().Be($"{Nothing}|DeviceAllow=[(char-1, r), (/dev/char/1:3, rw)]");

    private static string Text(DeviceRules rules, CgroupVersion version, int systemdVersion = 252) => string.Join('|', SystemdDevices.Of(rules, systemdVersion, version));
}
