using System.Net.Sockets;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>The terminal of a program that was started, in the hands of who has started it.</summary>
public sealed class TerminalStreamTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private static ExecOptions Pipes { get; } = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe };

    private static ContainerProcess Start(string script, TerminalConfiguration? terminal = null)
    {
        Requires.Root();
        return Sandbox.Start(Sandbox.Default, new ProcessConfiguration("/bin/sh", "-c", script) { Terminal = terminal ?? new TerminalConfiguration() }, Pipes);
    }

    /// <summary>Reads until there is what is looked for, and returns everything up to there.</summary>
    private static async Task<string> Expect(Stream stream, string text)
    {
        byte[] one = new byte[1];
        StringBuilder all = new();
        while (!all.ToString().EndsWith(text, StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, Limit) == 0)
                throw new EndOfStreamException($"there was only: {all}");
            all.Append((char)one[0]);
        }
        return all.ToString();
    }

    private static async Task<string> ReadToEnd(Stream stream)
    {
        using StreamReader reader = new(stream, leaveOpen: true);
        return await reader.ReadToEndAsync(Limit);
    }

    [Fact]
    public async Task It_is_a_stream_in_both_directions_and_ends_with_the_program()
    {
        await using ContainerProcess process = Start("tty; stty size; stty -echo; read line; echo got $line; exit 4", new TerminalConfiguration(20, 70));

        await Expect(process.Terminal!, "/dev/pts/0\r\n20 70\r\n");
        await process.Terminal!.WriteAsync("something\n"u8.ToArray(), Limit);

        (await ReadToEnd(process.Terminal)).Should().EndWith("got something\r\n");
        (await process.WaitForExitAsync(Limit)).ExitCode.Should().Be(4);
        process.StandardOutput.Should().BeSameAs(process.Terminal).And.BeSameAs(process.StandardInput);
    }

    [Fact]
    public async Task A_new_size_is_told_to_the_program()
    {
        await using ContainerProcess process = Start("trap 'stty size; exit' WINCH; echo ready; while true; do sleep 1000 & wait; done");
        await Expect(process.Terminal!, "ready\r\n");

        process.Terminal!.Size = new TerminalSize(33, 44);

        (await ReadToEnd(process.Terminal)).Should().Be("33 44\r\n");
        process.Terminal.Size.Should().Be(new TerminalSize(33, 44));
    }

    [Fact]
    public async Task Nothing_is_lost_at_the_end_however_late_it_is_read()
    {
        for (int i = 0; i < 30; i++)
        {
            await using ContainerProcess process = Start("seq 500");
            if (i % 2 == 0)
                await process.WaitForExitAsync(Limit);
            (await ReadToEnd(process.Terminal!)).Should().Be(string.Concat(Enumerable.Range(1, 500).Select(number => $"{number}\r\n")));
        }
    }

    /// <summary>Between closing its terminal and opening it again there is nobody at the other end.</summary>
    [Fact]
    public async Task A_program_may_close_its_terminal_and_open_it_again()
    {
        await using ContainerProcess process = Start("exec < /dev/null > /dev/null 2>&1; sleep 0.1; exec > /dev/console; echo back");

        (await ReadToEnd(process.Terminal!)).Should().Be("back\r\n");
    }

    [Fact]
    public async Task Somebody_attaches_and_detaches_and_attaches_again()
    {
        await using ContainerProcess process = Start("stty -echo; echo ready; while read line; do echo \"<$line>\"; done; echo over; exit 6");
        await Expect(process.Terminal!, "ready\r\n");

        (bool isDetached, string shown) = await Attach(process.Terminal!, "one\ntwo\n", "\x10\x11", "<two>\r\n");
        isDetached.Should().BeTrue();
        shown.Should().Be("<one>\r\n<two>\r\n");
        process.TrySendSignal(Signal.SIGCONT).Should().BeTrue("it runs on");

        (isDetached, shown) = await Attach(process.Terminal!, "three\n\x10-\n", "\x04", "<\x10->\r\n");
        isDetached.Should().BeFalse();
        shown.Should().Be("<three>\r\n<\x10->\r\nover\r\n", "Control-P alone is the program's");
        (await process.WaitForExitAsync(Limit)).ExitCode.Should().Be(6);
    }

    /// <summary>Types something, waits until the last of it is answered, and types the end.</summary>
    private static async Task<(bool IsDetached, string Shown)> Attach(TerminalStream terminal, string typed, string end, string answer)
    {
        (SafeFileHandle keys, SafeFileHandle toType) = Pipe.Create();
        (SafeFileHandle shownRead, SafeFileHandle shown) = Pipe.Create();
        using (keys)
        using (shown)
        using (shownRead)
        {
            Task<bool> attached = Task.Factory.StartNew(
                () => terminal.Attach(new() { StandardInput = StandardStream.FromHandle(keys), StandardOutput = StandardStream.FromHandle(shown), DetachKeys = [0x10, 0x11] }),
                Limit, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            using DescriptorStream output = new(shownRead, FileAccess.Read);
            Descriptor.Write(toType, Encoding.ASCII.GetBytes(typed));
            string text = await Expect(output, answer);
            Descriptor.Write(toType, Encoding.ASCII.GetBytes(end));
            bool isDetached = await attached;
            toType.Dispose();
            shown.Dispose();
            return (isDetached, text + await ReadToEnd(output));
        }
    }

    [Fact]
    public async Task Cancelling_detaches_and_two_cannot_be_attached()
    {
        await using ContainerProcess process = Start("echo ready; read end");
        await Expect(process.Terminal!, "ready\r\n");
        using CancellationTokenSource cancel = new();
        (SafeFileHandle keys, SafeFileHandle toType) = Pipe.Create();
        (SafeFileHandle shownRead, SafeFileHandle shown) = Pipe.Create();
        using (keys)
        using (toType)
        using (shown)
        {
            await using DescriptorStream output = new(shownRead, FileAccess.Read);
            TerminalAttachOptions options = new() { StandardInput = StandardStream.FromHandle(keys), StandardOutput = StandardStream.FromHandle(shown) };
            Task attached = Task.Factory.StartNew(() => process.Terminal!.Attach(options, cancel.Token), Limit, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Descriptor.Write(toType, "typed"u8);
            await Expect(output, "typed");
            Func<bool> second = () => process.Terminal!.Attach(options);
            second.Should().Throw<InvalidOperationException>().WithMessage("somebody is attached*");

            await cancel.CancelAsync();

            await FluentActions.Awaiting(() => attached).Should().ThrowAsync<OperationCanceledException>();
            process.TrySendSignal(Signal.SIGCONT).Should().BeTrue("it runs on");
            Descriptor.Write(toType, "\n"u8);
            second.Should().NotThrow("the first has left").Which.Should().BeFalse();
        }
    }

    [Fact]
    public async Task A_program_in_a_running_container_has_one_too()
    {
        Requires.Root();
        await using ContainerProcess first = Sandbox.StartScript("echo ready; read end");
        await first.StandardOutput.ReadExactlyAsync(new byte[6], Limit);
        using RunningContainer container = RunningContainer.Of(first);

        await using ContainerProcess shell = Namespaces.StartIn(
            container, new ProcessConfiguration("/bin/sh", "-c", "stty -echo; tty; read line; echo $line; exit 9") { Terminal = new() }, new ExecInOptions { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe });
        await Expect(shell.Terminal!, "/dev/pts/0\r\n");
        await shell.Terminal!.WriteAsync("typed\n"u8.ToArray(), Limit);

        (await ReadToEnd(shell.Terminal)).Should().EndWith("typed\r\n");
        (await shell.WaitForExitAsync(Limit)).ExitCode.Should().Be(9);
    }

    [Fact]
    public async Task Another_process_gets_it_through_its_console_socket()
    {
        using TemporaryDirectory folder = new();
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder["console"]));
        await using ContainerProcess process = Start("stty -echo; echo ready; read line; echo $line; exit 2");
        FluentActions.Invoking(() => process.Terminal!.SendTo(folder["nobody"])).Should().Throw<LinuxException>().WithMessage($"connect {folder["nobody"]}: ENOENT*");
        FluentActions.Invoking(() => process.Terminal!.SendTo(folder["console"])).Should().Throw<LinuxException>().WithMessage("connect *: ECONNREFUSED*", "nobody listens there yet");
        listener.Listen();

        process.Terminal!.SendTo(folder["console"]);

        using Socket connection = await listener.AcceptAsync(Limit);
        byte[] name = new byte[64];
        Encoding.ASCII.GetString(name, 0, SocketPair.Receive(connection.SafeHandle, name, out SafeFileHandle? right)).Should().Be("/dev/ptmx");
        File.ReadLines($"/proc/self/fdinfo/{right!.DangerousGetHandle()}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Should().MatchRegex("[01]0002$", "who gets it expects that reads wait: no O_NONBLOCK, 04000");
        await using DescriptorStream terminal = new(right, FileAccess.ReadWrite);
        await Expect(terminal, "ready\r\n");
        await terminal.WriteAsync("typed\n"u8.ToArray(), Limit);
        (await ReadToEnd(terminal)).Should().Be("typed\r\n");
        (await process.WaitForExitAsync(Limit)).ExitCode.Should().Be(2);
        process.Terminal.CanRead.Should().BeFalse();
    }

    [Fact]
    public async Task Disposal_hangs_it_up_and_leaves_nothing()
    {
        await using (ContainerProcess warm = Start("true"))
            await warm.WaitForExitAsync(Limit);
        Footprint before = Footprint.Take();

        ContainerProcess process = Start("echo ready; sleep 1000");
        await Expect(process.Terminal!, "ready\r\n");
        Task<int> read = process.Terminal!.ReadAsync(new byte[1], Limit).AsTask();
        await process.DisposeAsync();

        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Footprint.Take().Should().Be(before);
    }
}
