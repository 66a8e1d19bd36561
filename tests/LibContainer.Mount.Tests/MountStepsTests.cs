using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Mount.Tests;

/// <summary>A root as steps, and their order.</summary>
public sealed class MountStepsTests
{
    [Fact]
    public void The_steps_of_a_root_are_in_this_order()
    {
        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.Directory("/srv/root"),
            Mounts =
            [
                new("/proc", "proc", "proc", MountOptions.NoExec),
                new("/dev", "tmpfs", "tmpfs", MountOptions.ReadOnly, "mode=755"),
                MountConfiguration.Bind("/usr", "/host/usr", readOnly: true),
                new("/var/cache", "tmpfs", "cache", MountOptions.ReadOnly | MountOptions.NoDev),
            ],
            Devices = [new("/dev/null", DeviceType.Character, 1, 3)],
            MaskedPaths = ["/proc/kcore", "/proc/keys/"],
            ReadOnlyPaths = ["/proc/sys", "/proc//irq"],
        };

        WithoutKcore(Plans.Root(container)).Should().Equal(
            new SetUmaskStep(0),
            new SetPropagationStep(MountFlags.Private | MountFlags.Recursive),
            new OpenRootTreeStep("/srv/root", MountFlags.NoDev),
            new MountStep("proc", "/proc", "proc", MountFlags.NoExec),
            new MountStep("tmpfs", "/dev", "tmpfs", MountFlags.None, "mode=755"),
            new BindStep("/usr", "/host/usr", MountFlags.Recursive | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.ReadOnly),
            new MountStep("cache", "/var/cache", "tmpfs", MountFlags.NoDev),
            new OpenDirectoryStep("/dev"),
            new MakeNodeStep("null", NodeType.Character, 1, 3, 0x1B6),
            new MakeSymbolicLinkStep("ptmx", "pts/ptmx"),
            new MakeSymbolicLinkStep("fd", "/proc/self/fd"),
            new MakeSymbolicLinkStep("stdin", "/proc/self/fd/0"),
            new MakeSymbolicLinkStep("stdout", "/proc/self/fd/1"),
            new MakeSymbolicLinkStep("stderr", "/proc/self/fd/2"),
            new MaskPathStep("/proc/kcore"),
            new MaskPathStep("/proc/keys"),
            new ReadOnlyPathStep("/proc/sys"),
            new ReadOnlyPathStep("/proc/irq"),
            new ReadOnlyMountStep("/dev"),
            new ReadOnlyMountStep("/var/cache"),
            new PivotRootStep());
    }

    /// <summary>New names in a file system that the plan has just made need no walk; anything else does.</summary>
    [Theory]
    [InlineData("/dev:tmpfs /dev/pts:devpts /dev/shm:tmpfs", "/dev/pts /dev/shm")]
    [InlineData("/dev:tmpfs /dev/shm:tmpfs /dev/shm/x:tmpfs /dev/pts:devpts", "/dev/shm")] // not in /dev itself, and from there on /dev is not the last
    [InlineData("/dev:tmpfs /dev/shm:tmpfs /dev/shm:tmpfs", "/dev/shm")] // the second lies on the first
    [InlineData("/dev:tmpfs /dev:tmpfs /dev/shm:tmpfs", "/dev/shm")]
    [InlineData("/dev:tmpfs /data:bind /dev/shm:tmpfs", "")]
    [InlineData("/dev:devtmpfs /dev/shm:tmpfs", "")] // the kernel's, and full of names
    [InlineData("/:tmpfs /x:tmpfs", "")]
    public void Mounts_in_a_new_file_system_are_made_by_name(string mounts, string byName)
    {
        ContainerConfiguration container = Plans.Bare with
        {
            Mounts = [.. mounts.Split(' ').Select(mount => mount.Split(':')).Select(mount => mount[1] == "bind" ? MountConfiguration.Bind(mount[0], "/tmp") : new MountConfiguration(mount[0], mount[1], mount[1]))],
        };

        LaunchStep[] steps = [.. Plans.Root(container)];

        string.Join(' ', steps.OfType<MountStep>().Where(step => step.IsInNewDirectory).Select(step => step.Destination)).Should().Be(byName);
        if (byName.Length > 0)
            steps[Array.FindIndex(steps, step => step is MountStep { IsInNewDirectory: true }) - 1].Should().Be(new OpenDirectoryStep("/dev"));
    }

    [Fact]
    public void A_root_of_the_hosts_programs_is_made_in_the_place_of_a_directory()
    {
        LaunchStep[] steps = [.. Plans.Root(Plans.Bare with { Root = RootFileSystem.HostUserland() })];

        steps[..3].Should().Equal(
            new SetUmaskStep(0), new SetPropagationStep(MountFlags.Private | MountFlags.Recursive), new OpenRootMemoryStep("1m"));
        steps.Should().NotContain(step => step is OpenRootTreeStep).And.ContainSingle(step => step is BindStep && ((BindStep)step).Destination == "/usr");
        steps[^1].Should().Be(new PivotRootStep());
    }

    [Fact]
    public void The_name_of_the_host_is_in_the_hosts_file_of_such_a_root()
        => Plans.Root(Plans.Bare with { Root = RootFileSystem.HostUserland(), Hostname = "web" }).OfType<WriteFileStep>()
            .Single(step => step.Name == "hosts").Content.Should().Be("127.0.0.1\tlocalhost web\n::1\tlocalhost\n");

    [Fact]
    public void A_tmpfs_that_shall_be_read_only_is_mounted_writable_and_closed_when_it_is_filled()
    {
        List<LaunchStep> steps = [.. Plans.Root(Plans.Bare with
        {
            Mounts = [new("/dev/", "tmpfs", "tmpfs", MountOptions.ReadOnly | MountOptions.NoSuid), MountConfiguration.Memory("/dev/x")],
            Devices = DeviceNode.Defaults,
        })];

        steps.OfType<MountStep>().First().Flags.Should().Be(MountFlags.NoSuid);
        int closed = steps.IndexOf(new ReadOnlyMountStep("/dev"));
        closed.Should().BeGreaterThan(steps.FindLastIndex(step => step is MountStep or OpenDirectoryStep or MakeNodeStep or MakeSymbolicLinkStep));
        steps.Should().ContainSingle(step => step is ReadOnlyMountStep, "the other one stays writable");
    }

    [Theory]
    [InlineData("sysfs")]
    [InlineData("mqueue")]
    [InlineData("proc")]
    public void Another_file_system_is_read_only_from_the_start(string type)
    {
        LaunchStep[] steps = [.. Plans.Root(Plans.Bare with { Mounts = [new("/x", type, type, MountOptions.ReadOnly)] })];

        steps.Should().Contain(new MountStep(type, "/x", type, MountFlags.ReadOnly)).And.NotContain(step => step is ReadOnlyMountStep);
    }

    [Theory]
    [InlineData(MountOptions.None, MountFlags.None)]
    [InlineData(MountOptions.ReadOnly, MountFlags.ReadOnly)]
    [InlineData(MountOptions.NoSuid, MountFlags.NoSuid)]
    [InlineData(MountOptions.NoDev, MountFlags.NoDev)]
    [InlineData(MountOptions.NoExec, MountFlags.NoExec)]
    [InlineData(MountOptions.NoAtime, MountFlags.NoAtime)]
    [InlineData(MountOptions.StrictAtime, MountFlags.StrictAtime)]
    [InlineData(MountOptions.Recursive, MountFlags.Recursive)]
    [InlineData(MountOptions.NoSuid | MountOptions.NoDev | MountOptions.NoExec, MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec)]
    public void An_option_is_the_flag_of_mount_2(MountOptions options, MountFlags flags)
        => Plans.Root(Plans.Bare with { Mounts = [new("/x", MountConfiguration.BindType, "/", options)] }).OfType<BindStep>()
            .Should().Equal(new BindStep("/", "/x", flags));

    [Fact]
    public void A_bind_knows_a_file_from_a_directory()
    {
        using TemporaryDirectory host = new();
        Directory.CreateDirectory(host["directory"]);
        File.WriteAllText(host["file"], "");
        File.CreateSymbolicLink(host["link"], "directory");

        IEnumerable<BindStep> binds = Plans.Root(Plans.Bare with
        {
            Mounts = [.. new[] { "directory", "file", "link" }.Select(name => MountConfiguration.Bind(host[name], "/" + name))],
        }).OfType<BindStep>();

        binds.Select(bind => (bind.Source, bind.Destination, bind.IsFile)).Should().Equal(
            (host["directory"], "/directory", false), (host["file"], "/file", true), (host["link"], "/link", false));
    }

    [Fact]
    public void Destinations_are_planned_without_dots_and_double_slashes()
        => Plans.Root(Plans.Bare with { Mounts = [MountConfiguration.Bind("/", "/a/./b//c/"), MountConfiguration.Memory("//x/y/../z")] })
            .Should().Contain(step => step is BindStep && ((BindStep)step).Destination == "/a/b/c")
            .And.Contain(step => step is MountStep && ((MountStep)step).Destination == "/x/z");

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void A_root_is_made_read_only_when_asked_for_and_not_with_the_rest(bool asked, int steps)
    {
        LaunchPlan.Builder plan = new();
        MountSteps.AddReadOnlyRoot(plan, Plans.Bare with { ReadOnlyRoot = asked });

        plan.Build().Steps.Should().Equal(Enumerable.Repeat(new ReadOnlyRootStep(), steps));
        Plans.Root(Plans.Bare with { ReadOnlyRoot = asked }).Should().NotContain(step => step is ReadOnlyRootStep);
    }

    /// <summary>The link is there when this kernel has what it points to.</summary>
    private static IEnumerable<LaunchStep> WithoutKcore(IEnumerable<LaunchStep> steps)
        => steps.Where(step => step is not MakeSymbolicLinkStep { Name: "kcore" });

    [Theory]
    [InlineData(false, "/dev/x", MountFlags.NoDev)]
    [InlineData(true, "/dev/x", MountFlags.NoDev | MountFlags.ReadOnly)]
    [InlineData(false, "/x", MountFlags.None)]
    [InlineData(true, "/x", MountFlags.ReadOnly)]
    public void The_tree_of_a_root_has_no_devices_unless_some_are_made_on_it(bool readOnly, string device, MountFlags expected)
        => Plans.Root(Plans.Bare with
        {
            Root = RootFileSystem.Directory("/srv/root"),
            ReadOnlyRoot = readOnly,
            Mounts = [MountConfiguration.Memory("/dev")],
            Devices = [new(device, DeviceType.Character, 1, 3)],
        }).Should().Contain(new OpenRootTreeStep("/srv/root", expected));

    /// <summary>A bind over /dev is what the path leads to: it must not become read-only for the memory below it.</summary>
    [Fact]
    public void A_mount_that_another_covers_is_not_closed()
        => Plans.Root(Plans.Bare with
        {
            Root = RootFileSystem.Directory("/srv/root"),
            Mounts = [new("/dev", "tmpfs", "tmpfs", MountOptions.ReadOnly), MountConfiguration.Bind("/usr", "/dev/")],
        }).Should().NotContain(step => step is ReadOnlyMountStep);
}
