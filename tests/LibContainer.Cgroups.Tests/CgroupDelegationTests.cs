using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>Controllers passed down, on a machine that has them in version 2.</summary>
public sealed class CgroupDelegationTests
{
    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void What_is_needed_is_passed_down_from_the_top_and_nothing_else()
    {
        using TestCgroup cgroup = WithControllers("memory", "pids", "io");
        CgroupDirectory below = cgroup.Child("p/x");

        CgroupDelegation.Enable(below, ["pids"], all: false);

        Words(below, "cgroup.controllers").Should().Equal("pids");
        Words(cgroup.Below("p"), "cgroup.subtree_control").Should().Equal("pids");
        Words(below, "cgroup.subtree_control").Should().BeEmpty("it is for processes");
        CgroupDelegation.Enable(below, ["memory", "pids"], all: false);
        Words(below, "cgroup.controllers").Should().BeEquivalentTo("memory", "pids");
    }

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void For_the_statistics_all_are()
    {
        using TestCgroup cgroup = WithControllers("memory", "pids", "io");
        CgroupDirectory below = cgroup.Child("p/x");

        CgroupDelegation.Enable(below, [], all: true);

        Words(below, "cgroup.controllers").Should().BeEquivalentTo(Words(cgroup.Directory, "cgroup.controllers")).And.Contain(["memory", "pids", "io"]);
    }

    [Fact]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    public void A_controller_that_is_not_passed_down_from_above_the_mount_point_is_told()
    {
        using TestCgroup cgroup = WithControllers("memory", "pids");
        cgroup.Child("p/x");
        cgroup.Directory.Write("cgroup.subtree_control", "+memory");
        // As a container sees it: the top of what it sees is a cgroup to which not everything is delegated.
        CgroupHierarchy seen = cgroup.Directory.Hierarchy with { MountPoint = cgroup.Below("p").Path };

        FluentActions.Invoking(() => CgroupDelegation.Enable(new(seen, cgroup.Below("p/x").Path), ["memory", "pids"], all: false)).Should().Throw<CgroupException>()
            .WithMessage($"controller pids is not delegated to {cgroup.Below("p").Path}: cgroup.controllers there has 'memory'").Which.Error.Should().Be(Errno.ENOENT);
    }

    /// <summary>The kernel's rule that only leaves have processes, once something is passed down.</summary>
    [Theory]
    [Trait("Machine", "v2")]
    [Trait("Machine", "uml")]
    [InlineData("memory")]
    [InlineData("pids")] // the kernel would do that, and nobody could be born below
    public void That_processes_above_are_in_the_way_is_told_when_it_matters(string needed)
    {
        using TestCgroup cgroup = WithControllers("memory", "pids");
        CgroupDirectory below = cgroup.Child("p/x");
        using TestProcess process = new(cgroup.Below("p"));

        FluentActions.Invoking(() => CgroupDelegation.Enable(below, [needed], all: true)).Should().Throw<CgroupException>()
            .WithMessage($"controller {needed} cannot be passed down to {below.Path}, since processes are in {cgroup.Below("p").Path}")
            .Which.Error.Should().Be(Errno.EBUSY);
        CgroupDelegation.Enable(below, [], all: true); // the statistics do without
        Words(below, "cgroup.controllers").Should().BeEmpty();
        below.Read("cgroup.type").Should().Be("domain");
    }

    private static TestCgroup WithControllers(params string[] controllers)
    {
        TestCgroup cgroup = TestCgroup.V2();
        CgroupDelegation.Enable(cgroup.Directory, controllers, all: false);
        Words(cgroup.Directory, "cgroup.controllers").Should().Contain(controllers);
        return cgroup;
    }

    private static string[] Words(CgroupDirectory cgroup, string file) => cgroup.Read(file).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
