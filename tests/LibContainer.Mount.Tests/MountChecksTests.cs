using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Mount.Tests;

/// <summary>What a configuration names and this host does not have.</summary>
public sealed class MountChecksTests : IDisposable
{
    private readonly TemporaryDirectory _host = new();

    public MountChecksTests() => Directory.CreateDirectory(_host["root/inside"]);

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Nothing_is_wrong_with_destinations_that_are_there_or_not()
        => Check("/inside", "/missing", "/inside/a/b/c", "/missing/a").Should().BeEmpty("what is missing is made");

    [Fact]
    public void A_bind_needs_its_source()
    {
        MountConfiguration[] mounts = [MountConfiguration.Bind(_host.Path, "/a"), MountConfiguration.Bind(_host["missing"], "/b")];

        MountChecks.Check(Plans.Bare with { Root = RootFileSystem.HostUserland(), Mounts = [.. mounts] }).Should().Equal(
            new ConfigurationFinding("mounts[1].source", $"'{_host["missing"]}' does not exist on this host"));
    }

    [Fact]
    public void A_source_may_be_a_file_or_a_link()
    {
        File.WriteAllText(_host["file"], "");
        File.CreateSymbolicLink(_host["link"], "file");

        MountChecks.Check(Container() with { Mounts = [MountConfiguration.Bind(_host["file"], "/a"), MountConfiguration.Bind(_host["link"], "/b")] })
            .Should().BeEmpty();
    }

    [Fact]
    public void The_source_of_a_file_system_need_not_exist()
        => MountChecks.Check(Container() with { Mounts = [new("/a", "tmpfs", "/missing")] }).Should().BeEmpty();

    [Fact]
    public void A_root_directory_that_is_missing_is_named()
        => MountChecks.Check(Plans.Bare with { Root = RootFileSystem.Directory(_host["missing"]) }).Should().Equal(
            new ConfigurationFinding("root", $"'{_host["missing"]}' does not exist"));

    [Fact]
    public void A_root_that_is_a_file_is_named()
    {
        File.WriteAllText(_host["file"], "");

        MountChecks.Check(Plans.Bare with { Root = RootFileSystem.Directory(_host["file"]) }).Should().Equal(
            new ConfigurationFinding("root", $"'{_host["file"]}' is not a directory"));
    }

    [Fact]
    public void A_missing_root_and_a_missing_source_are_reported_together()
        => MountChecks.Check(new() { Root = RootFileSystem.Directory(_host["missing"]), Mounts = [MountConfiguration.Bind(_host["away"], "/a")] })
            .Select(finding => finding.Path).Should().BeEquivalentTo("root", "mounts[0].source");

    [Theory]
    [InlineData("../outside")]
    [InlineData("../../outside")]
    [InlineData("inside/../../outside")]
    [InlineData("/../outside")]
    [InlineData("/inside/../../outside")]
    public void A_destination_through_a_link_that_climbs_out_is_named(string target)
    {
        Directory.CreateDirectory(_host["outside"]);
        File.CreateSymbolicLink(_host["root/link"], target);
        string expected = $"symbolic link /link leads to {target}, out of the root";

        Check("/link/a", "/link").Should().Equal(
            new ConfigurationFinding("mounts[0].destination", $"'/link/a': {expected}"),
            new ConfigurationFinding("mounts[1].destination", $"'/link': {expected}"));
    }

    [Theory]
    [InlineData("/missing")]
    [InlineData("/inside/missing")]
    [InlineData("missing")]
    [InlineData("inside/../missing")]
    public void A_destination_through_a_link_that_leads_to_nothing_is_named(string target)
    {
        File.CreateSymbolicLink(_host["root/link"], target);
        string expected = $"symbolic link /link leads to {target}, which does not exist in the root";

        Check("/link/a", "/link").Should().Equal(
            new ConfigurationFinding("mounts[0].destination", $"'/link/a': {expected}"),
            new ConfigurationFinding("mounts[1].destination", $"'/link': {expected}"));
    }

    [Fact]
    public void A_link_to_what_only_the_host_has_leads_to_nothing()
    {
        Directory.CreateDirectory(_host["outside"]);
        File.CreateSymbolicLink(_host["root/link"], _host["outside"]);

        Check("/link").Should().ContainSingle().Which.Message.Should().EndWith("which does not exist in the root");
    }

    [Theory]
    [InlineData("/inside")]
    [InlineData("/")]
    [InlineData("inside")]
    [InlineData("./inside/../inside/")]
    public void A_destination_through_a_link_to_what_the_root_has_is_good(string target)
    {
        File.CreateSymbolicLink(_host["root/link"], target);

        Check("/link/a/b", "/link/a", "/link").Should().BeEmpty();
    }

    [Fact]
    public void Below_an_earlier_mount_what_the_root_has_does_not_count()
    {
        File.CreateSymbolicLink(_host["root/inside/link"], "../../outside");

        Check("/inside", "/inside/link").Should().BeEmpty();
        Check("/inside/link", "/inside").Should().ContainSingle();
    }

    [Fact]
    public void A_chain_of_links_is_followed_and_the_bad_one_is_named()
    {
        File.CreateSymbolicLink(_host["root/first"], "/second");
        File.CreateSymbolicLink(_host["root/second"], "inside/third");
        File.CreateSymbolicLink(_host["root/inside/third"], "../../away");

        Check("/first/a").Should().Equal(
            new ConfigurationFinding("mounts[0].destination", "'/first/a': symbolic link /inside/third leads to ../../away, out of the root"));
    }

    [Fact]
    public void A_link_that_leads_to_itself_is_named()
    {
        File.CreateSymbolicLink(_host["root/link"], "link");

        Check("/link").Should().ContainSingle().Which.Message.Should().Be("'/link': symbolic link /link leads in a circle");
    }

    [Fact]
    public void A_destination_below_a_file_is_named()
    {
        File.WriteAllText(_host["root/file"], "");

        Check("/file").Should().BeEmpty("a file can be bound onto a file");
        Check("/file/a").Should().ContainSingle().Which.Path.Should().Be("mounts[0].destination");
    }

    [Fact]
    public void A_device_is_judged_by_the_directory_it_is_made_in()
    {
        File.CreateSymbolicLink(_host["root/dev"], "../../dev");
        File.CreateSymbolicLink(_host["root/inside/null"], "/missing");
        DeviceNode[] devices = [new("/inside/null", DeviceType.Character, 1, 3), new("/dev/null", DeviceType.Character, 1, 3)];

        MountChecks.Check(Container() with { Devices = [.. devices] }).Should().Equal(
            new ConfigurationFinding("devices[1].path", "'/dev/null': symbolic link /dev leads to ../../dev, out of the root"));
    }

    private ContainerConfiguration Container() => Plans.Bare with { Root = RootFileSystem.Directory(_host["root"]) };

    private IEnumerable<ConfigurationFinding> Check(params string[] destinations)
        => MountChecks.Check(Container() with { Mounts = [.. destinations.Select(destination => MountConfiguration.Memory(destination))] });

    [Fact]
    public void A_source_that_is_a_link_to_nothing_does_not_exist()
    {
        using TemporaryDirectory host = new();
        File.CreateSymbolicLink(host["link"], "missing");

        MountChecks.Check(new ContainerConfiguration { Root = RootFileSystem.HostUserland(), Mounts = [MountConfiguration.Bind(host["link"], "/x")] })
            .Select(finding => finding.Path).Should().Equal("mounts[0].source");
    }
}
