using LibContainer.Configuration;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>cgroupsPath as <c>slice:prefix:name</c>.</summary>
public sealed class SystemdPathTests
{
    [Theory]
    [InlineData("machine.slice:libpod:web", "machine.slice", "libpod-web.scope", "/machine.slice/libpod-web.scope")]
    [InlineData(":runc:web", "system.slice", "runc-web.scope", "/system.slice/runc-web.scope")]
    [InlineData("a-b.slice::web", "a-b.slice", "web.scope", "/a.slice/a-b.slice/web.scope")]
    [InlineData("-.slice:x:web", "-.slice", "x-web.scope", "/x-web.scope")]
    [InlineData("kubepods.slice:cri:kubepods-pod1.slice", "kubepods.slice", "kubepods-pod1.slice", "/kubepods.slice/kubepods-pod1.slice")]
    public void The_parts_are_the_slice_the_prefix_and_the_name(string text, string slice, string unit, string cgroup)
    {
        SystemdPath.Check(text).Should().BeEmpty();
        SystemdPath path = SystemdPath.From(text, isUser: false);

        path.Should().Be(new SystemdPath(slice, unit));
        path.ControlGroup.Should().Be(cgroup);
        path.IsSlice.Should().Be(unit.EndsWith(".slice", StringComparison.Ordinal));
    }

    [Fact]
    public void A_user_has_another_slice_by_default() => SystemdPath.From(":runc:web", isUser: true).Slice.Should().Be("user.slice");

    [Theory]
    [InlineData("", "cgroupPath: '' is not slice:prefix:name, which it has to be where systemd makes the cgroup: system.slice:libcontainer:web")]
    [InlineData("/a/b", "cgroupPath: '/a/b' is not slice:prefix:name, which it has to be where systemd makes the cgroup: system.slice:libcontainer:web")]
    [InlineData("a:b:c:d", "cgroupPath: 'a:b:c:d' is not slice:prefix:name, which it has to be where systemd makes the cgroup: system.slice:libcontainer:web")]
    [InlineData("a:b:", "cgroupPath: 'a' is not the name of a slice: machine.slice|cgroupPath: 'a:b:' has no name behind the second ':'")]
    [InlineData("a.slice:b:c/d", "cgroupPath: 'b-c/d.scope' is not the name of a unit: it contains '/'")]
    [InlineData("a.slice:b:c--d.slice", "cgroupPath: 'c--d.slice' is not the name of a slice: each '-' stands between the names of two slices, of which one is empty")]
    public void What_is_wrong_is_said_in_sentences(string text, string sentences)
    {
        SystemdPath.Check(text).Should().Equal(sentences.Split('|'), (finding, sentence) => finding.ToString() == sentence);
        FluentActions.Invoking(() => SystemdPath.From(text, false)).Should().Throw<ConfigurationException>().Which.Findings.Should().Equal(SystemdPath.Check(text));
    }
}
