using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A container in a cgroup of its own, in whatever version this host has.</summary>
public class CgroupTests : IDisposable
{
    /// <summary>Without a cgroup namespace: what it reads about itself is what the host would.</summary>
    private static readonly ContainerConfiguration HostsView = Sandbox.Default with { Namespaces = Sandbox.Default.Namespaces & ~NamespaceKinds.Cgroup };

    private readonly TestCgroups _cgroups = new();

    public void Dispose()
    {
        _cgroups.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void It_is_in_its_cgroup_in_every_hierarchy_and_nothing_is_left_of_that()
    {
        Requires.Root();
        string path = _cgroups.NewPath();

        Sandbox.Result result = Sandbox.Script("cat /proc/self/cgroup", HostsView with { CgroupPath = path });

        result.Lines.Should().HaveCount(ContainerCgroup.Hierarchies.Length).And.OnlyContain(line => line.EndsWith("/" + path));
        _cgroups.Left().Should().BeEmpty();
    }

    [Fact]
    public void A_cgroup_namespace_has_its_top_there()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("cat /proc/self/cgroup", Sandbox.Default with { CgroupPath = _cgroups.NewPath() });

        result.Lines.Should().HaveCount(ContainerCgroup.Hierarchies.Length).And.OnlyContain(line => line.EndsWith(":/"));
    }

    [Fact]
    public void A_limit_without_a_path_makes_a_cgroup_of_the_librarys_choice()
    {
        Requires.Root();
        string[] lines = Sandbox.Script("cat /proc/self/cgroup", HostsView with { Resources = new() { PidsLimit = 10 } }).Lines;

        lines.Should().OnlyContain(line => line.Contains("/libcontainer-"));
        string name = Path.GetFileName(lines[0]);
        ContainerCgroup.Hierarchies.Should().OnlyContain(hierarchy => Directory.GetDirectories(hierarchy.MountPoint, name, SearchOption.AllDirectories).Length == 0);
    }

    [Fact]
    public void A_view_shows_its_own_cgroup_and_none_of_the_hosts()
    {
        Requires.Root();
        ContainerConfiguration container = Sandbox.Default with
        {
            CgroupPath = _cgroups.NewPath(),
            Resources = new() { PidsLimit = 77 },
            Mounts = [.. Sandbox.Default.Mounts, MountConfiguration.CgroupView],
        };

        Sandbox.Result result = Sandbox.Script(
            "cat $(find /sys/fs/cgroup -follow -name pids.max 2>/dev/null | head -n 1); find /sys/fs/cgroup -mindepth 1 -name 'libcontainer*'; mkdir $(find /sys/fs/cgroup -name cgroup.procs | head -n 1 | xargs dirname)/x",
            container);

        result.Output.Should().Be("77\n");
        result.Error.Should().Contain("Read-only file system");
    }

    [Fact]
    public void A_view_without_a_namespace_is_refused()
        => FluentActions.Invoking(() => Namespaces.Plan(HostsView with { Mounts = [.. Sandbox.Default.Mounts, MountConfiguration.CgroupView] }, new ProcessConfiguration("/bin/true")))
            .Should().Throw<ConfigurationException>().WithMessage("mounts[*].type: a view of cgroups needs a cgroup namespace*");

    [Fact]
    public void A_plan_shows_how_it_joins()
    {
        LaunchPlan plan = Namespaces.Plan(Sandbox.Default with { CgroupPath = "/libcontainer-test/x" }, new ProcessConfiguration("/bin/true"));

        string text = plan.ToString();

        foreach (CgroupHierarchy hierarchy in ContainerCgroup.Hierarchies.Where(hierarchy => hierarchy.Version == CgroupVersion.V1))
            text.Should().Contain($"write 0 to tasks of {hierarchy.MountPoint}/libcontainer-test/x  [write]");
        text.Should().Contain("unshare CLONE_NEWCGROUP");
        text.Split('\n')[0].Should().NotContain("CLONE_NEWCGROUP", "its top would be the host's cgroup");
    }

    [Theory]
    [InlineData("a/../../b", "cgroupPath: 'a/../../b' climbs")]
    [InlineData("/", "cgroupPath: '/' is the top of every hierarchy, and no cgroup of the container's own")]
    public void A_bad_path_is_told(string path, string sentence)
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with { CgroupPath = path })).Should().Throw<ConfigurationException>().WithMessage(sentence);
    }

    [Fact]
    public void A_value_that_the_kernel_refuses_is_told_and_nothing_is_left()
    {
        Requires.Root();
        Footprint before = Warm();

        CgroupException error = FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with
        {
            CgroupPath = _cgroups.NewPath(),
            Resources = new() { Cpu = new() { QuotaMicroseconds = 5 } },
        })).Should().Throw<CgroupException>().Which;

        error.Error.Should().Be(Errno.EINVAL);
        error.Message.Should().MatchRegex(@"^write cpu\.(cfs_quota_us|max) = 5 of /sys/fs/cgroup/.*: EINVAL \(Invalid argument\)$");
        _cgroups.Left().Should().BeEmpty();
        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void A_cgroup_that_others_use_is_not_taken_and_not_touched()
    {
        Requires.Root();
        using Process other = Command.Start("sleep", "60");
        ContainerCgroup cgroup = ContainerCgroup.At(_cgroups.NewPath());
        cgroup.Create();
        string directory = cgroup.Paths.First().Value;
        File.WriteAllText($"{directory}/cgroup.procs", $"{other.Id}");
        try
        {
            FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with { CgroupPath = _cgroups.LastPath })).Should().ThrowExactly<CgroupException>()
                .WithMessage($"mkdir {directory}: EEXIST (File exists), and it is in use: process {other.Id} (sleep) is in it");

            other.HasExited.Should().BeFalse();
            cgroup.Paths.Values.Should().OnlyContain(path => Directory.Exists(path));
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }
        cgroup.Delete();
    }

    [Fact]
    public void A_foreign_process_in_it_is_reported_and_left_alone()
    {
        Requires.Root();
        using Process foreigner = Command.Start("sleep", "60");
        ContainerCgroup? made = null;
        try
        {
            FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default with { CgroupPath = _cgroups.NewPath() }, new ProcessConfiguration("/bin/true"), new ExecOptions
            {
                CgroupCreated = cgroup =>
                {
                    made = cgroup;
                    File.WriteAllText($"{cgroup.Paths.First().Value}/cgroup.procs", $"{foreigner.Id}");
                },
            })).Should().Throw<CgroupException>().WithMessage($"rmdir *: EBUSY (Device or resource busy): process {foreigner.Id} (sleep) is in it");

            foreigner.HasExited.Should().BeFalse();
        }
        finally
        {
            foreigner.Kill();
            foreigner.WaitForExit();
        }
        made!.Delete();
    }

    [Fact]
    public void Without_a_pid_namespace_what_it_leaves_behind_ends_with_it()
    {
        Requires.Root();
        ContainerConfiguration container = Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Namespaces = Sandbox.Default.Namespaces & ~NamespaceKinds.Pid };

        Sandbox.Result result = Sandbox.Script("setsid sleep 100 >/dev/null 2>&1 & echo $!", container);

        ContainerCgroup.OfProcess(int.Parse(result.Output, CultureInfo.InvariantCulture)).Should().BeNull("it has ended, though nobody may have waited for it yet");
        _cgroups.Left().Should().BeEmpty();
    }

    [Fact]
    public void Cgroups_that_it_made_below_its_own_go_with_it()
    {
        Requires.Root();
        ExecOptions options = new()
        {
            CgroupCreated = cgroup =>
            {
                foreach (string directory in cgroup.Paths.Values.Distinct())
                    Directory.CreateDirectory($"{directory}/below/that");
            },
        };

        Sandbox.Exec(Sandbox.Default with { CgroupPath = _cgroups.NewPath() }, new ProcessConfiguration("/bin/true"), options).Success.Should().BeTrue();

        _cgroups.Left().Should().BeEmpty();
    }

    [Fact]
    public void Another_process_knows_it_by_its_paths_or_by_a_process_in_it()
    {
        Requires.Root();
        ImmutableSortedDictionary<string, string>? paths = null, byProcess = null;
        int[] ids = [], again = [];
        Sandbox.Exec(Sandbox.Default with { CgroupPath = _cgroups.NewPath() }, new ProcessConfiguration("/bin/sleep", "100"), new ExecOptions
        {
            CgroupCreated = cgroup => paths = cgroup.Paths,
            Started = process =>
            {
                byProcess = ContainerCgroup.OfProcess(process.Id)!.Paths;
                ids = [process.Id];
                again = [.. ContainerCgroup.OfPaths(paths!).GetProcessIds()];
                process.Kill();
            },
        });

        byProcess!.Should().Equal(paths!);
        again.Should().Equal(ids);
        paths!.Should().HaveCountGreaterThanOrEqualTo(ContainerCgroup.Hierarchies.Length);
    }

    [Fact]
    public void Five_hundred_containers_leave_no_directory()
    {
        Requires.Root();
        using ProbeRoot root = new();
        Footprint before = Warm();

        for (int i = 0; i < 500; i++)
            Sandbox.Exec(root.Container with { CgroupPath = _cgroups.NewPath(), Resources = new() { PidsLimit = 5 } }, new ProcessConfiguration("/probe", "7")).ExitCode.Should().Be(7);

        _cgroups.Left().Should().BeEmpty();
        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void Containers_below_one_parent_may_start_and_end_at_once()
    {
        Requires.Root();
        using ProbeRoot root = new();

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ =>
            Sandbox.Exec(root.Container with { CgroupPath = _cgroups.NewPath("shared/parent") }, new ProcessConfiguration("/probe", "7")).ExitCode.Should().Be(7));

        _cgroups.Left().Should().BeEmpty();
    }

    /// <summary>Once with a cgroup and once with a failure, so that what is made or loaded once is there already.</summary>
    private Footprint Warm()
    {
        Sandbox.Script("true", Sandbox.Default with { CgroupPath = _cgroups.NewPath() });
        FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Resources = new() { Cpu = new() { QuotaMicroseconds = 5 } } })).Should().Throw<CgroupException>();
        return Footprint.Take();
    }
}
