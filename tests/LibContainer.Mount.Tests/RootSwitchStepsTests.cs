using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Mount.Tests;

/// <summary>Leaving the host's root.</summary>
public sealed class RootSwitchStepsTests
{
    private static MountEntry At(string path, string type) => new(1, 0, "0:1", "/", path, "rw", type, type, "rw");

    [Fact]
    public void What_the_host_shows_of_the_kernel_goes_and_takes_with_it_what_lies_below()
        => RootSwitchSteps.KernelViews([At("/", "ext4"), At("/proc", "proc"), At("/proc/sys", "proc"), At("/sys", "sysfs"), At("/sys/fs/cgroup", "tmpfs"), At("/srv/x/proc", "proc"), At("/procession", "proc")])
            .Should().Equal("/procession", "/srv/x/proc", "/sys", "/proc");

    /// <summary>Two on one another: one call each, or the lower one would stay.</summary>
    [Fact]
    public void Each_of_a_stack_is_unmounted() => RootSwitchSteps.KernelViews([At("/proc", "proc"), At("/proc", "proc")]).Should().Equal("/proc", "/proc");

    [Fact]
    public void A_root_is_moved_last_when_all_else_is_done()
    {
        LaunchStep[] steps = [.. Plans.Root(Plans.Bare with { RootSwitch = RootSwitch.Move, MaskedPaths = ["/x"] })];

        steps.Should().Contain(new SetPropagationStep(MountFlags.Slave | MountFlags.Recursive)).And.NotContain(step => step is PivotRootStep);
        steps[^1].Should().Be(new ChangeRootStep());
        steps[^2].Should().BeOfType<UnmountStep>();
        Array.FindIndex(steps, step => step is UnmountStep).Should().BeGreaterThan(Array.FindIndex(steps, step => step is MaskPathStep), "/dev/null of the host is needed until then");
    }

    [Theory]
    [InlineData("tmpfs", "", "context=\"a:b:c:s0:c1,c2\"")]
    [InlineData("tmpfs", "mode=755", "mode=755,context=\"a:b:c:s0:c1,c2\"")]
    [InlineData("devpts", "newinstance", "newinstance,context=\"a:b:c:s0:c1,c2\"")]
    [InlineData("proc", "", "")]
    [InlineData("mqueue", "", "")]
    public void File_systems_in_memory_get_the_label(string type, string data, string expected)
    {
        ContainerConfiguration container = Plans.Bare with { MountLabel = "a:b:c:s0:c1,c2", Mounts = [new("/x", type, type, Data: data)] };

        Plans.Root(container).OfType<MountStep>().Single().Data.Should().Be(expected);
    }

    [Fact]
    public void A_root_in_memory_and_its_tmp_get_the_label()
    {
        LaunchStep[] steps = [.. Plans.Root(Plans.Bare with { Root = RootFileSystem.HostUserland(), MountLabel = "a:b:c:s0" })];

        steps.Should().Contain(new OpenRootMemoryStep("1m", "a:b:c:s0"));
        steps.OfType<MountStep>().Single(step => step.Destination == "/tmp").Data.Should().Be("mode=1777,context=\"a:b:c:s0\"");
    }
}
