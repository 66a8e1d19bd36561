using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Programs that are started, and awaited later.</summary>
public sealed class StartTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task A_start_returns_while_the_program_runs_and_its_end_is_awaited()
    {
        Requires.Root();
        await using ContainerProcess process = Sandbox.StartScript("echo out; echo err >&2; read line; echo got $line; exit 3");

        Task<ExitStatus> end = process.WaitForExitAsync(Limit);
        using StreamReader output = new(process.StandardOutput), error = new(process.StandardError);
        (await output.ReadLineAsync(Limit)).Should().Be("out");
        (await error.ReadLineAsync(Limit)).Should().Be("err");
        end.IsCompleted.Should().BeFalse();
        await process.StandardInput.WriteAsync("line\n"u8.ToArray(), Limit);

        (await end).ExitCode.Should().Be(3);
        (await output.ReadToEndAsync(Limit)).Should().Be("got line\n", "what was written is there behind the end, too");
        process.WaitForExit().ExitCode.Should().Be(3);
        process.Kill().Should().BeFalse();
    }

    [Fact]
    public async Task Cancelling_a_wait_leaves_the_program_alone()
    {
        Requires.Root();
        await using ContainerProcess process = Sandbox.StartScript("read end; exit 5");
        using CancellationTokenSource cancel = new();
        Task<ExitStatus> first = process.WaitForExitAsync(cancel.Token);

        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        process.TrySendSignal(Signal.SIGCONT).Should().BeTrue();
        await process.StandardInput.DisposeAsync();
        (await process.WaitForExitAsync(Limit)).ExitCode.Should().Be(5);
    }

    [Fact]
    public async Task Disposal_kills_and_leaves_nothing()
    {
        Requires.Root();
        await Warm();
        Footprint before = Footprint.Take();

        for (int i = 0; i < 20; i++)
        {
            ContainerProcess process = Sandbox.StartScript("sleep 1000");
            Task<ExitStatus> end = process.WaitForExitAsync(Limit);
            Task<int> read = process.StandardOutput.ReadAsync(new byte[1], Limit).AsTask();
            if (i % 2 == 0)
                process.Dispose();
            else
                await process.DisposeAsync();
            (await end).Signal.Should().Be(Signal.SIGKILL);
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext); // end of file or disposed, whichever came first
        }

        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public async Task What_a_start_has_made_is_undone_once_somebody_has_waited()
    {
        Requires.Root();
        await Warm();
        Footprint before = Footprint.Take();
        using TemporaryDirectory folder = new();

        await using (ContainerProcess process = Sandbox.StartScript("read end", new ExecOptions { StandardInput = StandardStream.Pipe, DataPath = folder.Path }))
        {
            PidFiles.FindRunning(folder.Path).Should().Be(process.Id);
            process.StandardInput.Dispose();
            await process.WaitForExitAsync(Limit);
            Directory.GetFiles(folder.Path).Should().BeEmpty();
        }

        Footprint.Take().Should().Be(before);
    }

    /// <summary>Copying goes on whether somebody waits or not: this is more than a pipe holds.</summary>
    [Fact]
    public async Task Streams_of_the_callers_are_copied_from_the_start_on()
    {
        Requires.Root();
        using MemoryStream input = new(Encoding.ASCII.GetBytes(new string('x', 1_000_000))), error = new();
        using ReportingStream output = new(1_000_000);

        await using ContainerProcess process = Sandbox.Start(Sandbox.Default, new ProcessConfiguration("/bin/sh", "-c", "cat; echo done >&2; exec sleep 1000"), new ExecOptions
        {
            StandardInput = StandardStream.FromStream(input),
            StandardOutput = StandardStream.FromStream(output),
            StandardError = StandardStream.FromStream(error),
        });
        await output.Arrived.WaitAsync(Limit);
        process.Kill();

        (await process.WaitForExitAsync(Limit)).Signal.Should().Be(Signal.SIGKILL);
        Encoding.ASCII.GetString(error.ToArray()).Should().BeOneOf("done\n", ""); // it was killed before or behind that
    }

    [Fact]
    public async Task A_process_left_behind_does_not_hold_up_the_end_of_a_copy()
    {
        Requires.Root();
        ContainerConfiguration shared = Sandbox.Default with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid };
        using MemoryStream output = new();
        await using ContainerProcess process = Sandbox.StartScript("sleep 1000 & echo $!; printf end", new ExecOptions { StandardOutput = StandardStream.FromStream(output) }, shared);

        (await process.WaitForExitAsync(Limit)).Success.Should().BeTrue();

        string[] lines = Encoding.ASCII.GetString(output.ToArray()).Split('\n');
        using PidFd left = PidFd.Open(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture));
        left.TrySendSignal(Signal.SIGKILL).Should().BeTrue();
        lines[1].Should().Be("end");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_fails_ends_the_program_and_is_told(bool isAwaited)
    {
        Requires.Root();
        await using ContainerProcess process = Sandbox.StartScript("while true; do echo x; done", new ExecOptions { StandardOutput = StandardStream.FromStream(new FullStream()) });

        Func<Task> wait = isAwaited ? () => process.WaitForExitAsync(Limit) : () => Task.Run(process.WaitForExit, Limit);

        await wait.Should().ThrowAsync<InvalidOperationException>().WithMessage("full");
    }

    [Fact]
    public async Task A_start_that_is_cancelled_or_fails_leaves_nothing()
    {
        Requires.Root();
        await Warm();
        Footprint before = Footprint.Take();
        using CancellationTokenSource cancel = new();

        FluentActions.Invoking(() => Sandbox.Start(Sandbox.Default, new ProcessConfiguration("/bin/nothing"), Sandbox.Pipes)).Should().Throw<Launch.LaunchException>();
        FluentActions.Invoking(() => Sandbox.Start(Sandbox.Default, new ProcessConfiguration("/bin/true"), Sandbox.Pipes with { Started = _ => cancel.Cancel() }, cancel.Token)).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => Sandbox.Start(Sandbox.Default, new ProcessConfiguration("/bin/true"), Sandbox.Pipes with { Started = _ => throw new InvalidDataException("no") })).Should().Throw<InvalidDataException>();

        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public async Task A_program_is_started_in_a_container_and_awaited()
    {
        Requires.Root();
        await using ContainerProcess first = Sandbox.StartScript("echo ready; read end");
        await first.StandardOutput.ReadExactlyAsync(new byte[6], Limit);
        using RunningContainer container = RunningContainer.Of(first);
        ExecInOptions pipes = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe };

        ContainerProcess[] more = [.. Enumerable.Range(0, 10).Select(i => Namespaces.StartIn(container, new ProcessConfiguration("/bin/sh", "-c", $"read a; echo $a {i}; exit {i}"), pipes))];
        for (int i = 0; i < more.Length; i++)
        {
            await more[i].StandardInput.WriteAsync("hello\n"u8.ToArray(), Limit);
            using StreamReader output = new(more[i].StandardOutput);
            (await output.ReadToEndAsync(Limit)).Should().Be($"hello {i}\n");
            (await more[i].WaitForExitAsync(Limit)).ExitCode.Should().Be(i);
            await more[i].DisposeAsync();
        }

        await first.StandardInput.DisposeAsync();
        (await first.WaitForExitAsync(Limit)).ExitCode.Should().Be(1);
    }

    [Fact]
    public void Streams_that_cannot_be_are_refused_before_anything_is_made()
    {
        Requires.Root();
        ProcessConfiguration program = new("/bin/true");

        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default, program, Sandbox.Pipes)).Should().Throw<ArgumentException>().WithMessage("a pipe is for a program that is started*");
        FluentActions.Invoking(() => Sandbox.Start(Sandbox.Default, program, new ExecOptions { StandardOutput = StandardStream.SameAsOutput })).Should().Throw<ArgumentException>().WithMessage("only the stream for errors*");
        FluentActions.Invoking(() => Sandbox.Start(Sandbox.Default, program with { Terminal = new() })).Should().Throw<ArgumentException>().WithMessage("a program with a terminal that is started*");
        using ContainerProcess process = Sandbox.Start(Sandbox.Default, program, new ExecOptions { StandardOutput = StandardStream.Null });
        FluentActions.Invoking(() => process.StandardOutput).Should().Throw<InvalidOperationException>().WithMessage("StandardOutput is no StandardStream.Pipe");
    }

    private static async Task Warm()
    {
        await using ContainerProcess process = Sandbox.StartScript("true");
        await process.WaitForExitAsync(Limit);
    }

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidOperationException("full");
    }

    private sealed class ReportingStream(int count) : MemoryStream
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Arrived => _arrived.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (Length >= count)
                _arrived.TrySetResult();
        }
    }
}
