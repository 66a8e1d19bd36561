using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Mount.Tests;

/// <summary>Nodes, and the links of /dev.</summary>
public sealed class DeviceStepsTests
{
    private static readonly string[] Links = ["ptmx", "fd", "stdin", "stdout", "stderr"];

    [Fact]
    public void Devices_of_one_directory_share_its_opening()
    {
        IEnumerable<LaunchStep> steps = FileSteps(Plans.Bare with
        {
            Devices = [Node("/dev/a"), Node("/dev/b"), Node("/dev/net/c"), Node("/dev/net//d"), Node("/dev/./e")],
        });

        steps.TakeWhile(step => step is not MakeSymbolicLinkStep).Should().Equal(
            new OpenDirectoryStep("/dev"), Made("a"), Made("b"),
            new OpenDirectoryStep("/dev/net"), Made("c"), Made("d"),
            new OpenDirectoryStep("/dev"), Made("e"));
    }

    [Fact]
    public void Links_are_made_in_dev_wherever_the_last_device_was()
    {
        LaunchStep[] steps = FileSteps(Plans.Bare with { Devices = [Node("/dev/a"), Node("/srv/b")] });

        steps[^(LinksOf(steps).Count() + 1)].Should().Be(new OpenDirectoryStep("/dev"));
    }

    [Fact]
    public void Links_are_made_without_any_device()
    {
        LaunchStep[] steps = FileSteps(Plans.Bare);

        steps[0].Should().Be(new OpenDirectoryStep("/dev"));
        LinksOf(steps).Should().Contain(Links).And.NotContain("shm");
    }

    [Theory]
    [InlineData("/dev")]
    [InlineData("/dev/")]
    [InlineData("/x/../dev")]
    public void Nothing_is_made_in_a_dev_that_is_bound_from_the_host(string destination)
        => FileSteps(Plans.Bare with { Mounts = [MountConfiguration.Bind("/dev", destination)], Devices = DeviceNode.Defaults }).Should().BeEmpty();

    [Theory]
    [InlineData("/dev/shm")]
    [InlineData("/mnt/dev")]
    public void A_bind_elsewhere_is_no_reason_to_leave_links_out(string destination)
        => LinksOf(FileSteps(Plans.Bare with { Mounts = [MountConfiguration.Bind("/dev", destination)] })).Should().Contain(Links);

    [Fact]
    public void The_link_to_kernel_memory_is_there_when_this_kernel_has_it()
        => LinksOf(FileSteps(Plans.Bare)).Contains("kcore").Should().Be(File.Exists("/proc/kcore"));

    [Theory]
    [InlineData("/dev/shm", false)]
    [InlineData("/dev//shm/", false)]
    [InlineData("/dev/mqueue", true)]
    public void Shared_memory_of_the_hosts_programs_lies_in_tmp_when_nothing_is_mounted_for_it(string mount, bool linked)
        => FileSteps(Plans.Bare with { Root = RootFileSystem.HostUserland(), Mounts = [MountConfiguration.Memory(mount)] })
            .Contains(new MakeSymbolicLinkStep("shm", "/tmp")).Should().Be(linked);

    [Theory]
    [InlineData(DeviceType.Character, NodeType.Character)]
    [InlineData(DeviceType.Block, NodeType.Block)]
    [InlineData(DeviceType.Fifo, NodeType.Fifo)]
    public void A_node_is_made_as_it_is_described(DeviceType type, NodeType node)
        => FileSteps(Plans.Bare with { Devices = [new("/dev/x", type, 7, 9, 0x180, 5, 6)] }).OfType<MakeNodeStep>()
            .Should().Equal(new MakeNodeStep("x", node, 7, 9, 0x180, 5, 6));

    private static DeviceNode Node(string path) => new(path, DeviceType.Character, 1, 3);

    private static MakeNodeStep Made(string name) => new(name, NodeType.Character, 1, 3, 0x1B6);

    /// <summary>Only what is made for devices.</summary>
    private static LaunchStep[] FileSteps(ContainerConfiguration container)
    {
        LaunchPlan.Builder plan = new();
        DeviceSteps.Add(plan, container, open: null);
        return [.. plan.Build().Steps];
    }

    private static IEnumerable<string> LinksOf(IEnumerable<LaunchStep> steps) => steps.OfType<MakeSymbolicLinkStep>().Select(step => step.Name);
}
