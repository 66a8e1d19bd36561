using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux.Tests;

/// <summary>Terminals by descriptor.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _peer;

    public TerminalTests() => (_master, _peer) = PseudoTerminal.Create();

    public void Dispose()
    {
        _peer.Dispose();
        _master.Dispose();
    }

    [Fact]
    public void Both_ends_are_terminals_and_a_pipe_is_none()
    {
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        using (read)
        using (write)
            new[] { Terminal.IsTerminal(_master), Terminal.IsTerminal(_peer), Terminal.IsTerminal(read) }.Should().Equal(true, true, false);
    }

    [Fact]
    public void The_size_is_one_seen_from_both_ends()
    {
        Terminal.GetSize(_peer).Should().Be(new TerminalSize(0, 0));

        Terminal.SetSize(_master, new TerminalSize(24, 65535));

        Terminal.GetSize(_peer).Should().Be(new TerminalSize(24, 65535));
        Terminal.GetSize(_master).Should().Be(new TerminalSize(24, 65535));
    }

    [Fact]
    public void A_size_that_does_not_fit_is_refused_and_not_cut()
        => FluentActions.Invoking(() => Terminal.SetSize(_master, new TerminalSize(24, 65536))).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void The_size_of_what_is_no_terminal_is_an_error()
    {
        using SafeFileHandle file = File.OpenHandle("/dev/null");

        FluentActions.Invoking(() => Terminal.GetSize(file)).Should().Throw<LinuxException>().WithMessage("ioctl*TIOCGWINSZ*ENOTTY*");
    }

    [Fact]
    public void In_raw_mode_keys_come_as_they_are_typed_and_afterwards_line_by_line()
    {
        byte[] buffer = new byte[64];
        Terminal.Settings before = Terminal.GetSettings(_peer);

        using (RawMode.Enter(_peer))
        {
            Descriptor.Write(_master, "\x03\r\x11"u8);
            Descriptor.Read(_peer, buffer).Should().Be(3);
            buffer[..3].Should().Equal(3, 13, 17);
            Descriptor.Write(_peer, "a\n"u8);
            Descriptor.Read(_master, buffer).Should().Be(2, "a line break stays one, and no key was echoed");
        }

        Terminal.Settings after = Terminal.GetSettings(_peer);
        after.Should().Be(before);
        Descriptor.Write(_master, "x\r"u8);
        Descriptor.Read(_peer, buffer).Should().Be(2);
        buffer[..2].Should().Equal("x\n"u8.ToArray());
    }

    [Fact]
    public void A_terminal_that_is_hung_up_cannot_be_restored_and_that_is_no_error()
    {
        RawMode mode = RawMode.Enter(_peer);
        _master.Dispose();

        mode.Dispose();
        mode.Dispose();
        Terminal.IsTerminal(_peer).Should().BeTrue();
        Descriptor.Read(_peer, new byte[8]).Should().Be(0, "that is its end");
    }

    [Fact]
    public void The_end_of_the_other_side_is_end_of_file()
    {
        _peer.Dispose();

        Descriptor.Read(_master, new byte[8]).Should().Be(0);
    }

    [Fact]
    public void The_peer_can_be_opened_again()
    {
        _peer.Dispose();
        using SafeFileHandle again = PseudoTerminal.OpenPeer(_master);

        Descriptor.Write(again, "x"u8);

        Descriptor.Read(_master, new byte[8]).Should().Be(1);
    }

    [Fact]
    public void Nothing_there_and_no_room_are_told_apart_from_the_end()
    {
        using SafeFileHandle queue = File.OpenHandle("/dev/null");
        Descriptor.TryRead(queue, new byte[8]).Should().Be(0);
        Descriptor.TryWrite(_peer, "x"u8).Should().Be(1);
    }
}
