using System.Text;
using System.Text.Json;
using FluentAssertions;
using LibContainer.Network.Netlink;
using Xunit;

namespace LibContainer.Network.Tests;

public sealed class NetworkStatisticsTests
{
    private const string Line = "  eth0: 1500      12    1    2    3    4          5         6 18446744073709551615 14   7    8    9    10       11          12";

    [Fact]
    public void A_line_of_the_kernel_is_read()
    {
        (string name, LinkStatistics one) = NetworkStatistics.Parse(Line);

        name.Should().Be("eth0");
        one.Should().Be(new LinkStatistics
        {
            ReceivedBytes = 1500,
            ReceivedPackets = 12,
            ReceiveErrors = 1,
            ReceiveDropped = 2,
            SentBytes = ulong.MaxValue,
            SentPackets = 14,
            SendErrors = 7,
            SendDropped = 8,
        });
        NetworkStatistics.Parse("a.b@c:" + Line[7..]).Key.Should().Be("a.b@c");
    }

    [Theory]
    [InlineData("")]
    [InlineData("eth0: 1 2 3")]
    [InlineData("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 x")]
    public void What_is_none_is_named(string line)
        => FluentActions.Invoking(() => NetworkStatistics.Parse(line)).Should().Throw<InvalidDataException>().WithMessage($"/proc/PID/net/dev: '{line}' is no interface with 16 counters");

    [Fact]
    public void The_object_of_2014_has_the_sum_of_all_but_the_loopback_and_no_zeros()
    {
        Dictionary<string, LinkStatistics> interfaces = new()
        {
            ["lo"] = new() { ReceivedBytes = 7, SendErrors = 7 },
            ["eth0"] = new() { ReceivedBytes = 1, ReceivedPackets = 2, SentBytes = 3, SentPackets = 4, SendDropped = 5 },
            ["eth1"] = new() { ReceivedBytes = 10 },
        };
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
            NetworkStatistics.WriteSeedJson(writer, interfaces);

        Encoding.UTF8.GetString(stream.ToArray()).Should().Be("""{"rx_bytes":11,"rx_packets":2,"tx_bytes":3,"tx_packets":4,"tx_dropped":5}""");
    }

    [Fact]
    public void This_process_has_interfaces_and_one_that_is_not_there_has_none()
    {
        NetworkStatistics.OfProcess(Environment.ProcessId).Should().ContainKey("lo");
        NetworkStatistics.OfProcess(int.MaxValue).Should().BeNull();
    }
}
