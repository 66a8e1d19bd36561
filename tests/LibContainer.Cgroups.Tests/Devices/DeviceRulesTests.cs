using CsCheck;
using LibContainer.Configuration;
using static LibContainer.Configuration.DeviceAccess;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Devices;

/// <summary>The meaning of device rules, and their shortest form.</summary>
public sealed class DeviceRulesTests
{
    private static readonly DeviceRule DenyAll = new(false);

    private static readonly DeviceRule AllowAll = new(true);

    [Fact]
    public void The_last_rule_about_a_device_and_an_access_counts() => RuleGenerators.Rules.Sample(rules =>
    {
        DeviceRules short_ = DeviceRules.From(rules);
        return RuleGenerators.Devices.All(device => RuleGenerators.Accesses.All(access =>
            short_.Allows(device.Type, device.Major, device.Minor, access) == RuleGenerators.Allows(rules, device.Type, device.Major, device.Minor, access)));
    }, iter: 20000);

    [Fact]
    public void No_exception_is_without_an_effect() => RuleGenerators.Rules.Sample(rules =>
    {
        DeviceRules short_ = DeviceRules.From(rules);
        DeviceRule first = new(short_.IsAllowedByDefault);
        DeviceRules again = DeviceRules.From([first, .. short_.Exceptions]);
        return again.IsAllowedByDefault == short_.IsAllowedByDefault && again.Exceptions.SequenceEqual(short_.Exceptions)
            && short_.Exceptions.FirstOrDefault()?.IsAllowed != short_.IsAllowedByDefault;
    }, iter: 20000);

    [Fact]
    public void Nothing_is_allowed_before_any_rule() => Shown(DeviceRules.From([])).Should().Be("deny");

    [Fact]
    public void A_rule_about_everything_ends_what_was_before()
    {
        Shown(DeviceRules.From([new(true, Character, 1, 3), AllowAll])).Should().Be("allow");
        Shown(DeviceRules.From([AllowAll, new(false, Block), DenyAll, new(true, Character, 1, 3)])).Should().Be("deny; +Character 1:3 All");
        Shown(DeviceRules.Everything).Should().Be("allow");
    }

    [Fact]
    public void A_rule_without_a_type_is_about_both()
        => Shown(DeviceRules.From([new(true, null, 5, 1, Read)])).Should().Be("deny; +Character 5:1 Read; +Block 5:1 Read");

    [Fact]
    public void A_rule_can_take_a_part_of_an_access()
        => Shown(DeviceRules.From([new(true, Character, 1, 3), new(false, Character, 1, 3, Write)])).Should().Be("deny; +Character 1:3 Read, MakeNode");

    [Fact]
    public void A_wider_rule_replaces_narrower_ones()
        => Shown(DeviceRules.From([new(true, Character, 1, 3), new(true, Character, 2, 3, Read), new(true, Character, Access: Read)]))
            .Should().Be("deny; +Character 1:3 Write, MakeNode; +Character *:* Read");

    [Fact]
    public void A_hole_stays_one()
        => Shown(DeviceRules.From([new(true, Character, 1), new(false, Character, 1, 3, Write)])).Should().Be("deny; +Character 1:* All; -Character 1:3 Write");

    [Fact]
    public void A_hole_goes_with_what_it_is_in()
        => Shown(DeviceRules.From([new(true, Character, 1), new(false, Character, null, 3), new(false, Character, 1)])).Should().Be("deny");

    [Fact]
    public void Rules_for_the_same_device_are_one()
        => Shown(DeviceRules.From([new(true, Character, 1, 3, Read), new(true, Block, 8, 0), new(true, Character, 1, 3, Write)]))
            .Should().Be("deny; +Character 1:3 Read, Write; +Block 8:0 All");

    [Fact]
    public void A_container_without_rules_has_the_devices_that_every_container_has_and_its_own()
    {
        DeviceRules rules = DeviceRules.Of([], [new("/dev/fuse", Character, 10, 229), new("/dev/sda", Block, 8, 0), new("/pipe", Fifo, 9, 9)]);

        Opened(rules).Should().BeEquivalentTo(["c 1:3", "c 1:5", "c 1:7", "c 1:8", "c 1:9", "c 5:0", "c 5:2", "c 136:0", "c 136:9", "c 10:229", "b 8:0"]);
        rules.Exceptions.Should().NotContain(rule => rule.Type == Fifo); // a pipe is no device
        rules.Allows(Character, 9, 9, MakeNode).Should().BeTrue();
        rules.Allows(Block, 9, 9, MakeNode).Should().BeTrue();
        rules.Allows(Block, 9, 9, Read | MakeNode).Should().BeFalse();
    }

    [Fact]
    public void A_container_with_rules_has_the_devices_that_every_container_has_whatever_they_say()
    {
        DeviceRules rules = DeviceRules.Of([DenyAll, new(true, Character, 10, 200), new(false, Character, 1, 3)], [new("/dev/fuse", Character, 10, 229)]);

        Opened(rules).Should().BeEquivalentTo(["c 1:3", "c 1:5", "c 1:7", "c 1:8", "c 1:9", "c 5:0", "c 5:2", "c 136:0", "c 136:9", "c 10:200"]);
    }

    [Fact]
    public void A_container_that_may_do_everything_has_no_exceptions() => Shown(DeviceRules.Of([AllowAll], [])).Should().Be("allow");

    private static IEnumerable<string> Opened(DeviceRules rules)
        => from device in ((DeviceType Type, int Major, int Minor)[])
           [
               (Character, 1, 1), (Character, 1, 3), (Character, 1, 5), (Character, 1, 7), (Character, 1, 8), (Character, 1, 9), (Character, 1, 11),
               (Character, 4, 0), (Character, 5, 0), (Character, 5, 1), (Character, 5, 2), (Character, 10, 200), (Character, 10, 229),
               (Character, 136, 0), (Character, 136, 9), (Block, 8, 0), (Block, 1, 3),
           ]
           where rules.Allows(device.Type, device.Major, device.Minor, Read | Write)
           select $"{(device.Type == Block ? 'b' : 'c')} {device.Major}:{device.Minor}";

    private static string Shown(DeviceRules rules) => string.Join("; ", rules.Exceptions
        .Select(rule => $"{(rule.IsAllowed ? '+' : '-')}{rule.Type} {Number(rule.Major)}:{Number(rule.Minor)} {rule.Access}")
        .Prepend(rules.IsAllowedByDefault ? "allow" : "deny"));

    private static string Number(int? number) => number is { } one ? $"{one}" : "*";
}
