using LibContainer.Linux;

namespace LibContainer.Cgroups.Tests;

/// <summary>The processes of cgroups of both versions, listed and killed.</summary>
public sealed class CgroupProcessesTests
{
    /// <summary>For what comes at once, or is broken.</summary>
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Those_below_are_listed_and_killed_with_it(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer"), beside = TestCgroup.Of(version, "freezer");
        using TestProcess first = new(cgroup.Directory), second = new(cgroup.Child("x/y")), third = new(cgroup.Below("x")), stranger = new(beside.Directory);

        CgroupProcesses.Read(cgroup.Directory).Should().BeEquivalentTo([first.Id, second.Id, third.Id]);
        CgroupProcesses.Kill([cgroup.Directory], Guard);

        CgroupProcesses.Read(cgroup.Directory).Should().BeEmpty();
        foreach (TestProcess process in new[] { first, second, third })
            process.WaitForEnd();
        stranger.Answers().Should().BeTrue();
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Frozen_ones_are_killed(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using TestProcess process = new(cgroup.Directory);
        CgroupFreezer.Find([cgroup.Directory])!.Freeze(Guard);

        CgroupProcesses.Kill([cgroup.Directory], Guard);

        process.WaitForEnd();
    }

    /// <summary>Each of them lives for a moment, in which it starts the next one: whoever reads their ids and kills them comes too late.</summary>
    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Those_that_fork_faster_than_they_are_killed_end_all_the_same(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using TestProcess starter = new(cgroup.Directory, "exec >/dev/null 2>&1; f() { f & }; f; f; f");
        starter.WaitForEnd();

        CgroupProcesses.Kill([cgroup.Directory], Guard);

        CgroupProcesses.Read(cgroup.Directory).Should().BeEmpty();
        CgroupFreezer.Find([cgroup.Directory])!.IsFrozen.Should().BeFalse();
    }

    [Fact]
    public void Where_there_is_no_freezer_they_are_killed_one_by_one()
    {
        using TestCgroup cgroup = TestCgroup.V1("pids");
        using TestProcess first = new(cgroup.Directory), second = new(cgroup.Child("x"));

        CgroupProcesses.Kill([cgroup.Directory], Guard);

        first.WaitForEnd();
        second.WaitForEnd();
    }

    /// <summary>As of a container that moves itself out of one hierarchy.</summary>
    [Fact]
    public void Whoever_is_in_one_of_its_cgroups_is_killed()
    {
        using TestCgroup version1 = TestCgroup.V1("freezer"), pids = TestCgroup.V1("pids"), version2 = TestCgroup.V2();
        using TestProcess first = new(version1.Directory), second = new(pids.Directory), third = new(version2.Directory);

        CgroupProcesses.Kill([version1.Directory, pids.Directory, version2.Directory], Guard);

        first.WaitForEnd();
        second.WaitForEnd();
        third.WaitForEnd();
    }

    [Fact]
    public void One_that_does_not_end_is_told()
    {
        using TestCgroup cgroup = TestCgroup.V1("freezer");
        using TestProcess process = new(cgroup.Child("x"));
        CgroupFreezer above = new(cgroup.Directory);
        above.Freeze(Guard); // version 1: who is killed ends when it is thawed
        try
        {
            FluentActions.Invoking(() => CgroupProcesses.Kill([cgroup.Below("x")], TimeSpan.FromSeconds(0.1))).Should().Throw<CgroupException>()
                .WithMessage($"kill all of {cgroup.Below("x").Path}: processes {process.Id} are still there").Which.Error.Should().Be(Errno.EBUSY);
        }
        finally
        {
            above.Thaw();
        }
        process.WaitForEnd();
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Where_nobody_is_nothing_is_done(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");

        CgroupProcesses.Kill([cgroup.Directory], TimeSpan.Zero);
        CgroupProcesses.Kill([cgroup.Below("none")], TimeSpan.Zero);

        CgroupProcesses.Read(cgroup.Below("none")).Should().BeEmpty();
    }

    /// <summary>As two do who end one container: whoever waits for the kernel's lock of all cgroups, and gets it when this one is gone, is told ENOENT by write(2).</summary>
    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public async Task One_that_another_removes_meanwhile_has_nobody_left(CgroupVersion version)
    {
        using TestCgroup cgroup = TestCgroup.Of(version, "freezer");
        using Barrier barrier = new(2);
        CgroupDirectory child = cgroup.Below("x");
        Task remover = Task.Factory.StartNew(() => ForEachRound(() => CgroupTree.Remove(child)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await Task.Factory.StartNew(() => ForEachRound(() => End(child)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await remover;

        void ForEachRound(Action act)
        {
            try
            {
                for (int round = 0; round < 2000; round++)
                {
                    if (barrier.SignalAndWait(Guard))
                        Directory.CreateDirectory(child.Path);
                    barrier.SignalAndWait(Guard);
                    act();
                }
            }
            finally
            {
                barrier.RemoveParticipant();
            }
        }

        static void End(CgroupDirectory child)
        {
            while (child.Exists)
            {
                CgroupProcesses.Kill([child], Guard);
                new CgroupFreezer(child).Thaw();
            }
        }
    }
}
