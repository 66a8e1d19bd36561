namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>Names of units and slices, and what follows from them.</summary>
public sealed class SystemdNamesTests
{
    [Theory]
    [InlineData("-.slice", "")]
    [InlineData("system.slice", "/system.slice")]
    [InlineData("a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice")]
    [InlineData("user-1000.slice", "/user.slice/user-1000.slice")]
    public void A_slice_is_where_its_name_says(string slice, string path)
    {
        SystemdNames.WhyNoSlice(slice).Should().BeNull();
        SystemdNames.SlicePath(slice).Should().Be(path);
    }

    [Theory]
    [InlineData("", "is not the name of a slice: machine.slice")]
    [InlineData(".slice", "is not the name of a slice: machine.slice")]
    [InlineData("system", "is not the name of a slice: machine.slice")]
    [InlineData("x.scope", "is not the name of a slice: machine.slice")]
    [InlineData("/x.slice", "is not the name of a unit: it contains '/'")]
    [InlineData("a--b.slice", "is not the name of a slice: each '-' stands between the names of two slices, of which one is empty")]
    [InlineData("-a.slice", "is not the name of a slice: each '-' stands between the names of two slices, of which one is empty")]
    [InlineData("a-.slice", "is not the name of a slice: each '-' stands between the names of two slices, of which one is empty")]
    [InlineData("--.slice", "is not the name of a slice: each '-' stands between the names of two slices, of which one is empty")]
    public void What_is_no_slice_is_a_sentence(string name, string sentence) => SystemdNames.WhyNoSlice(name).Should().Be(sentence);

    [Theory]
    [InlineData("cri-containerd-0123.scope")]
    [InlineData("user@1000.service")]
    [InlineData("a\\x2db:c_d.scope")]
    public void Units_have_letters_digits_and_some_signs(string name) => SystemdNames.WhyNoUnit(name).Should().BeNull();

    [Theory]
    [InlineData("a b.scope", "is not the name of a unit: it contains ' '")]
    [InlineData("a'.scope", "is not the name of a unit: it contains '''")]
    [InlineData("häuser.scope", "is not the name of a unit: it contains 'ä'")]
    [InlineData("nothing", "is not the name of a unit: container.scope")]
    [InlineData(".scope", "is not the name of a unit: container.scope")]
    [InlineData("x.", "is not the name of a unit: container.scope")]
    public void What_is_no_unit_is_a_sentence(string name, string sentence) => SystemdNames.WhyNoUnit(name).Should().Be(sentence);

    [Fact]
    public void A_name_has_255_characters_at_most()
    {
        SystemdNames.WhyNoUnit(new string('x', 249) + ".scope").Should().BeNull();
        SystemdNames.WhyNoUnit(new string('x', 250) + ".scope").Should().Be("is not the name of a unit: it has 256 characters, and 255 are allowed");
    }

    [Theory]
    [InlineData("a-b-c.slice", "a-b.slice")]
    [InlineData("a.slice", "-.slice")]
    [InlineData("-.slice", "-.slice")]
    public void A_slice_is_in_the_one_that_its_name_begins_with(string slice, string parent) => SystemdNames.ParentOf(slice).Should().Be(parent);

    [Theory]
    [InlineData("x.scope", "/org/freedesktop/systemd1/unit/x_2escope", "org.freedesktop.systemd1.Scope")]
    [InlineData("1-a@b.service", "/org/freedesktop/systemd1/unit/_31_2da_40b_2eservice", "org.freedesktop.systemd1.Service")]
    [InlineData("a_b.slice", "/org/freedesktop/systemd1/unit/a_5fb_2eslice", "org.freedesktop.systemd1.Slice")]
    public void A_unit_is_an_object_on_the_bus(string unit, string path, string @interface)
    {
        SystemdNames.ObjectPath(unit).Should().Be(path);
        SystemdNames.InterfaceOf(unit).Should().Be(@interface);
    }

    [Theory]
    [InlineData("252.39-1~deb12u1", 252)]
    [InlineData("v249", 249)]
    [InlineData("257~rc1", 257)]
    [InlineData("245.4-4ubuntu3", 245)]
    public void A_version_is_the_number_that_it_begins_with(string text, int version) => SystemdManager.ParseVersion(text).Should().Be(version);

    [Fact]
    public void What_is_no_version_is_an_error() => FluentActions.Invoking(() => SystemdManager.ParseVersion("elogind")).Should().Throw<CgroupException>()
        .WithMessage("read the version of systemd: 'elogind' is none");
}
