using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>A container's cgroup as other programs see it: by its path, its paths, its end.</summary>
public sealed class ContainerCgroupTests
{
    [Theory]
    [InlineData("/", "'/' is the top of every hierarchy*")]
    [InlineData("", "'' is the top of every hierarchy*")]
    [InlineData("./.", "'./.' is the top of every hierarchy*")]
    [InlineData("..", "'..' climbs*")]
    [InlineData("/a/../../b", "'/a/../../b' climbs*")]
    [InlineData("a/..", "'a/..' climbs*")]
    public void A_path_of_what_is_nobodys_own_is_refused(string path, string sentence)
        => FluentActions.Invoking(() => ContainerCgroup.At(path)).Should().Throw<ArgumentException>().WithMessage(sentence).WithParameterName(nameof(path));

    [Fact]
    public void Every_new_name_is_another()
        => ContainerCgroup.At(null).Paths.Values.Should().NotIntersectWith(ContainerCgroup.At(null).Paths.Values);

    [Fact]
    public void Its_paths_have_a_key_for_each_controller_and_name_and_an_empty_one_for_version_2()
    {
        Requires.Host(!ContainerCgroup.Hierarchies.IsEmpty, "cgroups");

        ImmutableSortedDictionary<string, string> paths = ContainerCgroup.At("/libcontainer-test/x").Paths;

        foreach (CgroupHierarchy hierarchy in ContainerCgroup.Hierarchies)
        {
            string[] keys = hierarchy.Version == CgroupVersion.V2 ? [""] : [.. hierarchy.Controllers, .. hierarchy.Name is { } name ? [$"name={name}"] : Array.Empty<string>()];
            keys.Should().OnlyContain(key => paths[key] == $"{hierarchy.MountPoint}/libcontainer-test/x");
        }
        paths.Should().HaveCount(ContainerCgroup.Hierarchies.Sum(hierarchy => hierarchy.Version == CgroupVersion.V2 ? 1 : hierarchy.Controllers.Length + (hierarchy.Name is null ? 0 : 1)));
        ContainerCgroup.OfPaths(paths).Paths.Should().Equal(paths);
    }

    [Fact]
    public void Paths_that_are_not_below_their_hierarchy_are_refused()
    {
        Requires.Host(!ContainerCgroup.Hierarchies.IsEmpty, "cgroups");
        (string key, string path) = ContainerCgroup.At("/x").Paths.First();
        string top = Path.GetDirectoryName(path)!, what = key.Length == 0 ? "version 2" : key;

        foreach (string bad in new[] { top, $"{top}/", $"{top}/./", $"{top}x/y", $"{top}/x/..", $"{top}/../x", "/etc", "x", "" })
            FluentActions.Invoking(() => ContainerCgroup.OfPaths(new Dictionary<string, string> { [key] = bad })).Should().Throw<ArgumentException>()
                .WithMessage($"'{bad}' is not below {top}, where the hierarchy of {what} is*").WithParameterName("paths");
    }

    [Fact]
    public void One_of_some_paths_is_there_in_those_alone()
    {
        Requires.Host(!ContainerCgroup.Hierarchies.IsEmpty, "cgroups");
        KeyValuePair<string, string> one = ContainerCgroup.At("/libcontainer-test/x").Paths.First();

        ContainerCgroup cgroup = ContainerCgroup.OfPaths(new Dictionary<string, string>([one]));

        cgroup.Paths.Values.Should().OnlyContain(path => path == one.Value);
        cgroup.Exists.Should().BeFalse();
    }

    [Fact]
    public void It_can_be_removed_twice_and_by_whoever_has_its_paths()
    {
        Requires.Root();
        ContainerCgroup cgroup = ContainerCgroup.At($"{TestCgroup.NewName()}/x");
        cgroup.Delete(); // nobody has made it
        cgroup.Create(new() { PidsLimit = 5 });
        cgroup.Exists.Should().BeTrue();

        ContainerCgroup.OfPaths(cgroup.Paths).Delete();

        cgroup.Exists.Should().BeFalse();
        cgroup.Delete();
        cgroup.Delete();
        cgroup.Create();
        cgroup.Delete();
        cgroup.Paths.Values.Should().NotContain(path => Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public void When_a_limit_is_refused_nothing_is_left_but_where_somebody_may_have_been_born()
    {
        Requires.Root();
        ContainerCgroup cgroup = ContainerCgroup.At($"{TestCgroup.NewName()}/x");
        ResourceConfiguration bad = new() { Cpu = new() { QuotaMicroseconds = 5 } };

        FluentActions.Invoking(() => cgroup.Create(bad)).Should().Throw<CgroupException>();
        cgroup.Paths.Values.Should().NotContain(path => Directory.Exists(Path.GetDirectoryName(path)));

        using System.Runtime.InteropServices.SafeHandle? birthplace = cgroup.CreateBirthplace(bad);
        FluentActions.Invoking(() => cgroup.Create(bad)).Should().Throw<CgroupException>();
        cgroup.Paths.Where(path => Directory.Exists(path.Value)).Select(path => path.Key).Should().Equal(birthplace is null ? Array.Empty<string>() : [""]);
        cgroup.Delete();
        cgroup.Exists.Should().BeFalse();
    }

    [Fact]
    public void What_is_not_there_cannot_be_frozen_and_has_no_processes()
    {
        Requires.Root();
        ContainerCgroup cgroup = ContainerCgroup.At(TestCgroup.NewName());

        cgroup.IsFrozen.Should().BeFalse();
        cgroup.GetProcessIds().Should().BeEmpty();
        cgroup.Kill();
        FluentActions.Invoking(() => cgroup.Freeze()).Should().Throw<CgroupException>().WithMessage("freeze: there is no such cgroup, or this host has no freezer: *");
        FluentActions.Invoking(cgroup.Thaw).Should().Throw<CgroupException>();
    }
}
