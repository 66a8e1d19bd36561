using System.Net;
using System.Net.NetworkInformation;
using CsCheck;
using LibContainer.Linux;
using LibContainer.Network.Netlink;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>What the kernel says, and what it would never say.</summary>
public sealed class AnswerTests
{
    private const int Tries = 2000;

    private delegate object? Parse(ReadOnlySpan<byte> body);

    /// <summary>Type, length of the fixed part, reader.</summary>
    private static readonly (ushort Type, int BodyLength, Parse Parse)[] Readers =
    [
        (Rtnetlink.RTM_NEWLINK, 16, NetworkLink.Parse),
        (Rtnetlink.RTM_NEWADDR, 8, LinkAddress.Parse),
        (Rtnetlink.RTM_NEWROUTE, 12, NetworkRoute.Parse),
        (Rtnetlink.RTM_NEWNEIGH, 12, NetworkNeighbour.Parse),
        (Rtnetlink.IFLA_STATS64, 0, LinkStatistics.Parse),
    ];

    [Fact]
    public void A_neighbour_is_read() => NetworkNeighbour.Parse(Convert.FromHexString("02000000" + "0a000000" + "40000001" + "080001000a010009" + "0a000200020000000009" + "0000"))
        .Should().Be(new NetworkNeighbour(10, IPAddress.Parse("10.1.0.9"), PhysicalAddress.Parse("02:00:00:00:00:09"), NeighbourState.NoArp));

    /// <summary>An entry of a bridge is of AF_BRIDGE, 7.</summary>
    [Fact]
    public void A_neighbour_without_an_address_is_none()
        => NetworkNeighbour.Parse(Convert.FromHexString("07000000" + "0a000000" + "80000000" + "0a000200020000000009" + "0000")).Should().BeNull();

    [Theory]
    [InlineData("0221800001000000" + "080002000a010009", "rtnetlink: 10.1.0.9 has no prefix of 33 bits")]
    [InlineData("0a81800001000000" + "14000200fd000000000000000000000000000001", "rtnetlink: fd00::1 has no prefix of 129 bits")]
    [InlineData("0218800001000000" + "07000200" + "0a010000", "rtnetlink: attribute 2 has 3 bytes, and is an address of 4 or 16")]
    [InlineData("0218800001000000" + "06000800" + "80000000", "rtnetlink: attribute 8 has 2 bytes, and is a number of 4")]
    [InlineData("02188000010000", "rtnetlink: 7 bytes are no address")]
    public void An_address_that_cannot_be_is_an_error(string body, string words)
        => FluentActions.Invoking(() => LinkAddress.Parse(Convert.FromHexString(body))).Should().Throw<InvalidDataException>().WithMessage(words);

    [Fact]
    public void A_destination_that_cannot_be_is_an_error()
        => FluentActions.Invoking(() => NetworkRoute.Parse(Convert.FromHexString("02210000fe03000100000000" + "080001000a010000")))
            .Should().Throw<InvalidDataException>().WithMessage("rtnetlink: 10.1.0.0 has no prefix of 33 bits");

    /// <summary>Any bytes at all: an answer, or the one error.</summary>
    [Fact]
    public void Whatever_comes_is_an_answer_or_an_error()
        => Gen.Byte.Array[0, 200].Sample(bytes => Readers.All(reader => IsReadOrRefused(reader.Parse, bytes)) && IsReadOrRefused(Packet, bytes), iter: Tries);

    /// <summary>Any attributes: the lengths are right, and the values are not. Many are as long as a number, or as an address.</summary>
    [Fact]
    public void Whatever_an_attribute_says_is_an_answer_or_an_error()
    {
        Gen<byte[]> values = Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16], Gen.Byte.Array[0, 70]);
        Gen.Select(Gen.Select(Gen.Int[0, 60], values).Array[0, 30], Gen.Byte.Array[16], Gen.Int[0, Readers.Length - 1]).Sample((attributes, body, index) =>
        {
            (ushort type, int bodyLength, Parse parse) = Readers[index];
            NetlinkRequest message = new NetlinkRequest(type, 0, "test").Body(body.AsSpan(0, bodyLength));
            foreach ((int attribute, byte[] value) in attributes)
                message.Add((ushort)attribute, value);
            return IsReadOrRefused(parse, message.Bytes[NetlinkRequest.HeaderLength..]);
        }, iter: Tries);
    }

    /// <summary>An error message with any content.</summary>
    [Fact]
    public void Whatever_a_refusal_says_is_an_error_of_the_two_kinds()
        => Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 0x3FF], Gen.Bool).Sample((body, flags, isDone) =>
        {
            using NetlinkConnection connection = new(new ScriptedSocket(
                ScriptedSocket.Message(isDone ? Rtnetlink.NLMSG_DONE : Rtnetlink.NLMSG_ERROR, 1, flags & ~Rtnetlink.NLM_F_DUMP_INTR, ScriptedSocket.OwnPort, body)));
            try
            {
                connection.Transact(new NetlinkRequest(ScriptedSocket.TestType, Rtnetlink.NLM_F_ACK, "test"));
                return BitConverter.ToInt32(body) >= 0;
            }
            catch (NetlinkException refusal)
            {
                return (int)refusal.Error == -BitConverter.ToInt32(body);
            }
            catch (InvalidDataException)
            {
                return body.Length < 4 || BitConverter.ToInt32(body) < 0;
            }
        }, iter: Tries);

    private static object? Packet(ReadOnlySpan<byte> packet)
    {
        while (!packet.IsEmpty)
            NetlinkConnection.Next(ref packet, out _, out _);
        return null;
    }

    private static bool IsReadOrRefused(Parse parse, ReadOnlySpan<byte> bytes)
    {
        try
        {
            parse(bytes);
        }
        catch (InvalidDataException)
        {
            // what a reader says of bad input; anything else ends the test
        }
        return true;
    }
}
