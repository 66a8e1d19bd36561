using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A launcher that does not stay.</summary>
public sealed class OnceTests : IDisposable
{
    private readonly ProbeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void It_is_held_to_all_that_the_resident_one_is_held_to()
    {
        Requires.Root();

        (int passed, string failures) = ContainerTests.RunOnce();

        failures.Should().BeEmpty();
        passed.Should().BeGreaterThan(90);
    }

    [Fact]
    public void Starts_by_the_thousand_leave_nothing()
    {
        Requires.Root();

        (int passed, string failures) = ContainerTests.RunOnce(
            "-method", "*.Two_thousand_starts_one_after_the_other_leave_nothing", "-method", "*.Eight_callers_at_once_leave_nothing", "-method", "*.Starts_that_fail_leave_nothing");

        failures.Should().BeEmpty();
        passed.Should().Be(3);
    }

    [Fact]
    public void While_the_container_runs_there_is_no_process_but_it()
    {
        Requires.Root();
        string? children = null, inside = null;

        Namespaces.Exec(_root.Container, new ProcessConfiguration("/probe", "forever"), new ExecOptions
        {
            Launcher = Launcher.Once,
            Started = process =>
            {
                inside = $"{process.Id}";
                string? left = null;
                // The helper leaves by itself; it is not waited for.
                SpinWait.SpinUntil(() => (left = Footprint.CurrentChildren()) == inside, TimeSpan.FromSeconds(30));
                children = left;
                process.TrySendSignal(Signal.SIGKILL);
            },
        });

        children.Should().Be(inside);
        Launcher.Once.ProcessIds.Should().BeEmpty();
    }

    /// <summary>By the signal: the program has not cleared it.</summary>
    [Fact]
    public void The_container_dies_with_its_host_all_the_same()
    {
        Requires.Root();
        using System.Diagnostics.Process host = Command.Start(Repository.TestHost, "once", _root.Path);
        using PidFd container = PidFd.Open(int.Parse(host.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture));
        host.StandardOutput.ReadLine().Should().Be("ready");

        host.Kill();

        Readiness.Wait([container], TimeSpan.FromSeconds(10)).Should().Equal(true);
    }
}
