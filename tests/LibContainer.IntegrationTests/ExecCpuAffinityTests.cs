using System.Globalization;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>On which CPUs a program runs that is added to a container, as it sees that itself.</summary>
public class ExecCpuAffinityTests : IDisposable
{
    private static readonly string Online = File.ReadAllText("/sys/devices/system/cpu/online").TrimEnd();

    private static readonly string Own = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)).Split('\t')[1];

    private readonly TestCgroups _cgroups = new();

    public void Dispose()
    {
        _cgroups.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void RequiresCpus()
    {
        Requires.Root();
        Requires.Host(Own.StartsWith("0-", StringComparison.Ordinal), "CPUs 0 and 1");
    }

    private static ProcessConfiguration Seen(string? initial, string? final)
        => new("/bin/sh", "-c", "grep Cpus_allowed_list /proc/self/status | cut -f 2") { ExecCpuAffinity = new(initial, final) };

    [Theory]
    [InlineData(null, "0", "0")]
    [InlineData(null, "1", "1")]
    [InlineData("0", "1", "1")]
    [InlineData("1", "0-1", "0-1")]
    [InlineData("1", null, "1")] // there is no cgroup to join, and so nothing that would change it
    public void The_last_that_is_said_is_what_the_program_has(string? initial, string? final, string seen)
    {
        RequiresCpus();

        EnteredContainer.Run(container => container.Run(Seen(initial, final)).Output.Should().Be($"{seen}\n"));
    }

    [Fact]
    public void Nothing_that_is_said_changes_nothing_and_the_first_program_is_not_meant()
    {
        RequiresCpus();

        EnteredContainer.Run(container => container.Run(Seen(null, null)).Output.Should().Be($"{Own}\n"));
        Sandbox.Run(Sandbox.Default, Seen("0", "0")).Output.Should().Be($"{Own}\n");
    }

    /// <summary>The container has one CPU; the process that enters runs on the other one until it is in the container's cgroup.</summary>
    [Theory]
    [InlineData("0", null, "1")]
    [InlineData("0", "1", "1")]
    [InlineData("0", "0-1", "1")] // as far as the cgroup allows it
    [InlineData(null, "1", "1")]
    public void The_cgroup_of_the_container_is_the_limit(string? initial, string? final, string seen)
    {
        RequiresCpus();
        Requires.Host(ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Controllers.Contains("cpuset")), "the cgroup controller cpuset");

        EnteredContainer.Run(container => container.Run(Seen(initial, final)).Output.Should().Be($"{seen}\n"), OnSecondCpu());
    }

    [Fact]
    public void What_the_cgroup_does_not_allow_is_an_error_and_leaves_nothing()
    {
        RequiresCpus();
        Requires.Host(ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Controllers.Contains("cpuset")), "the cgroup controller cpuset");

        EnteredContainer.Run(container =>
        {
            container.Script("true");
            Footprint before = Footprint.Take();

            FluentActions.Invoking(() => container.Run(Seen(null, "0"))).Should().Throw<LaunchException>()
                .WithMessage("sched_setaffinity 0: EINVAL (Invalid argument): the cgroup allows none of these CPUs, or the machine has none of them").Which.Step.Should().BeOfType<SetCpuAffinityStep>();

            Footprint.Take().Should().Be(before);
            container.Cgroup!.GetProcessIds().Should().Equal(container.ProcessId);
        }, OnSecondCpu());
    }

    [Fact]
    public void A_cpu_that_the_machine_does_not_have_is_told_before_anything_is_made()
    {
        Requires.Root();

        EnteredContainer.Run(container =>
        {
            container.Script("true");
            Footprint before = Footprint.Take();

            FluentActions.Invoking(() => container.Run(Seen("0-8191", "8191"))).Should().Throw<ConfigurationException>().Which.Findings.Should().Equal(
                new ConfigurationFinding("process.execCpuAffinity.initial", $"'0-8191' names CPU {FirstAbsent()}, and this machine has {Online}"),
                new ConfigurationFinding("process.execCpuAffinity.final", $"'8191' names CPU 8191, and this machine has {Online}"));
            FluentActions.Invoking(() => container.Run(Seen("x", null))).Should().Throw<ConfigurationException>().Which.Findings.Should().ContainSingle("said once is enough");

            Footprint.Take().Should().Be(before);
        });
    }

    private static int FirstAbsent() => Enumerable.Range(0, 8192).First(cpu => !Online.Split(',').Select(range => range.Split('-')).Any(range =>
        int.Parse(range[0], CultureInfo.InvariantCulture) <= cpu && cpu <= int.Parse(range[^1], CultureInfo.InvariantCulture)));

    private ContainerConfiguration OnSecondCpu() => Sandbox.Default with { CgroupPath = _cgroups.NewPath(), Resources = new() { Cpu = new() { Cpus = "1" } } };
}
