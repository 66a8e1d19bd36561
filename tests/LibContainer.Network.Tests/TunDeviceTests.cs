using LibContainer.Linux;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;

namespace LibContainer.Network.Tests;

/// <summary>Interfaces of <c>/dev/net/tun</c>, as rtnetlink tells of them, in a namespace that each test makes.</summary>
public sealed class TunDeviceTests
{
    private const uint PointToPoint = 0x10, Broadcast = 0x2; // IFF_*

    [Theory]
    [InlineData(TunKind.Tun, PointToPoint)]
    [InlineData(TunKind.Tap, Broadcast)]
    public void One_stays_until_it_is_deleted(TunKind kind, uint flag) => InOwnNetwork(netlink =>
    {
        TunDevice.Create("fifteen-letters", kind);

        NetworkLink link = netlink.GetLink("fifteen-letters");
        link.Kind.Should().Be("tun");
        (link.Flags & (PointToPoint | Broadcast)).Should().Be(flag);
        link.IsUp.Should().BeFalse();

        netlink.Delete(link);
        netlink.GetLinks().Select(found => found.Name).Should().Equal("lo");
    });

    [Fact]
    public void A_name_that_is_taken_is_refused_and_nothing_is_left() => InOwnNetwork(netlink =>
    {
        TunDevice.Create("t0", TunKind.Tun);
        netlink.CreateBridge(new LinkOptions("br0"));

        Refusal("t0").Should().Be("ioctl /dev/net/tun TUNSETIFF t0: EBUSY (Device or resource busy)");
        Refusal("br0").Should().Be("ioctl /dev/net/tun TUNSETIFF br0: EBUSY (Device or resource busy)");
        Refusal("a/b").Should().Be("ioctl /dev/net/tun TUNSETIFF a/b: EINVAL (Invalid argument)");
        netlink.GetLinks().Select(found => found.Name).Should().BeEquivalentTo("lo", "t0", "br0");

        static string Refusal(string name) => FluentActions.Invoking(() => TunDevice.Create(name, TunKind.Tun)).Should().Throw<LinuxException>().Which.Message;
    });

    [Theory]
    [InlineData("")]
    [InlineData("sixteen--letters")]
    [InlineData("eight-öö-and-ö")]
    [InlineData("t%d")]
    [InlineData("a\0b")]
    public void What_is_no_name_is_never_asked_for(string name) => FluentActions.Invoking(() => TunDevice.Create(name, TunKind.Tap)).Should().Throw<ArgumentException>();

    [Fact]
    public void There_are_two_kinds() => FluentActions.Invoking(() => TunDevice.Create("t0", (TunKind)3)).Should().Throw<ArgumentOutOfRangeException>();

    private static void InOwnNetwork(Action<RouteNetlink> test)
    {
        Requires.Root();
        Requires.Host(File.Exists("/dev/net/tun"), "/dev/net/tun");
        using OwnNetwork network = new();
        network.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            test(netlink);
        });
    }
}
