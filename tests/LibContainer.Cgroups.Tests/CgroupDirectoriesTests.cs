using System.Globalization;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>Where a container's cgroups are, and those of a process.</summary>
public sealed class CgroupDirectoriesTests
{
    [Theory]
    [InlineData("/a/b", "/cg/a/b")]
    [InlineData("/a//./b/", "/cg/a/b")]
    [InlineData("a/b", "/cg/own/scope/a/b")]
    [InlineData("./a", "/cg/own/scope/a")]
    public void On_version_1_a_relative_path_is_below_this_processs_own(string path, string expected)
        => At(V1(own: "/own/scope"), path).Should().Be(expected);

    [Theory]
    [InlineData("/a/b", "/cg/a/b")]
    [InlineData("a/b", "/cg/own/a/b")]
    public void On_version_2_a_relative_path_is_beside_this_processs_own(string path, string expected)
        => At(V2(own: "/own/scope"), path).Should().Be(expected);

    [Theory]
    [InlineData("/", "/", "/cg/x")]
    [InlineData("/own", "/own", "/cg/x")] // a mount whose top is this process's own: there is no beside
    [InlineData("/own", "/own/scope", "/cg/x")]
    [InlineData("/own", "/own/scope/unit", "/cg/scope/x")]
    [InlineData("/other", "/own/scope", "/cg/x")] // this process is not in what the mount shows
    [InlineData("/../..", "/", "/cg/x")]
    [InlineData("/..", "/../beside", "/cg/x")]
    [InlineData("/", "/../beside/that", "/cg/x")]
    public void What_this_process_cannot_see_of_its_own_path_is_left_out(string root, string own, string expected)
        => At(V2(own) with { Root = root }, "x").Should().Be(expected);

    [Fact]
    public void A_mount_point_may_be_a_root()
        => At(V1("/") with { MountPoint = "/" }, "/a").Should().Be("/a");

    [Fact]
    public void A_controller_is_found_in_its_version_alone()
    {
        CgroupDirectory memory = new(V1("/"), "/cg/x"), unified = new(V2("/"), "/cg2/x");

        new[] { memory, unified }.Find(CgroupVersion.V1, "memory").Should().BeSameAs(memory);
        new[] { memory, unified }.Find(CgroupVersion.V2, "memory").Should().BeNull();
        new[] { memory, unified }.Find(CgroupVersion.V2, "cpu").Should().BeSameAs(unified);
        new[] { memory, unified }.Version2().Should().BeSameAs(unified);
        new[] { memory }.Version2().Should().BeNull();
        new[] { memory, unified }.HasInVersion1("cpu").Should().BeFalse();
    }

    [Fact]
    public void A_processs_cgroups_are_told_without_those_at_the_top()
    {
        using TestCgroup cgroup = TestCgroup.Of(AnyVersion, "pids");
        using TestProcess process = new(cgroup.Child("x"));

        IReadOnlyList<CgroupDirectory> directories = CgroupDirectories.OfProcess(CgroupLayout.Host, process.Id)!.Value;

        directories.Select(directory => directory.Path).Should().Contain(cgroup.Below("x").Path);
        directories.Should().OnlyContain(directory => directory.Path.Length > directory.Hierarchy.MountPoint.Length && directory.Exists);
        foreach (CgroupMembership top in CgroupMembership.Read($"{process.Id}")!.Value.Where(membership => membership.Path == "/"))
            directories.Should().NotContain(directory => directory.Hierarchy.Controllers.Intersect(top.Names).Any());
    }

    [Fact]
    public void A_process_that_has_ended_is_none_and_a_zombie_neither()
    {
        using TestCgroup cgroup = TestCgroup.Of(AnyVersion, "pids");
        using TestProcess parent = new(cgroup.Directory, "sleep 1000 & echo $!; exec cat"); // cat waits for no child
        int zombie = int.Parse(parent.ReadLine()!, CultureInfo.InvariantCulture);
        parent.Answers().Should().BeTrue(); // the shell is cat by now
        using (PidFd process = PidFd.Open(zombie))
        {
            process.TrySendSignal(Signal.SIGKILL);
            Readiness.Wait([new Interest(process)], TimeSpan.FromMinutes(1));
        }

        CgroupDirectories.OfProcess(CgroupLayout.Host, parent.Id).Should().NotBeNull();
        CgroupDirectories.OfProcess(CgroupLayout.Host, zombie).Should().BeNull();
        parent.Kill();
        CgroupDirectories.OfProcess(CgroupLayout.Host, parent.Id).Should().BeNull();
        CgroupMembership.Read($"{parent.Id}").Should().BeNull();
    }

    [Fact]
    public void A_process_outside_a_cgroup_namespace_has_no_cgroup_that_can_be_told_inside()
    {
        using TestCgroup cgroup = TestCgroup.Of(AnyVersion, "pids");
        using TestProcess process = new(cgroup.Directory);
        CgroupLayout layout = new([cgroup.Directory.Hierarchy with { Root = "/libcontainer-test-another" }]);

        CgroupDirectories.OfProcess(layout, process.Id)!.Value.Should().BeEmpty();
    }

    internal static CgroupVersion AnyVersion => CgroupLayout.Host.Find(CgroupVersion.V1, "pids") is null ? CgroupVersion.V2 : CgroupVersion.V1;

    private static string At(CgroupHierarchy hierarchy, string path) => CgroupDirectories.At(new CgroupLayout([hierarchy]), path).Single().Path;

    private static CgroupHierarchy V1(string own) => new(CgroupVersion.V1, "/cg", "/", ["memory"], null, own);

    private static CgroupHierarchy V2(string own) => new(CgroupVersion.V2, "/cg", "/", ["cpu"], null, own);
}
