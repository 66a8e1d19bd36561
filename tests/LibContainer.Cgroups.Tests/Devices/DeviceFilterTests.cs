using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Devices;

/// <summary>The program in the kernel of this host, and what it lets a process do.</summary>
public sealed class DeviceFilterTests
{
    private const string Refused = "Operation not permitted";

    private static readonly DeviceRules OnlyNull = DeviceRules.From([new(true, Character, 1, 3)]);

    private static readonly DeviceRules OnlyZero = DeviceRules.From([new(true, Character, 1, 5)]);

    [Fact]
    public void A_process_can_do_what_the_rules_allow_and_nothing_else()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        CgroupDirectory child = cgroup.Child("x");

        DeviceFilter.Attach(child, DeviceRules.From([new(true, Character, 1, 3), new(true, Character, 1, 5, DeviceAccess.Read), new(true, Block, Access: DeviceAccess.MakeNode)]));

        DeviceFilter.Query(child).Should().ContainSingle();
        DeviceFilter.Query(cgroup.Directory).Should().BeEmpty();
        Says(child, "echo >/dev/null && echo fine").Should().Be("fine");
        Says(child, "head -c1 /dev/zero | wc -c").Should().Be("1");
        Says(child, "echo x >/dev/zero").Should().Contain(Refused);
        Says(child, "head -c1 /dev/urandom").Should().Contain(Refused);
        Says(child, "exec 3<>/dev/zero").Should().Contain(Refused); // reading is allowed, and writing is asked for as well
        using TemporaryDirectory folder = new();
        Says(child, $"mknod {folder["b"]} b 8 0 && echo fine").Should().Be("fine");
        Says(child, $"mknod {folder["c"]} c 1 5 && echo fine").Should().Contain(Refused);
        Says(child, $"head -c1 {folder["b"]}").Should().Contain(Refused);
    }

    [Fact]
    public void The_default_rules_open_the_usual_devices()
    {
        using TestCgroup cgroup = TestCgroup.V2();

        DeviceFilter.Attach(cgroup.Directory, DeviceRules.Of([], []));

        foreach (string device in (string[])["null", "zero", "full", "random", "urandom"])
            Says(cgroup.Directory, $"exec 3<>/dev/{device} && echo fine").Should().Be("fine");
        Says(cgroup.Directory, "head -c1 /dev/kmsg").Should().Contain(Refused);
    }

    [Fact]
    public void New_rules_take_the_place_of_old_ones()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        DeviceFilter.Replace(cgroup.Directory, OnlyNull); // none is there
        uint first = DeviceFilter.Query(cgroup.Directory).Should().ContainSingle().Subject;
        Says(cgroup.Directory, "head -c1 /dev/zero").Should().Contain(Refused);

        DeviceFilter.Replace(cgroup.Directory, OnlyZero);

        DeviceFilter.Query(cgroup.Directory).Should().ContainSingle().Which.Should().NotBe(first);
        Says(cgroup.Directory, "head -c1 /dev/zero | wc -c").Should().Be("1");
        Says(cgroup.Directory, "echo 2>&1 >/dev/null").Should().Contain(Refused);
    }

    [Fact]
    public void New_rules_take_the_place_of_several()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        DeviceFilter.Attach(cgroup.Directory, OnlyNull);
        DeviceFilter.Attach(cgroup.Directory, OnlyZero);
        DeviceFilter.Query(cgroup.Directory).Should().HaveCount(2);
        Says(cgroup.Directory, "head -c1 /dev/zero").Should().Contain(Refused); // each has to say yes

        DeviceFilter.Replace(cgroup.Directory, OnlyZero);

        DeviceFilter.Query(cgroup.Directory).Should().ContainSingle();
        Says(cgroup.Directory, "head -c1 /dev/zero | wc -c").Should().Be("1");
    }

    [Fact]
    public void Where_everything_is_allowed_no_program_is()
    {
        using TestCgroup cgroup = TestCgroup.V2();
        DeviceFilter.Attach(cgroup.Directory, DeviceRules.Everything);
        DeviceFilter.Query(cgroup.Directory).Should().BeEmpty();
        DeviceFilter.Attach(cgroup.Directory, OnlyNull);

        DeviceFilter.Replace(cgroup.Directory, DeviceRules.Everything);

        DeviceFilter.Query(cgroup.Directory).Should().BeEmpty();
        Says(cgroup.Directory, "head -c1 /dev/zero | wc -c").Should().Be("1");
    }

    /// <summary>The verifier follows every way through a program, and there must not be many.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_rules_are_taken(bool isDescending)
    {
        using TestCgroup cgroup = TestCgroup.V2();
        IEnumerable<int> minors = Enumerable.Range(0, 2000);

        DeviceFilter.Attach(cgroup.Directory, DeviceRules.From((isDescending ? minors.Reverse() : minors)
            .Select(minor => new DeviceRule(true, Character, 1, minor, (DeviceAccess)(1 + minor % 6))).Append(new(true, Character, 1, 5, DeviceAccess.Read))));

        Says(cgroup.Directory, "head -c1 /dev/zero | wc -c").Should().Be("1");
        Says(cgroup.Directory, "head -c1 /dev/ptmx").Should().Contain(Refused);
    }

    [Fact]
    public void A_program_that_the_kernel_does_not_take_is_an_error_with_its_reason()
    {
        Requires.Root();

        FluentActions.Invoking(() => Bpf.LoadProgram(Uapi.BPF_PROG_TYPE_CGROUP_DEVICE, "wrong", [BpfInstruction.Exit]))
            .Should().Throw<LinuxException>().WithMessage("bpf wrong BPF_PROG_LOAD 1 instructions*R0 !read_ok*EACCES*");
    }

    [Fact]
    public void What_is_no_cgroup_is_an_error_that_names_it()
    {
        Requires.Root();
        CgroupDirectory none = new(new(CgroupVersion.V2, "/tmp", "/", [], null, "/"), "/tmp");

        FluentActions.Invoking(() => DeviceFilter.Attach(none, OnlyNull)).Should().Throw<CgroupException>().WithMessage("devices of /tmp: *BPF_PROG_ATTACH*");
        FluentActions.Invoking(() => DeviceFilter.Attach(new(none.Hierarchy, "/nowhere"), OnlyNull)).Should().Throw<CgroupException>().Which.Error.Should().Be(Errno.ENOENT);
    }

    /// <summary>What the shell and its children say on both streams.</summary>
    private static string Says(CgroupDirectory cgroup, string script)
    {
        Command.Result result = TestCgroup.Run(cgroup, script);
        return $"{result.Output}{result.Error}".Trim();
    }
}
