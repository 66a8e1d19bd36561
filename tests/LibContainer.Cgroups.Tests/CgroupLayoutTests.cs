using System.Collections.Immutable;
using LibContainer.Linux;

namespace LibContainer.Cgroups.Tests;

/// <summary>Hierarchies of hosts of every kind, of the two files that tell of them.</summary>
public sealed class CgroupLayoutTests
{
    [Fact]
    public void Controllers_that_share_a_hierarchy_share_a_mount_wherever_that_is()
    {
        CgroupLayout layout = Layout(
            ["31 30 0:28 / /cg/processors rw,relatime - cgroup cgroup rw,cpu,cpuacct", "32 30 0:29 / /cg/memory rw,nosuid shared:9 - cgroup none rw,memory"],
            ["3:memory:/a", "2:cpu,cpuacct:/"]);

        Texts(layout).Should().Equal("V1 /cg/memory of / memory: /a", "V1 /cg/processors of / cpu,cpuacct: /");
        layout.Find(CgroupVersion.V1, "cpuacct")!.MountPoint.Should().Be("/cg/processors");
        layout.Find(CgroupVersion.V2, "cpuacct").Should().BeNull();
    }

    [Fact]
    public void A_mount_point_may_have_blanks()
        => Texts(Layout([@"31 30 0:28 / /sys/fs/c\040group/me\134m rw - cgroup cgroup rw,memory"], ["3:memory:/"])).Should().Equal(@"V1 /sys/fs/c group/me\m of / memory: /");

    [Fact]
    public void A_named_hierarchy_has_a_name_and_perhaps_controllers()
    {
        CgroupLayout layout = Layout(
            ["31 30 0:28 / /cg/systemd rw - cgroup systemd rw,xattr,release_agent=/lib/x,name=systemd", "32 30 0:29 / /cg/own rw - cgroup own rw,pids,name=own"],
            ["2:pids,name=own:/", "1:name=systemd:/init.scope"]);

        Texts(layout).Should().Equal("V1 /cg/own of / pids name=own: /", "V1 /cg/systemd of /  name=systemd: /init.scope");
    }

    [Fact]
    public void A_hierarchy_that_is_mounted_nowhere_is_left_out()
        => Texts(Layout(["31 30 0:28 / /cg/memory rw - cgroup cgroup rw,memory"], ["3:memory:/", "2:cpu:/", "0::/"])).Should().Equal("V1 /cg/memory of / memory: /");

    [Fact]
    public void A_host_without_cgroups_has_none()
    {
        CgroupLayout layout = Layout(["30 22 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw"], []);

        layout.Hierarchies.Should().BeEmpty();
        layout.IsVersion2.Should().BeFalse();
        layout.Version2.Should().BeNull();
    }

    [Fact]
    public void A_host_of_version_2_has_the_controllers_that_its_top_has()
    {
        string? asked = null;
        CgroupLayout layout = CgroupLayout.Parse(
            [MountTable.Parse("30 22 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate")], [CgroupMembership.Parse("0::/user.slice")], path =>
            {
                asked = path;
                return ["cpu", "memory"];
            });

        Texts(layout).Should().Equal("V2 /sys/fs/cgroup of / cpu,memory: /user.slice");
        asked.Should().Be("/sys/fs/cgroup");
        layout.IsVersion2.Should().BeTrue();
    }

    [Fact]
    public void A_host_of_both_versions_has_version_2_last_and_is_not_of_version_2()
    {
        CgroupLayout layout = Layout(
            ["30 22 0:27 / /cg/unified rw - cgroup2 cgroup2 rw", "31 22 0:28 / /cg/memory rw - cgroup cgroup rw,memory", "32 22 0:29 / /cg/systemd rw - cgroup systemd rw,name=systemd"],
            ["2:memory:/", "1:name=systemd:/", "0::/"], "hugetlb");

        Texts(layout).Should().Equal("V1 /cg/memory of / memory: /", "V1 /cg/systemd of /  name=systemd: /", "V2 /cg/unified of / hugetlb: /");
        layout.IsVersion2.Should().BeFalse();
        layout.Version2!.MountPoint.Should().Be("/cg/unified");
    }

    [Fact]
    public void A_named_hierarchy_of_version_1_beside_it_leaves_a_host_of_version_2()
        => Layout(["30 22 0:27 / /cg rw - cgroup2 cgroup2 rw", "32 22 0:29 / /named rw - cgroup systemd rw,name=systemd"], ["1:name=systemd:/", "0::/"]).IsVersion2.Should().BeTrue();

    [Theory]
    [InlineData("/cg/memory", "/cg/memory", "a later one on top of it")]
    [InlineData("/cg/memory", "/cg", "one on top of a directory that it is in")]
    [InlineData("/cg/memory", "/", "one on top of everything")]
    public void A_mount_that_is_covered_is_none(string mountPoint, string cover, string why)
        => Layout([$"31 30 0:28 / {mountPoint} rw - cgroup cgroup rw,memory", $"32 30 0:29 / {cover} rw - tmpfs tmpfs rw"], ["3:memory:/"]).Hierarchies.Should().BeEmpty(why);

    [Fact]
    public void A_mount_is_not_covered_by_one_below_or_beside_or_before_it()
        => Texts(Layout(
            [
                "29 30 0:27 / /cg rw - tmpfs tmpfs rw", "31 29 0:28 / /cg/memory rw - cgroup cgroup rw,memory", "32 31 0:29 / /cg/memory/x rw - tmpfs tmpfs rw",
                "33 30 0:29 / /cg/mem rw - tmpfs tmpfs rw",
            ],
            ["3:memory:/"])).Should().Equal("V1 /cg/memory of / memory: /");

    [Fact]
    public void Of_two_mounts_at_one_place_the_later_one_counts()
        => Texts(Layout(["31 30 0:28 /a /cg rw - cgroup cgroup rw,memory", "32 31 0:28 / /cg rw - cgroup cgroup rw,memory"], ["3:memory:/a"])).Should().Equal("V1 /cg of / memory: /a");

    /// <summary>As a container engine has it that binds a container's part of each tree into the container's root.</summary>
    [Fact]
    public void Of_a_mount_of_another_part_of_the_tree_and_one_of_this_processs_the_second_counts()
        => Texts(Layout(
            ["31 30 0:28 /engine/other /other/cg rw - cgroup cgroup rw,memory", "32 30 0:28 /engine/own /own/cg rw - cgroup cgroup rw,memory", "33 30 0:28 / /cg rw - cgroup cgroup rw,memory"],
            ["3:memory:/engine/own/x"])).Should().Equal("V1 /own/cg of /engine/own memory: /engine/own/x");

    [Fact]
    public void A_part_of_the_tree_in_which_this_process_is_not_is_better_than_nothing()
        => Texts(Layout(["31 30 0:28 /engine/other /cg rw - cgroup cgroup rw,memory"], ["3:memory:/engine/own"])).Should().Equal("V1 /cg of /engine/other memory: /engine/own");

    /// <summary>In a cgroup namespace, with mounts from outside.</summary>
    [Fact]
    public void A_mount_may_begin_above_the_cgroup_namespace()
        => Texts(Layout(["31 30 0:28 /../.. /cg rw - cgroup cgroup rw,memory", "32 30 0:29 /.. /cg2 rw - cgroup2 cgroup2 rw"], ["3:memory:/", "0::/../beside"], ""))
            .Should().Equal("V1 /cg of /../.. memory: /", "V2 /cg2 of /.. : /../beside");

    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/", "/a/b", "/a/b")]
    [InlineData("/a", "/a", "")]
    [InlineData("/a", "/a/b", "/b")]
    [InlineData("/a", "/ab", null)]
    [InlineData("/a/b", "/a", null)]
    [InlineData("/..", "/..", "")]
    [InlineData("/..", "/../a", "/a")]
    [InlineData("/..", "/a", null)] // it is below, by a name that cannot be known
    [InlineData("/..", "/../../a", null)]
    [InlineData("/..", "/../..", null)]
    [InlineData("/", "/../a", null)]
    [InlineData("/", "/..", null)]
    [InlineData("/", "/..a", "/..a")]
    public void What_is_below_never_climbs(string directory, string path, string? below) => CgroupLayout.Below(directory, path).Should().Be(below);

    [Theory]
    [InlineData("0::/", "", "/")]
    [InlineData("0::/a:b:c", "", "/a:b:c")]
    [InlineData("12:cpu,cpuacct:/x y", "cpu cpuacct", "/x y")]
    [InlineData("1:name=systemd:/user.slice/a.scope", "name=systemd", "/user.slice/a.scope")]
    [InlineData("0::/x (deleted)", "", "/x")]
    [InlineData("4:memory:/../x", "memory", "/../x")]
    public void A_line_about_a_process_is_read(string line, string names, string path)
    {
        CgroupMembership membership = CgroupMembership.Parse(line);

        string.Join(' ', membership.Names).Should().Be(names);
        membership.Path.Should().Be(path);
        membership.IsVersion2.Should().Be(names.Length == 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0:/")]
    [InlineData("x:cpu:/")]
    [InlineData("-1:cpu:/")]
    [InlineData("1:cpu:relative")]
    [InlineData("1:cpu:")]
    public void A_line_that_is_none_of_the_kernels_is_told(string line)
        => FluentActions.Invoking(() => CgroupMembership.Parse(line)).Should().Throw<FormatException>().WithMessage($"'{line}' is not a line of /proc/PID/cgroup");

    /// <summary>The two files of this host agree, and the directory of each cgroup that this process is said to be in is there.</summary>
    [Fact]
    public void On_this_host_this_process_finds_itself()
    {
        foreach (CgroupHierarchy hierarchy in CgroupLayout.Host.Hierarchies)
            if (CgroupLayout.Below(hierarchy.Root, hierarchy.OwnPath) is { } below)
                File.ReadLines($"{hierarchy.MountPoint}{below}/cgroup.procs").Should().Contain($"{Environment.ProcessId}");
    }

    private static CgroupLayout Layout(string[] mounts, string[] memberships, string controllersOfVersion2 = "cpu memory")
        => CgroupLayout.Parse([.. mounts.Select(MountTable.Parse)], memberships.Select(CgroupMembership.Parse), _ => [.. controllersOfVersion2.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    private static IEnumerable<string> Texts(CgroupLayout layout) => layout.Hierarchies.Select(hierarchy =>
        $"{hierarchy.Version} {hierarchy.MountPoint} of {hierarchy.Root} {string.Join(',', hierarchy.Controllers)}{(hierarchy.Name is { } name ? $" name={name}" : "")}: {hierarchy.OwnPath}");
}
