namespace LibContainer.Configuration.Tests;

/// <summary>The rules about a container: root, namespaces, host name, networks; and that all rules speak at once.</summary>
public sealed class ContainerValidationTests
{
    private static readonly string Letters63 = new('a', 63);

    [Fact]
    public void Nothing_is_wrong_with_the_defaults()
        => ConfigurationValidator.Validate(Valid.Container, Valid.Process).Should().BeEmpty();

    [Fact]
    public void Nothing_is_wrong_with_the_host_userland_as_root()
        => Valid.Findings(Valid.Container with { Root = RootFileSystem.HostUserland() }).Should().BeEmpty();

    [Theory]
    [InlineData("", "a root directory is needed")]
    [InlineData("srv/root", "'srv/root' is not an absolute path")]
    [InlineData("./root", "'./root' is not an absolute path")]
    [InlineData("/srv\0/root", "contains a NUL character, at which the kernel would stop reading")]
    public void A_root_directory_is_named_from_the_top(string root, string message)
        => Valid.Findings(Valid.Container with { Root = RootFileSystem.Directory(root) }).Should().Equal(new ConfigurationFinding("root", message));

    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("web-1")]
    [InlineData("Web.Example.ORG")]
    [InlineData("a--b")]
    [InlineData("1.2.3.4")]
    public void A_host_name_of_letters_digits_hyphens_and_dots_is_good(string hostname)
        => Valid.Findings(Valid.Container with { Hostname = hostname }).Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("-web")]
    [InlineData("web-")]
    [InlineData(".web")]
    [InlineData("web.")]
    [InlineData("a..b")]
    [InlineData("a.-b")]
    [InlineData("a-.b")]
    [InlineData("a b")]
    [InlineData("a_b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("wörld")]
    [InlineData("٣")]
    public void A_host_name_of_anything_else_is_bad(string hostname)
        => Valid.Findings(Valid.Container with { Hostname = hostname }).Should().ContainSingle()
            .Which.ToString().Should().StartWith($"hostname: '{hostname}' is not a host name");

    [Fact]
    public void A_host_name_has_64_characters_at_most()
    {
        Valid.Findings(Valid.Container with { Hostname = Letters63 + "a" }).Should().BeEmpty();
        Valid.Paths(Valid.Container with { Hostname = Letters63 + "ab" }).Should().Equal("hostname");
    }

    [Fact]
    public void A_host_name_needs_a_uts_namespace()
    {
        ContainerConfiguration container = Valid.Container with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Uts };

        Valid.Findings(container).Should().BeEmpty("without a name the host's is shared");
        Valid.Findings(container with { Hostname = "web" }).Should().Equal(
            new ConfigurationFinding("hostname", "a host name needs a UTS namespace of the container's own"));
    }

    [Fact]
    public void A_network_needs_a_network_namespace()
    {
        ContainerConfiguration container = Valid.Container with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network };

        Valid.Findings(container with { Networks = [] }).Should().BeEmpty("the host's network is shared");
        Valid.Findings(container).Should().Equal(
            new ConfigurationFinding("networks", "a network needs a network namespace of the container's own"));
    }

    [Fact]
    public void A_container_needs_a_mount_namespace()
        => Valid.Findings(Valid.Container with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Mount }).Should().Equal(
            new ConfigurationFinding("namespaces", "a container needs a mount namespace of its own"));

    [Theory]
    [InlineData(NamespaceKinds.Cgroup)]
    [InlineData(NamespaceKinds.Ipc)]
    [InlineData(NamespaceKinds.Pid)]
    [InlineData(NamespaceKinds.Uts)]
    public void Other_namespaces_may_be_shared_with_the_host(NamespaceKinds kind)
        => Valid.Findings(Valid.Container with { Namespaces = NamespaceKinds.Default & ~kind }).Should().BeEmpty();

    [Theory]
    [InlineData(0x00000100UL)] // CLONE_VM
    [InlineData(0x00010000UL)] // CLONE_THREAD
    public void A_flag_that_is_no_namespace_is_named(ulong flag)
        => Valid.Findings(Valid.Container with { Namespaces = NamespaceKinds.Default | (NamespaceKinds)flag }).Should().Equal(
            new ConfigurationFinding("namespaces", $"0x{flag:x} is not a namespace that is known"));

    [Fact]
    public void Everything_that_is_wrong_is_reported_together_each_with_its_path()
    {
        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.Directory(""),
            Namespaces = NamespaceKinds.Pid,
            Hostname = "-",
            Mounts = [new("data", "", ""), MountConfiguration.Bind("data", "/data")],
            Devices = [new("/../null", DeviceType.Character, -1, 3)],
            MaskedPaths = ["x"],
            ReadOnlyPaths = ["/ok", "/.."],
        };
        ProcessConfiguration process = new()
        {
            Environment = ["A=1", "B"],
            WorkingDirectory = "",
            UserId = -1,
            ResourceLimits = [new(ResourceKind.Core, 2, 1)],
        };

        ConfigurationValidator.Validate(container, process).Select(finding => finding.Path).Should().BeEquivalentTo(
            "root", "namespaces", "networks", "hostname", "hostname", "mounts[0].destination", "mounts[0].type", "mounts[1].source",
            "devices[0].path", "devices[0]", "maskedPaths[0]", "readOnlyPaths[1]", "process.arguments", "process.environment[1]",
            "process.workingDirectory", "process.userId", "process.resourceLimits[0]");
    }

    [Fact]
    public void The_exception_carries_all_findings_and_says_them_all()
    {
        ConfigurationException exception = new([new("root", "is away"), new("hostname", "is odd")]);

        exception.Findings.Should().Equal(new ConfigurationFinding("root", "is away"), new ConfigurationFinding("hostname", "is odd"));
        exception.Message.Should().Be("root: is away; hostname: is odd");
    }
}
