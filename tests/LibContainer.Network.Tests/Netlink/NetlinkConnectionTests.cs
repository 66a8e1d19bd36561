using LibContainer.Linux;
using LibContainer.Network.Netlink;
using static LibContainer.Network.Tests.Netlink.ScriptedSocket;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>Exchanges with a kernel that is written down.</summary>
public sealed class NetlinkConnectionTests
{
    /// <summary>The request's own port is 0: the kernel knows the socket.</summary>
    [Fact]
    public void A_request_is_sent_with_a_new_number_each_time()
    {
        ScriptedSocket socket = new(Acknowledgement(1), Acknowledgement(2));
        using NetlinkConnection connection = new(socket);

        connection.Transact(Request());
        connection.Transact(Request());

        socket.Sent.Select(Convert.ToHexStringLower).Should().Equal("10000000" + "6300" + "0500" + "01000000" + "00000000", "10000000" + "6300" + "0500" + "02000000" + "00000000");
    }

    [Fact]
    public void What_the_kernel_refuses_is_an_error_and_the_next_request_is_not_its_victim()
    {
        using NetlinkConnection connection = new(new ScriptedSocket(Acknowledgement(1, Errno.EEXIST), Acknowledgement(2)));

        connection.Invoking(it => it.Transact(Request())).Should().Throw<NetlinkException>().WithMessage("RTM_TEST: EEXIST (File exists)").Which.Error.Should().Be(Errno.EEXIST);
        connection.Transact(Request());
    }

    public static TheoryData<byte[], string> WrongAnswers => new()
    {
        { Acknowledgement(7), "RTM_TEST: the answer to request 7 came to request 1" },
        { Message(Rtnetlink.NLMSG_ERROR, 1, 0, 78, new byte[20]), "RTM_TEST: an answer to port 78 came to port 77" },
        { Message(TestType, 1, 0, 78), "RTM_TEST: an answer to port 78 came to port 77" },
        { Message(Rtnetlink.NLMSG_ERROR, 1, 0, OwnPort, 1, 2), "RTM_TEST: an answer of 2 bytes has no errno" },
        { Message(Rtnetlink.NLMSG_DONE, 1), "RTM_TEST: an answer of 0 bytes has no errno" },
        { Acknowledgement(1)[..10], "rtnetlink: a message of -1 bytes, where 10 are left" },
        { Acknowledgement(1)[..35], "rtnetlink: a message of 36 bytes, where 35 are left" },
        { [.. Message(Rtnetlink.NLMSG_NOOP, 1), 1, 2, 3, 4], "rtnetlink: a message of -1 bytes, where 4 are left" },
    };

    /// <summary>Nothing is kept of them: the next request has its own answer.</summary>
    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public void A_wrong_answer_is_an_error_that_says_what_is_wrong(byte[] answer, string words)
    {
        using NetlinkConnection connection = new(new ScriptedSocket(answer, Acknowledgement(2)));

        connection.Invoking(it => it.Transact(Request())).Should().Throw<InvalidDataException>().WithMessage(words);
        connection.Transact(Request());
    }

    [Fact]
    public void An_answer_that_the_kernel_had_no_room_for_is_an_error()
    {
        using NetlinkConnection connection = new(new ScriptedSocket(Message(Rtnetlink.NLMSG_OVERRUN, 1)));

        connection.Invoking(it => it.Transact(Request())).Should().Throw<NetlinkException>().Which.Error.Should().Be(Errno.ENOBUFS);
    }

    /// <summary>Otherwise every request from then on would get the answer to the one before it.</summary>
    [Fact]
    public void A_late_answer_to_a_request_that_was_given_up_is_passed_over()
    {
        byte[] wrong = Acknowledgement(9), late = [.. Entry(1, 5), .. Acknowledgement(1, Errno.EPERM)];
        using NetlinkConnection connection = new(new ScriptedSocket(wrong, late, [.. Entry(2, 6), .. Acknowledgement(2)]));
        connection.Invoking(it => it.Transact(Request())).Should().Throw<InvalidDataException>();
        List<byte> answers = [];

        connection.Query(Request(), (_, body) => answers.Add(body[0]));

        answers.Should().Equal(6);
    }

    [Fact]
    public void Silence_is_an_error()
    {
        using NetlinkConnection connection = new(new ScriptedSocket(Entry(1, 1)));

        connection.Invoking(List).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.ETIMEDOUT);
    }

    [Fact]
    public void A_question_has_answers_and_then_an_acknowledgement()
    {
        using NetlinkConnection connection = new(new ScriptedSocket(Message(Rtnetlink.NLMSG_NOOP, 1), Entry(1, 42), Acknowledgement(1), Acknowledgement(2, Errno.ENODEV)));
        List<(ushort, byte)> answers = [];

        connection.Query(Request(), (type, body) => answers.Add((type, body[0])));
        answers.Should().Equal((TestType, 42));
        connection.Invoking(it => it.Query(Request(), (_, _) => { })).Should().Throw<NetlinkException>().Which.Error.Should().Be(Errno.ENODEV);
    }

    [Fact]
    public void A_list_goes_to_its_end_over_several_packets()
    {
        using NetlinkConnection connection = new(new ScriptedSocket([.. Entry(1, 1), .. Entry(1, 2)], Entry(1, 3), Done(1), [.. Entry(2, 4), .. Done(2)]));

        List(connection).Should().Equal("1", "2", "3");
        List(connection).Should().Equal("4");
    }

    [Fact]
    public void A_list_that_changes_while_it_is_written_is_asked_for_again()
    {
        ScriptedSocket socket = new(Entry(1, 1), Entry(1, 2, Rtnetlink.NLM_F_DUMP_INTR), Done(1), Entry(2, 3), Done(2, flags: Rtnetlink.NLM_F_DUMP_INTR), Entry(3, 4), Done(3));
        using NetlinkConnection connection = new(socket);

        List(connection).Should().Equal("4");
        socket.Sent.Should().HaveCount(3);
    }

    [Fact]
    public void A_list_that_changes_each_time_is_an_error_in_the_end()
    {
        ScriptedSocket socket = new([.. Enumerable.Range(1, 100).Select(number => Done((uint)number, flags: Rtnetlink.NLM_F_DUMP_INTR))]);
        using NetlinkConnection connection = new(socket);

        connection.Invoking(List).Should().Throw<NetlinkException>().WithMessage("RTM_TEST: EINTR (Interrupted system call): the list changed while it was read, 20 times");
        socket.Sent.Should().HaveCount(20);
    }

    [Fact]
    public void A_list_can_be_refused_at_its_beginning_and_at_its_end()
    {
        using NetlinkConnection connection = new(new ScriptedSocket(Acknowledgement(1, Errno.EOPNOTSUPP), Entry(2, 1), Done(2, Errno.ENODEV), Done(3)));

        connection.Invoking(List).Should().Throw<NetlinkException>().Which.Error.Should().Be(Errno.EOPNOTSUPP);
        connection.Invoking(List).Should().Throw<NetlinkException>().Which.Error.Should().Be(Errno.ENODEV);
        List(connection).Should().BeEmpty();
    }

    /// <summary>An errno, the request as the kernel gives it back, and NLMSGERR_ATTR_MSG.</summary>
    [Theory]
    [InlineData(Rtnetlink.NLMSG_ERROR, Rtnetlink.NLM_F_ACK_TLVS | Rtnetlink.NLM_F_CAPPED, "eaffffff" + "40000000100005060100000000000000")] // its header alone
    [InlineData(Rtnetlink.NLMSG_ERROR, Rtnetlink.NLM_F_ACK_TLVS, "eaffffff" + "16000000100005060100000000000000" + "0000000000000000")] // all of it: 22 bytes, filled up
    [InlineData(Rtnetlink.NLMSG_DONE, Rtnetlink.NLM_F_ACK_TLVS, "eaffffff")] // the end of a list has no request
    public void A_refusal_has_the_kernels_words(ushort type, int flags, string start)
    {
        using NetlinkConnection connection = new(new ScriptedSocket(
            Message(type, 1, flags, OwnPort, Convert.FromHexString(start + "08000200" + "2c000000" + "0b000100" + "6e6f74206f6b00" + "00"))));

        NetlinkException refusal = connection.Invoking(it => it.Transact(Request())).Should().Throw<NetlinkException>().Which;

        refusal.Message.Should().Be("RTM_TEST: EINVAL (Invalid argument): not ok");
        refusal.Words.Should().Be("not ok");
        refusal.HResult.Should().Be(22);
    }

    [Theory]
    [InlineData(Rtnetlink.NLM_F_ACK_TLVS | Rtnetlink.NLM_F_CAPPED, "eaffffff" + "10000000", "RTM_TEST: an answer of 8 bytes is about a request of -1")]
    [InlineData(Rtnetlink.NLM_F_ACK_TLVS, "eaffffff", "RTM_TEST: an answer of 4 bytes is about a request of -1")]
    [InlineData(Rtnetlink.NLM_F_ACK_TLVS, "eaffffff" + "ffffff7f100005060100000000000000", "RTM_TEST: an answer of 20 bytes is about a request of 2147483647")]
    [InlineData(Rtnetlink.NLM_F_ACK_TLVS, "eaffffff" + "feffffff100005060100000000000000", "RTM_TEST: an answer of 20 bytes is about a request of -2")]
    [InlineData(Rtnetlink.NLM_F_ACK_TLVS | Rtnetlink.NLM_F_CAPPED, "eaffffff" + "10000000100005060100000000000000" + "ff000100", "rtnetlink: an attribute of 255 bytes, where 4 are left")]
    public void A_refusal_about_an_impossible_request_is_an_error(int flags, string body, string words)
    {
        using NetlinkConnection connection = new(new ScriptedSocket(Message(Rtnetlink.NLMSG_ERROR, 1, flags, OwnPort, Convert.FromHexString(body))));

        connection.Invoking(it => it.Transact(Request())).Should().Throw<InvalidDataException>().WithMessage(words);
    }

    [Fact]
    public void The_socket_is_closed_with_it()
    {
        ScriptedSocket socket = new();

        new NetlinkConnection(socket).Dispose();

        socket.IsDisposed.Should().BeTrue();
    }

    private static List<string> List(NetlinkConnection connection)
        => connection.Dump(Request(), static (_, body) => body[0].ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static NetlinkRequest Request() => new(TestType, Rtnetlink.NLM_F_ACK, "RTM_TEST");
}
