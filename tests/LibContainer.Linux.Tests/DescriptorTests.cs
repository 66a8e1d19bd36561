using System.Diagnostics;
using System.Text;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux.Tests;

public sealed class DescriptorTests
{
    [Fact]
    public void A_message_brings_its_descriptor_along()
    {
        (SequencedSocket one, SequencedSocket other) = SequencedSocket.CreatePair();
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        using (one)
        using (other)
        using (read)
        using (write)
        {
            one.Send("ab"u8, "c"u8, [(int)write.DangerousGetHandle()]).Should().Be((Errno)0);

            Span<byte> buffer = stackalloc byte[16];
            int length = other.Receive(buffer, out int descriptor);
            Encoding.UTF8.GetString(buffer[..length]).Should().Be("abc");
            using (SafeFileHandle received = new(descriptor, ownsHandle: true))
                Descriptor.Write(received, "x"u8);
            byte[] arrived = new byte[1];
            Descriptor.Read(read, arrived).Should().Be(1);
        }
    }

    [Fact]
    public void A_closed_peer_is_end_of_file_to_read_and_EPIPE_to_write()
    {
        (SequencedSocket one, SequencedSocket other) = SequencedSocket.CreatePair();
        using (one)
        {
            other.Dispose();

            one.Receive(new byte[8], out int descriptor).Should().Be(0);
            descriptor.Should().Be(-1);
            one.Send("x"u8).Should().Be(Errno.EPIPE);
        }
    }

    [Fact]
    public void A_sealed_file_cannot_be_written_or_resized()
    {
        using SafeFileHandle file = MemoryFile.CreateSealed("test", "content"u8, executable: true);
        byte[] content = new byte[16];

        RandomAccess.Read(file, content, 0).Should().Be(7);
        FluentActions.Invoking(() => RandomAccess.Write(file, "x"u8, 0)).Should().Throw<UnauthorizedAccessException>();
        FluentActions.Invoking(() => RandomAccess.SetLength(file, 1)).Should().Throw<Exception>();
        RandomAccess.GetLength(file).Should().Be(7);
    }

    [Fact]
    public void Shared_words_are_seen_through_the_file()
    {
        using SharedWords words = new("test", 4);
        words[2] = 0x01020304;

        byte[] bytes = new byte[16];
        RandomAccess.Read(words.File, bytes, 0);
        BitConverter.ToUInt32(bytes, 8).Should().Be(0x01020304);
        FluentActions.Invoking(() => words[4]).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_process_is_signalled_and_waited_for_by_descriptor()
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        using PidFd process = Spawned("/bin/cat", nothing);

        process.WaitForExit().Should().Be(ExitStatus.FromWaitStatus(0));
        process.TrySendSignal(Signal.SIGTERM).Should().BeFalse("it has gone");
    }

    [Fact]
    public void A_killed_process_says_by_what()
    {
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        using (read)
        using (write)
        using (PidFd process = Spawned("/bin/cat", read))
        {
            process.TrySendSignal(Signal.SIGKILL).Should().BeTrue();

            process.WaitForExit().Signal.Should().Be(Signal.SIGKILL);
        }
    }

    /// <summary>The runtime reaps children that it started. What it took away is read back from the pidfd, or is unknown; never invented.</summary>
    [Fact]
    public void A_status_that_somebody_else_reaped_is_right_or_unknown()
    {
        using Process process = Command.Start("/bin/sh", "-c", "read line; exit 42");
        using PidFd pidFd = PidFd.Open(process.Id);
        process.StandardInput.Close();
        process.WaitForExit();

        ExitStatus status = pidFd.WaitForExit();

        if (KernelVersion.Current >= new KernelVersion(6, 15))
            status.Should().Be(ExitStatus.FromWaitStatus(42 << 8));
        else
            status.Should().Be(ExitStatus.Unknown);
    }

    [Fact]
    public void A_pid_that_nobody_has_is_an_error_that_names_it()
        => FluentActions.Invoking(() => PidFd.Open(int.MaxValue)).Should().Throw<LinuxException>().WithMessage("pidfd_open pid 2147483647: E*");

    [Fact]
    public void Readiness_is_told_for_each_descriptor()
    {
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        (SafeFileHandle other, SafeFileHandle otherWrite) = Pipe.Create();
        using (read)
        using (write)
        using (other)
        using (otherWrite)
        {
            Readiness.Wait([read, other], TimeSpan.Zero).Should().Equal(false, false);
            Descriptor.Write(otherWrite, "x"u8);
            Readiness.Wait([read, other], Timeout.InfiniteTimeSpan).Should().Equal(false, true);
        }
    }

    /// <summary>cat, told by its input to look at itself, would need arguments: it copies, and /proc tells what it is while it waits.</summary>
    [Fact]
    public void A_spawned_program_gets_default_signals_no_environment_and_a_session_of_its_own()
    {
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        using (read)
        using (write)
        {
            using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
            int sink = (int)nothing.DangerousGetHandle();
            int id = Spawn.Start("/bin/cat", "cat", [(int)read.DangerousGetHandle(), sink, sink]);
            using PidFd process = PidFd.Open(id);

            string[] status = File.ReadAllLines($"/proc/{id}/status");
            string[] stat = File.ReadAllText($"/proc/{id}/stat").Split(") ")[1].Split(' ');
            byte[] environment = File.ReadAllBytes($"/proc/{id}/environ");
            process.TrySendSignal(Signal.SIGKILL);
            process.WaitForExit();

            status.Should().Contain("SigIgn:\t0000000000000000", "the runtime ignores SIGPIPE, and that would be inherited");
            status.Should().Contain("SigBlk:\t0000000000000000");
            stat[3].Should().Be($"{id}", "it leads a session");
            environment.Should().BeEmpty();
        }
    }

    private static PidFd Spawned(string program, SafeFileHandle input)
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        int sink = (int)nothing.DangerousGetHandle();
        return PidFd.Open(Spawn.Start(program, program, [(int)input.DangerousGetHandle(), sink, sink]));
    }
}
