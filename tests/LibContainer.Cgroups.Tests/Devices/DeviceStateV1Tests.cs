using System.Collections.Immutable;
using CsCheck;
using LibContainer.Configuration;
using static LibContainer.Configuration.DeviceAccess;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Devices;

/// <summary>Devices of cgroup version 1: what is written, and what holds between two writes.</summary>
public sealed class DeviceStateV1Tests
{
    private static readonly Gen<DeviceRules> ExpressibleRules = RuleGenerators.Rules.Select(DeviceRules.From).Where(rules => DeviceStateV1.Check(rules).IsEmpty);

    private static readonly Gen<DeviceStateV1> States = ExpressibleRules.Select(DeviceStateV1.From);

    [Fact]
    public void A_container_begins_with_nothing_and_gets_its_devices()
    {
        DeviceTransition transition = DeviceStateV1.From(DeviceRules.Of([], [])).From(DeviceStateV1.Everything);

        transition.IsTight.Should().BeTrue();
        transition.Writes.Select(write => $"{write.Controller}: {write}").Should().Equal(
            "devices: devices.deny = a",
            "devices: devices.allow = c *:* m",
            "devices: devices.allow = c 1:3 rw",
            "devices: devices.allow = c 1:5 rw",
            "devices: devices.allow = c 1:7 rw",
            "devices: devices.allow = c 1:8 rw",
            "devices: devices.allow = c 1:9 rw",
            "devices: devices.allow = c 5:0 rw",
            "devices: devices.allow = c 5:2 rw",
            "devices: devices.allow = c 136:* rw",
            "devices: devices.allow = b *:* m");
    }

    [Fact]
    public void What_is_so_already_is_not_written()
    {
        DeviceStateV1 state = DeviceStateV1.From(DeviceRules.Of([], []));

        state.From(state).Writes.Should().BeEmpty();
        DeviceStateV1.Everything.From(DeviceStateV1.Everything).Writes.Should().BeEmpty();
    }

    [Fact]
    public void New_devices_come_before_old_ones_go()
    {
        DeviceStateV1 old = State(new(true, Character, 1, 3, Read | Write), new(true, Character, 1, 5, Read)),
            next = State(new(true, Character, 1, Access: Read | Write), new(true, Character, 1, 5, MakeNode));

        next.From(old).Writes.Select(write => write.ToString()).Should().Equal(
            "devices.allow = c 1:* rw", "devices.deny = c 1:3 rw", "devices.deny = c 1:5 r", "devices.allow = c 1:5 m");
    }

    [Fact]
    public void Denials_come_before_old_ones_go()
    {
        DeviceStateV1 old = State(new(true), new(false, Character, 1, 3, Write)), next = State(new(true), new(false, Block));

        next.From(old).Writes.Select(write => write.ToString()).Should().Equal("devices.deny = b *:* rwm", "devices.allow = c 1:3 w");
    }

    [Fact]
    public void Everything_but_something_is_not_reached_without_a_moment_of_everything()
    {
        DeviceStateV1 wanted = State(new(true), new(false, Block, 8));

        foreach (DeviceStateV1? present in new[] { null, State() })
        {
            DeviceTransition transition = wanted.From(present);
            transition.Writes.Select(write => write.ToString()).Should().Equal("devices.allow = a", "devices.deny = b 8:* rwm");
            transition.IsTight.Should().BeFalse();
        }
        wanted.From(DeviceStateV1.Everything).IsTight.Should().BeTrue();
        DeviceStateV1.Everything.From(null).IsTight.Should().BeTrue();
    }

    [Fact]
    public void A_hole_is_found()
    {
        DeviceStateV1.Check(DeviceRules.From([new(true, Character, 1), new(false, Character, 1, 3, Write)])).Should().ContainSingle()
            .Which.ToString().Should().Match("resources.devices: *cannot deny c 1:3 w alone*");
        FluentActions.Invoking(() => State(new(true, Character, 1), new(false, Character, 1, 3, Write))).Should().Throw<ConfigurationException>();
    }

    [Fact]
    public void Reading_by_one_rule_and_writing_by_another_is_both_where_the_rules_meet()
        => Listed(State(new(true, Character, 1, Access: Read), new(true, Character, null, 3, Write | MakeNode)))
            .Should().Equal("c *:3 Write, MakeNode", "c 1:* Read", "c 1:3 Read, Write");

    [Theory]
    [InlineData("c 1:3 rwm\nc 136:* rw\nb *:* m\n", "c 1:3 All|c 136:* Read, Write|b *:* MakeNode")]
    [InlineData("", "")]
    [InlineData("c 1:3 r\nc 1:3 w", "c 1:3 Read, Write")]
    public void A_list_of_the_kernel_is_read(string list, string state) => string.Join('|', Listed(DeviceStateV1.Parse(list)!)).Should().Be(state);

    [Fact]
    public void A_list_of_everything_is_not_known() => DeviceStateV1.Parse("a *:* rwm\n").Should().BeNull();

    [Theory]
    [InlineData("x 1:3 rwm")]
    [InlineData("c 1:3")]
    [InlineData("c 1:3 rx")]
    [InlineData("c 1:-3 r")]
    public void Another_list_is_an_error(string list) => FluentActions.Invoking(() => DeviceStateV1.Parse(list)).Should().Throw<FormatException>();

    [Fact]
    public void What_the_kernel_keeps_means_what_the_rules_mean() => ExpressibleRules.Sample(rules =>
    {
        Kernel kernel = new(DeviceStateV1.From(rules));
        return Requests().All(request => kernel.Allows(request) == rules.Allows(request.Type, request.Major, request.Minor, request.Access));
    }, iter: 20000);

    [Fact]
    public void Between_two_writes_nothing_is_allowed_that_neither_state_allows() => Gen.Select(States, States, Gen.Bool).Sample((before, after, isKnown) =>
    {
        Kernel kernel = new(before), first = new(before), last = new(after);
        DeviceTransition transition = after.From(isKnown ? before : null);
        foreach (CgroupWrite write in transition.Writes)
        {
            kernel.Write(write);
            if (transition.IsTight && Requests().Any(request => kernel.Allows(request) && !first.Allows(request) && !last.Allows(request)))
                return false;
        }
        return Requests().All(request => kernel.Allows(request) == last.Allows(request));
    }, iter: 20000);

    [Fact]
    public void The_kernel_takes_it()
    {
        using TestCgroup cgroup = TestCgroup.V1("devices");
        DeviceStateV1 wanted = State(new(true, Character, Access: MakeNode), new(true, Character, 1, 3), new(true, Block, 8, 0, Read));
        DeviceStateV1 next = State(new(true, Character, 1, 3), new(true, Character, 136));
        DeviceStateV1.Parse(cgroup.Directory.Read("devices.list")).Should().BeNull();

        Apply(wanted.From(DeviceStateV1.Everything));
        DeviceStateV1 read = DeviceStateV1.Parse(cgroup.Directory.Read("devices.list"))!;
        Listed(read).Should().Equal(Listed(wanted)).And.Equal("c *:* MakeNode", "c 1:3 Read, Write", "b 8:0 Read");
        cgroup.Child("x"); // from here on the kernel refuses "a"
        Apply(next.From(read));
        Listed(DeviceStateV1.Parse(cgroup.Directory.Read("devices.list"))!).Should().Equal(Listed(next));

        TestCgroup.Run(cgroup.Directory, "head -c1 /dev/zero 2>&1").Output.Should().Contain("Operation not permitted");
        TestCgroup.Run(cgroup.Directory, "echo >/dev/null").ExitCode.Should().Be(0);

        void Apply(DeviceTransition transition) => CgroupWrites.Apply(transition.Writes, _ => cgroup.Directory);
    }

    private static DeviceStateV1 State(params DeviceRule[] rules) => DeviceStateV1.From(DeviceRules.From(rules));

    private static IEnumerable<string> Listed(DeviceStateV1 state) => state.Exceptions.Select(exception => $"{exception.Key} {exception.Value}");

    private static IEnumerable<(DeviceType Type, int Major, int Minor, DeviceAccess Access)> Requests()
        => from device in RuleGenerators.Devices from access in RuleGenerators.Requests select (device.Type, device.Major, device.Minor, access);

    /// <summary>security/device_cgroup.c, in short.</summary>
    private sealed class Kernel(DeviceStateV1 state)
    {
        private readonly Dictionary<DeviceSet, DeviceAccess> _exceptions = state.Exceptions.ToDictionary();

        private bool _isAllowed = state.IsAllowedByDefault;

        internal bool Allows((DeviceType Type, int Major, int Minor, DeviceAccess Access) request)
        {
            IEnumerable<DeviceAccess> matches = _exceptions.Where(exception => exception.Key.Type == request.Type
                && (exception.Key.Major ?? request.Major) == request.Major && (exception.Key.Minor ?? request.Minor) == request.Minor).Select(exception => exception.Value);
            return _isAllowed
                ? !matches.Any(access => (access & request.Access) != 0)
                : matches.Any(access => (access & request.Access) == request.Access);
        }

        internal void Write(CgroupWrite write)
        {
            bool isAllow = write.File == "devices.allow";
            if (write.Value == "a")
            {
                _isAllowed = isAllow;
                _exceptions.Clear();
                return;
            }
            (DeviceSet set, DeviceAccess access) = DeviceStateV1.Parse(write.Value)!.Exceptions.Single();
            DeviceAccess before = _exceptions.GetValueOrDefault(set);
            _exceptions[set] = isAllow != _isAllowed ? before | access : before & ~access;
            if (_exceptions[set] == None)
                _exceptions.Remove(set);
        }
    }
}
