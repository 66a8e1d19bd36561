using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Tests;

/// <summary>What a kernel lacks for a configuration, and that everything is said at once.</summary>
public sealed class HostChecksTests
{
    private static readonly ContainerConfiguration Container = new() { Root = RootFileSystem.HostUserland() };

    [Theory]
    [InlineData(5, 14)]
    [InlineData(5, 15)]
    [InlineData(6, 1)]
    [InlineData(10, 0)]
    public void A_kernel_from_5_14_on_is_good(int major, int minor)
        => HostChecks.OfKernel(Container, new KernelVersion(major, minor), NamespaceKinds.None).Should().BeEmpty();

    [Theory]
    [InlineData(5, 13, "5.13")]
    [InlineData(5, 2, "5.2")]
    [InlineData(4, 19, "4.19")]
    public void A_kernel_before_5_14_is_named(int major, int minor, string version)
        => HostChecks.OfKernel(Container, new KernelVersion(major, minor), NamespaceKinds.None).Should().Equal(
            new ConfigurationFinding("kernel", $"LibContainer needs Linux 5.14 or later, and this is {version}"));

    [Theory]
    [InlineData("mnt", "mount", NamespaceKinds.Mount)]
    [InlineData("cgroup", "cgroup", NamespaceKinds.Cgroup)]
    [InlineData("uts", "UTS", NamespaceKinds.Uts)]
    [InlineData("ipc", "IPC", NamespaceKinds.Ipc)]
    [InlineData("pid", "PID", NamespaceKinds.Pid)]
    [InlineData("net", "network", NamespaceKinds.Network)]
    public void A_namespace_that_the_kernel_lacks_is_named_when_it_is_asked_for(string file, string name, NamespaceKinds kind)
    {
        NamespaceKinds missing = HostChecks.FindMissing(path => path != $"/proc/self/ns/{file}");

        missing.Should().Be(kind);
        HostChecks.OfKernel(Container, KernelVersion.Floor, missing).Should().Equal(
            new ConfigurationFinding("namespaces", $"this kernel has no {name} namespaces (/proc/self/ns/{file} is missing)"));
        HostChecks.OfKernel(Container with { Namespaces = NamespaceKinds.Default & ~kind }, KernelVersion.Floor, missing).Should().BeEmpty("nobody asked for it");
    }

    [Fact]
    public void Nothing_is_missing_when_every_file_is_there() => HostChecks.FindMissing(_ => true).Should().Be(NamespaceKinds.None);

    [Fact]
    public void All_are_missing_when_no_file_is_there() => HostChecks.FindMissing(_ => false).Should().Be(NamespaceKinds.Default);

    [Fact]
    public void An_old_kernel_and_each_missing_namespace_are_reported_together()
        => HostChecks.OfKernel(Container, new KernelVersion(5, 13), NamespaceKinds.Default).Select(finding => finding.Path).Should().Equal(
            ["kernel", .. Enumerable.Repeat("namespaces", 6)]);

    [Fact]
    public void A_bad_configuration_and_what_the_host_lacks_for_it_are_thrown_together()
    {
        using TemporaryDirectory host = new();
        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.Directory(host["missing"]),
            Hostname = "-",
            Mounts = [MountConfiguration.Bind(host["away"], "/a")],
        };

        Findings(container, new ProcessConfiguration("ls") { UserId = -1 }).Select(finding => finding.Path).Should().BeEquivalentTo(
            "root", "hostname", "mounts[0].source", "process.userId");
    }

    [Fact]
    public void What_is_wrong_in_itself_is_not_said_a_second_time_of_the_host()
        => Findings(Container with { Mounts = [MountConfiguration.Bind("no/such/source", "/a")] }, new ProcessConfiguration("ls")).Should().Equal(
            new ConfigurationFinding("mounts[0].source", "'no/such/source' is not an absolute path"));

    [Fact]
    public void A_plan_is_refused_with_the_same_findings()
    {
        ProcessConfiguration nothing = new();

        FluentActions.Invoking(() => Namespaces.Plan(Container, nothing)).Should().Throw<ConfigurationException>()
            .Which.Findings.Should().Equal(Findings(Container, nothing)).And.ContainSingle();
    }

    [Fact]
    public void A_plan_of_a_good_configuration_is_the_order_of_the_start()
    {
        using TemporaryDirectory host = new();
        ContainerConfiguration container = new() { Root = RootFileSystem.Directory(host.Path) };
        ProcessConfiguration process = new("ls");

        Namespaces.Plan(container, process).ToString().Should().Be(StartOrder.Plan(container, process).ToString());
    }

    private static ImmutableArray<ConfigurationFinding> Findings(ContainerConfiguration container, ProcessConfiguration process)
        => FluentActions.Invoking(() => HostChecks.ThrowIfBad(container, process)).Should().Throw<ConfigurationException>().Which.Findings;

    /// <summary>What the validator has refused is not given to the kernel: one exception, with everything in it.</summary>
    [Theory]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/..")]
    public void A_path_that_cannot_be_used_is_a_finding_wherever_it_stands(string path)
    {
        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.Directory("/"),
            Mounts = [new MountConfiguration(path, "tmpfs", "x")],
            Devices = [new DeviceNode(path, DeviceType.Character, 1, 3)],
            MaskedPaths = [path],
        };

        FluentActions.Invoking(() => Namespaces.Plan(container, new ProcessConfiguration("/x"))).Should().Throw<ConfigurationException>()
            .Which.Findings.Select(finding => finding.Path).Should().BeEquivalentTo("mounts[0].destination", "devices[0].path", "maskedPaths[0]");
    }

    [Theory]
    [InlineData("/a\0b")]
    [InlineData("")]
    [InlineData("relative")]
    public void A_root_that_cannot_be_used_is_a_finding(string path)
        => FluentActions.Invoking(() => Namespaces.Plan(new ContainerConfiguration { Root = RootFileSystem.Directory(path) }, new ProcessConfiguration("/x")))
            .Should().Throw<ConfigurationException>().Which.Findings.Should().ContainSingle().Which.Path.Should().Be("root");

    [Fact]
    public void A_limit_of_an_unknown_resource_is_a_finding()
        => FluentActions.Invoking(() => Namespaces.Plan(
                new ContainerConfiguration { Root = RootFileSystem.HostUserland() },
                new ProcessConfiguration("/x") { ResourceLimits = [new ResourceLimit((ResourceKind)99, 1, 1)] }))
            .Should().Throw<ConfigurationException>().Which.Findings.Should().ContainSingle();
}
