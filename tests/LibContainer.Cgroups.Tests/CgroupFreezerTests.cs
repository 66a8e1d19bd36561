using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>Both freezers of the kernel.</summary>
public sealed class CgroupFreezerTests
{
    /// <summary>For what comes at once, or is broken.</summary>
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Processes_are_stopped_and_go_on(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using TestProcess process = new(cgroup.Directory), below = new(cgroup.Child("x"));
        CgroupFreezer freezer = new(cgroup.Directory), freezerBelow = new(cgroup.Below("x"));
        freezer.IsFrozen.Should().BeFalse();

        freezer.Freeze(Guard);

        freezer.IsFrozen.Should().BeTrue();
        freezerBelow.IsFrozen.Should().BeTrue();
        freezer.Freeze(Guard); // once more is no error
        freezer.Thaw();
        freezer.IsFrozen.Should().BeFalse();
        process.Answers().Should().BeTrue();
        below.Answers().Should().BeTrue();
        freezer.Thaw();
    }

    /// <summary>A shell in vfork(2) waits for its child, which may be frozen already.</summary>
    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Processes_that_fork_all_the_time_are_stopped(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using TestProcess first = new(cgroup.Directory, "while :; do /bin/true; done"), second = new(cgroup.Directory, "while :; do (/bin/true & wait); done");
        CgroupFreezer freezer = new(cgroup.Directory);
        try
        {
            for (int i = 0; i < 20; i++)
            {
                freezer.Freeze(Guard);
                CgroupProcesses.Read(cgroup.Directory).Should().Equal(CgroupProcesses.Read(cgroup.Directory)).And.Contain([first.Id, second.Id]);
                freezer.Thaw();
            }
        }
        finally
        {
            CgroupProcesses.Kill([cgroup.Directory], Guard);
        }
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Nobody_is_stopped_at_once_and_who_comes_later_too(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        CgroupFreezer freezer = new(cgroup.Directory);

        freezer.Freeze(Guard);

        freezer.IsFrozen.Should().BeTrue();
        using System.Diagnostics.Process process = Command.Start("cat");
        try
        {
            cgroup.Directory.Write("cgroup.procs", $"{process.Id}");
            freezer.Freeze(Guard);
            freezer.IsFrozen.Should().BeTrue();
        }
        finally
        {
            freezer.Thaw();
            process.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>It waits for memory, and nobody is killed to give it any. A signal that kills it is all that gets it out of there.</summary>
    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void A_process_that_cannot_be_stopped_is_an_error_and_all_go_on(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using TestCgroup memory = TestCgroup.V1("memory");
        CgroupLimits.Apply([memory.Directory], new() { Memory = new() { LimitBytes = 8 << 20, MemoryAndSwapBytes = 8 << 20, DisableOomKiller = true } }, null);
        using TestProcess other = new(cgroup.Directory), stuck = new(cgroup.Directory, $"echo 0 > {memory.Directory.Path}/cgroup.procs; exec tail /dev/zero");
        SpinWait.SpinUntil(() => memory.Directory.Read("memory.oom_control").Contains("under_oom 1"), Guard).Should().BeTrue();
        try
        {
            CgroupFreezer freezer = new(cgroup.Directory);

            CgroupException error = FluentActions.Invoking(() => freezer.Freeze(TimeSpan.FromSeconds(0.5))).Should().Throw<CgroupException>().Which;

            error.Error.Should().Be(Errno.ETIMEDOUT);
            error.Message.Should().Be(
                $"write {(version == CgroupVersion.V1 ? "freezer.state = FROZEN" : "cgroup.freeze = 1")} of {cgroup.Directory.Path}: processes are not stopped after 0.5 s, and were let go on");
            cgroup.Directory.Read(version == CgroupVersion.V1 ? "freezer.state" : "cgroup.freeze").Should().Be(version == CgroupVersion.V1 ? "THAWED" : "0");
            freezer.IsFrozen.Should().BeFalse();
            other.Answers().Should().BeTrue();
        }
        finally
        {
            stuck.Kill();
        }
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void What_a_cgroup_above_has_stopped_is_frozen_until_that_lets_go(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using TestProcess process = new(cgroup.Child("x"));
        CgroupFreezer above = new(cgroup.Directory), freezer = new(cgroup.Below("x"));

        above.Freeze(Guard);

        freezer.IsFrozen.Should().BeTrue();
        freezer.Thaw();
        freezer.IsFrozen.Should().BeTrue();
        above.Thaw();
        freezer.IsFrozen.Should().BeFalse();
        process.Answers().Should().BeTrue();
    }

    [Fact]
    public void Version_1_is_asked_where_it_has_the_controller()
    {
        using TestCgroup version1 = TestCgroup.V1("freezer"), version2 = TestCgroup.V2();

        CgroupFreezer.Find([version1.Directory, version2.Directory])!.Freeze(Guard);

        version1.Directory.Read("freezer.state").Should().Be("FROZEN");
        version2.Directory.Read("cgroup.freeze").Should().Be("0");
        CgroupFreezer.Find([version2.Directory])!.Freeze(Guard);
        version2.Directory.Read("cgroup.freeze").Should().Be("1");
        CgroupFreezer.Find([]).Should().BeNull();
        CgroupFreezer.Find([version2.Below("none")]).Should().BeNull();
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void A_cgroup_that_is_gone_cannot_be_frozen_and_is_thawed(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        CgroupFreezer freezer = new(cgroup.Below("none"));

        FluentActions.Invoking(() => freezer.Freeze(Guard)).Should().Throw<CgroupException>().Which.Error.Should().Be(Errno.ENOENT);

        freezer.Thaw();
        freezer.IsFrozen.Should().BeFalse();
    }
}
