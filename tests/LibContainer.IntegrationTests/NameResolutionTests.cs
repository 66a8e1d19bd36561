using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using LibContainer.Configuration;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>The files of a container's own resolver, looked at from inside, and that nothing of them is left.</summary>
public sealed class NameResolutionTests : IDisposable
{
    private const string Folder = "/run/libcontainer/names";

    private static readonly NameResolutionConfiguration Names = new()
    {
        Nameservers = [IPAddress.Parse("10.88.0.1"), IPAddress.Parse("fd00:88::1")],
        SearchDomains = ["example.org", "example.net"],
        Options = ["ndots:2"],
        Hosts = ImmutableDictionary<string, IPAddress>.Empty.Add("db", IPAddress.Parse("10.88.0.9")),
    };

    public void Dispose()
        => (Directory.Exists(Folder) ? Directory.GetDirectories(Folder, $"{Environment.ProcessId}-*") : []).Should().BeEmpty("the names are gone as soon as the container runs");

    [Fact]
    public void A_container_has_files_of_its_own_that_it_cannot_write()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("cat /etc/resolv.conf /etc/hosts /etc/hostname; echo x >> /etc/hosts", Sandbox.Default with { NameResolution = Names });

        result.Output.Should().Be("""
            search example.org example.net
            nameserver 10.88.0.1
            nameserver fd00:88::1
            options ndots:2
            127.0.0.1	localhost box
            ::1	localhost
            10.88.0.9	db
            box

            """);
        result.Error.Should().Contain("Read-only file system");
    }

    [Fact]
    public void Its_host_name_is_the_address_that_it_was_given()
    {
        Requires.Root();
        Sandbox.StartLauncher();
        using OwnNetwork host = new();
        ContainerConfiguration container = Sandbox.Default with { NameResolution = Names, Networks = [LoopbackNetwork.Instance, Networks.Bridge("lc0", "10.88.0.0/24", "fd00:88::/64")] };

        host.Run(() =>
        {
            Sandbox.Script("cat /etc/hosts", container).Lines.Should().Equal("127.0.0.1\tlocalhost", "::1\tlocalhost", "10.88.0.2\tbox", "fd00:88::2\tbox", "10.88.0.9\tdb");

            using RouteNetlink netlink = RouteNetlink.Open();
            SpinWait.SpinUntil(() => netlink.FindLink("lc0") is null, TimeSpan.FromSeconds(10)).Should().BeTrue();
        });
        Sandbox.AwaitListener();
    }

    [Fact]
    public void A_start_that_fails_leaves_none()
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default with { NameResolution = Names }, new ProcessConfiguration("/nosuch"))).Should().Throw<IOException>();
    }
}
