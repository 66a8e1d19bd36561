using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>Directories of cgroups of both versions, made and removed.</summary>
public sealed class CgroupTreeTests
{
    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Whoever_is_the_last_to_go_takes_the_parents_along_that_were_made_for_it(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "pids");
        CgroupDirectory first = cgroup.Below("p/q/1"), second = cgroup.Below("p/q/2");

        CgroupTree.Make(first);
        CgroupTree.Make(second);
        CgroupTree.Remove(first);

        second.Exists.Should().BeTrue();
        CgroupTree.Remove(second);
        cgroup.Below("p").Exists.Should().BeFalse();
        cgroup.Directory.Exists.Should().BeTrue("others have made it");
    }

    [Fact]
    public void A_parent_that_was_there_stays()
    {
        using TestCgroup cgroup = TestCgroup.Of(CgroupDirectoriesTests.AnyVersion, "pids");
        CgroupDirectory parent = cgroup.Child("p"), made = cgroup.Below("p/q/x");

        CgroupTree.Make(made);
        CgroupTree.Remove(made);

        parent.Exists.Should().BeTrue();
        Directory.GetDirectories(parent.Path).Should().BeEmpty();
    }

    [Fact]
    public void A_parent_that_somebody_uses_stays_until_the_next_one_ends_below_it()
    {
        using TestCgroup cgroup = TestCgroup.V1("pids");
        CgroupDirectory made = cgroup.Below("p/x");
        CgroupTree.Make(made);
        using (TestProcess process = new(cgroup.Below("p")))
        {
            CgroupTree.Remove(made);
            cgroup.Below("p").Exists.Should().BeTrue();
        }

        CgroupTree.Make(made);
        CgroupTree.Remove(made);

        cgroup.Below("p").Exists.Should().BeFalse();
    }

    [Fact]
    public void One_that_is_there_and_empty_is_made_anew()
    {
        using TestCgroup cgroup = TestCgroup.V1("pids");
        CgroupDirectory there = cgroup.Child("x");
        there.Write("pids.max", "5");
        cgroup.Child("x/below/that");

        CgroupTree.Make(there);

        there.Read("pids.max").Should().Be("max");
        Directory.GetDirectories(there.Path).Should().BeEmpty();
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void One_that_is_in_use_is_not_taken_and_not_touched(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "pids");
        CgroupDirectory there = cgroup.Child("x");
        using TestProcess first = new(there), second = new(cgroup.Child("x/below"));
        first.Answers().Should().BeTrue(); // the shell is cat by now
        second.Answers().Should().BeTrue();

        string users = string.Join(", ", new[] { first.Id, second.Id }.Order().Select(id => $"{id} (cat)"));
        CgroupException error = FluentActions.Invoking(() => CgroupTree.Make(there)).Should().Throw<CgroupException>()
            .WithMessage($"mkdir {there.Path}: EEXIST (File exists), and it is in use: processes {users} are in it").Which;

        error.Error.Should().Be(Errno.EEXIST);
        first.Answers().Should().BeTrue();
        second.Answers().Should().BeTrue();
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void When_it_cannot_be_made_nothing_is_left(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "pids");
        string path = $"{cgroup.Directory.Path}/p/q/a\nb"; // a line break would make lines of /proc/PID/cgroup two

        FluentActions.Invoking(() => CgroupTree.Make(new(cgroup.Directory.Hierarchy, path))).Should().Throw<CgroupException>()
            .WithMessage($"mkdir {path}: EINVAL (*").Which.Error.Should().Be(Errno.EINVAL);

        Directory.GetDirectories(cgroup.Directory.Path).Should().BeEmpty();
    }

    [Fact]
    public void Without_the_mount_point_that_is_told()
    {
        using TemporaryDirectory folder = new();
        CgroupHierarchy hierarchy = new(CgroupVersion.V2, folder["none"], "/", [], null, "/");

        FluentActions.Invoking(() => CgroupTree.Make(new(hierarchy, folder["none/p/x"]))).Should().Throw<CgroupException>().WithMessage($"mkdir {folder["none/p/x"]}: ENOENT (*");

        Directory.Exists(folder["none"]).Should().BeFalse();
    }

    /// <summary>Without that, nobody can be put into a cpuset of version 1.</summary>
    [Fact]
    public void A_cpuset_of_version_1_has_what_the_one_above_has_and_that_as_well()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpuset");
        CgroupDirectory top = new(cgroup.Directory.Hierarchy, cgroup.Directory.Hierarchy.MountPoint), made = cgroup.Below("p/x");
        cgroup.Directory.Read("cpuset.cpus").Should().BeEmpty("nobody has prepared it");

        CgroupTree.Make(made);

        foreach (CgroupDirectory directory in new[] { cgroup.Directory, cgroup.Below("p"), made })
        {
            directory.Read("cpuset.cpus").Should().Be(top.Read("cpuset.cpus"));
            directory.Read("cpuset.mems").Should().Be(top.Read("cpuset.mems"));
        }
        using TestProcess process = new(made);
    }

    [Fact]
    public void A_cpuset_has_no_more_than_the_one_above()
    {
        using TestCgroup cgroup = TestCgroup.V1("cpuset");
        cgroup.Directory.Write("cpuset.cpus", "0");
        cgroup.Directory.Write("cpuset.mems", "0");

        CgroupTree.Make(cgroup.Below("x"));

        cgroup.Below("x").Read("cpuset.cpus").Should().Be("0");
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Cgroups_below_go_with_it(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "pids");
        CgroupDirectory made = cgroup.Below("x");
        CgroupTree.Make(made);
        foreach (string below in new[] { "x/1/2/3", "x/1/4", "x/5" })
            cgroup.Child(below);

        CgroupTree.Remove(made);

        made.Exists.Should().BeFalse();
        CgroupTree.Remove(made); // what is not there is removed already
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Who_stays_in_it_is_told_and_left_alone(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "pids");
        CgroupDirectory made = cgroup.Below("x");
        CgroupTree.Make(made);
        using TestProcess process = new(made);
        process.Answers().Should().BeTrue(); // the shell is cat by now

        FluentActions.Invoking(() => CgroupTree.Remove(made)).Should().Throw<CgroupException>()
            .WithMessage($"rmdir {made.Path}: EBUSY (Device or resource busy): process {process.Id} (cat) is in it").Which.Error.Should().Be(Errno.EBUSY);

        process.Answers().Should().BeTrue();
    }

    [Fact]
    public async Task Who_leaves_in_time_is_waited_for()
    {
        using TestCgroup cgroup = TestCgroup.Of(CgroupDirectoriesTests.AnyVersion, "pids");
        using TestProcess process = new(cgroup.Child("x"));
        using ManualResetEventSlim begins = new();

        Task removed = Task.Run(() =>
        {
            begins.Set();
            CgroupTree.Remove(cgroup.Below("x"));
        });
        begins.Wait();
        process.Kill();

        await removed.WaitAsync(TimeSpan.FromMinutes(1));
        cgroup.Below("x").Exists.Should().BeFalse();
    }

    [Fact]
    public void Many_below_one_parent_may_come_and_go_at_once()
    {
        using TestCgroup cgroup = TestCgroup.Of(CgroupDirectoriesTests.AnyVersion, "pids");

        Parallel.For(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            CgroupDirectory made = cgroup.Below($"p/q/{i}");
            CgroupTree.Make(made);
            CgroupTree.Remove(made);
        });

        Directory.GetDirectories(cgroup.Directory.Path).Should().BeEmpty();
    }
}
