using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux.Tests;

public sealed class DescriptorStreamTests
{
    private const int Capacity = 64 * 1024; // of a pipe: pipe(7)

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static (DescriptorStream Read, DescriptorStream Write) Create()
    {
        (SafeFileHandle read, SafeFileHandle write) = Pipe.Create();
        return (new DescriptorStream(read, FileAccess.Read), new DescriptorStream(write, FileAccess.Write));
    }

    [Fact]
    public async Task A_read_waits_for_what_is_written_and_ends_with_the_other_end()
    {
        (DescriptorStream read, DescriptorStream write) = Create();
        byte[] buffer = new byte[8];

        for (int i = 0; i < 100; i++)
        {
            ValueTask<int> pending = read.ReadAsync(buffer, Limit);
            pending.IsCompleted.Should().BeFalse();
            await write.WriteAsync(Encoding.ASCII.GetBytes($"{i}"), Limit);
            Encoding.ASCII.GetString(buffer, 0, await pending).Should().Be($"{i}");
        }
        ValueTask<int> end = read.ReadAsync(buffer, Limit);
        await write.DisposeAsync();

        (await end).Should().Be(0);
        (await read.ReadAsync(buffer, Limit)).Should().Be(0);
        read.Read(buffer).Should().Be(0);
        await read.DisposeAsync();
    }

    [Fact]
    public async Task A_write_waits_until_there_is_room_and_everything_arrives()
    {
        (DescriptorStream read, DescriptorStream write) = Create();
        byte[] sent = new byte[5 * Capacity + 1];
        new Random(1).NextBytes(sent);

        ValueTask pending = write.WriteAsync(sent, Limit);
        pending.IsCompleted.Should().BeFalse("it is more than the pipe holds");
        byte[] received = new byte[sent.Length];
        await read.ReadExactlyAsync(received, Limit);

        await pending;
        received.Should().Equal(sent);
        await read.DisposeAsync();
        await write.DisposeAsync();
    }

    [Fact]
    public async Task A_wait_is_cancelled_and_nothing_is_lost()
    {
        (DescriptorStream read, DescriptorStream write) = Create();
        byte[] buffer = new byte[8];
        using CancellationTokenSource cancel = new();

        Task<int> pending = read.ReadAsync(buffer, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => pending).Should().ThrowAsync<OperationCanceledException>();
        await write.WriteAsync("kept"u8.ToArray(), Limit);

        (await read.ReadAsync(buffer, Limit)).Should().Be(4);
        await FluentActions.Awaiting(() => read.ReadAsync(buffer, cancel.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();
        await read.DisposeAsync();
        await write.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_at_the_other_end_is_an_error_also_for_a_write_that_waits()
    {
        (DescriptorStream read, DescriptorStream write) = Create();
        Task pending = write.WriteAsync(new byte[2 * Capacity], Limit).AsTask();

        await read.DisposeAsync();

        (await FluentActions.Awaiting(() => pending).Should().ThrowAsync<LinuxException>()).Which.Error.Should().Be(Errno.EPIPE);
        FluentActions.Invoking(() => write.Write("x"u8)).Should().Throw<LinuxException>();
        await write.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_ends_what_waits_and_closes_the_descriptor()
    {
        (SafeFileHandle handle, SafeFileHandle other) = Pipe.Create();
        DescriptorStream read = new(handle, FileAccess.Read);
        Task<int> pending = read.ReadAsync(new byte[1], Limit).AsTask();

        await read.DisposeAsync();

        await FluentActions.Awaiting(() => pending).Should().ThrowAsync<ObjectDisposedException>();
        handle.IsClosed.Should().BeTrue();
        FluentActions.Invoking(() => Descriptor.Write(other, "x"u8)).Should().Throw<LinuxException>("both of its users have let go of it").Which.Error.Should().Be(Errno.EPIPE);
        other.Dispose();
        await read.DisposeAsync();
    }

    /// <summary>The same descriptor in two directions, as epoll(7) knows it once.</summary>
    [Fact]
    public async Task A_terminal_is_read_and_written_at_once()
    {
        (SafeFileHandle master, SafeFileHandle peer) = PseudoTerminal.Create();
        using (peer)
        {
            await using DescriptorStream stream = new(master, FileAccess.ReadWrite);
            byte[] buffer = new byte[64];
            Task<int> shown = stream.ReadAsync(buffer, Limit).AsTask();
            // Lines: what is longer than one is thrown away, and never waits.
            Task typed = stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\n", 200_000))), Limit).AsTask();

            Encoding.ASCII.GetString(buffer, 0, await shown).Should().StartWith("x", "a terminal shows what is typed");
            typed.IsCompleted.Should().BeFalse("nobody reads what is typed");
        }
    }

    [Fact]
    public void It_reads_only_or_writes_only_what_it_was_opened_for()
    {
        (DescriptorStream read, DescriptorStream write) = Create();

        (read.CanRead, read.CanWrite, write.CanRead, write.CanWrite, read.CanSeek).Should().Be((true, false, false, true, false));
        FluentActions.Invoking(() => read.Write("x"u8)).Should().Throw<NotSupportedException>();
        FluentActions.Invoking(() => write.Read(new byte[1], 0, 1)).Should().Throw<NotSupportedException>();
        FluentActions.Invoking(() => read.TryRead(new byte[1])).Should().NotThrow().Which.Should().Be(-1);
        read.Dispose();
        write.Dispose();
        read.CanRead.Should().BeFalse();
        FluentActions.Invoking(() => read.TryRead(new byte[1])).Should().Throw<ObjectDisposedException>();
    }
}
