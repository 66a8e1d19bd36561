using System.Net;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>Messages of netlink, byte by byte.</summary>
public sealed class NetlinkMessageTests
{
    [Fact]
    public void An_attribute_has_its_own_length_and_is_padded_to_four_bytes()
    {
        NetlinkRequest request = new NetlinkRequest(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_ACK, "x").Link(7, 1, 1).Add(Rtnetlink.IFLA_IFNAME, "lo").Add(Rtnetlink.IFLA_MTU, 1500u);

        Convert.ToHexStringLower(request.Bytes).Should().Be(
            "30000000" + "1000" + "0500" + "00000000" + "00000000" // 48 bytes, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK
            + "00000000" + "07000000" + "01000000" + "01000000" // struct ifinfomsg
            + "0700" + "0300" + "6c6f0000" // "lo", its NUL, and one byte that does not count
            + "0800" + "0400" + "dc050000");
    }

    [Fact]
    public void A_nested_attribute_is_as_long_as_what_is_in_it()
    {
        NetlinkRequest request = new NetlinkRequest(Rtnetlink.RTM_NEWLINK, 0, "x").Nest(18, outer => outer.Add(1, "veth").Nest(2, inner => inner.Add(3, (ushort)5)));

        Convert.ToHexStringLower(request.Bytes[16..]).Should().Be("1c001200" + "09000100" + "7665746800000000" + "0c000200" + "06000300" + "05000000");
    }

    [Fact]
    public void A_long_message_is_whole()
    {
        NetlinkRequest request = new(Rtnetlink.RTM_NEWLINK, 0, "x");
        byte[] value = [.. Enumerable.Range(0, 2000).Select(number => (byte)number)];
        request.Add(1, value).Add(2, 42u);

        NetlinkAttributes.Find(request.Bytes[16..], 1).ToArray().Should().Equal(value);
        NetlinkAttributes.Find(request.Bytes[16..], 2).ToArray().Should().Equal(42, 0, 0, 0);
    }

    [Theory]
    [InlineData("0000", "2 bytes are no attribute")]
    [InlineData("03000100", "an attribute of 3 bytes, where 4 are left")]
    [InlineData("09000100ffffffff", "an attribute of 9 bytes, where 8 are left")]
    public void An_attribute_that_does_not_fit_is_an_error(string bytes, string words)
        => FluentActions.Invoking(() => NetlinkAttributes.Find(Convert.FromHexString(bytes), 5).ToArray()).Should().Throw<InvalidDataException>().WithMessage($"*{words}");

    [Theory]
    [InlineData("0f0000001000000000000000000000")]
    [InlineData("0f000000100000000000000000000000")]
    [InlineData("11000000100000000000000000000000")]
    public void A_message_that_does_not_fit_is_an_error(string bytes) => FluentActions.Invoking(() =>
    {
        ReadOnlySpan<byte> packet = Convert.FromHexString(bytes);
        NetlinkConnection.Next(ref packet, out _, out _);
    }).Should().Throw<InvalidDataException>();

    [Fact]
    public void Settings_set_no_flag_and_clear_none()
    {
        foreach (NetlinkRequest request in new[] { LinkRequests.SetMtu(3, "a", 1500), LinkRequests.Rename(3, "a", "b"), LinkRequests.SetMaster(3, "a", 4) })
            Convert.ToHexStringLower(request.Bytes[16..32]).Should().Be("00000000" + "03000000" + "00000000" + "00000000", request.Description);
    }

    [Fact]
    public void A_route_is_sent_without_the_bits_behind_its_prefix()
    {
        NetlinkRequest request = AddressRequests.AddRoute(2, new RouteConfiguration { Destination = InterfaceAddress.Parse("10.1.2.3/12"), Gateway = IPAddress.Parse("192.0.2.1"), Interface = "eth0" });

        NetlinkAttributes.Find(request.Bytes[28..], Rtnetlink.RTA_DST).ToArray().Should().Equal(10, 0, 0, 0);
        request.Description.Should().Be("RTM_NEWROUTE 10.0.0.0/12 via 192.0.2.1 dev eth0");
    }
}
