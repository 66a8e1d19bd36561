using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

public sealed class StreamTests
{
    [Fact]
    public void The_last_byte_arrives_however_much_there_is()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("head -c 20000000 /dev/zero | tr '\\0' x; printf 'the end'; printf 'of errors' >&2");

        result.Output.Should().HaveLength(20000007).And.EndWith("the end");
        result.Error.Should().Be("of errors");
    }

    [Fact]
    public void Many_short_programs_lose_nothing()
    {
        Requires.Root();

        for (int i = 0; i < 200; i++)
            Sandbox.Script($"echo {i}; echo e{i} >&2").Should().Match<Sandbox.Result>(result => result.Output == $"{i}\n" && result.Error == $"e{i}\n");
    }

    [Fact]
    public void Input_is_passed_and_ends()
    {
        Requires.Root();
        string text = string.Concat(Enumerable.Repeat("0123456789", 50_000));

        Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/cat"), text).Output.Should().Be(text);
    }

    [Fact]
    public void A_program_that_does_not_read_its_input_is_no_error()
    {
        Requires.Root();

        Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/true"), new string('x', 1_000_000)).Status.Success.Should().BeTrue();
    }

    /// <summary>Without a PID namespace what the program leaves behind lives on, and may hold the pipe open for ever.</summary>
    [Fact]
    public void A_process_left_behind_neither_blocks_nor_costs_a_byte()
    {
        Requires.Root();
        ContainerConfiguration shared = Sandbox.Default with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid };

        Sandbox.Result result = Sandbox.Script("sleep 1000 & echo $!; printf end", shared);
        using PidFd left = PidFd.Open(int.Parse(result.Lines[0], System.Globalization.CultureInfo.InvariantCulture));
        bool lived = left.TrySendSignal(Signal.SIGKILL);

        lived.Should().BeTrue("it held the pipe open all the time");
        result.Output.Should().EndWith("end");
    }

    [Fact]
    public void A_descriptor_is_given_as_it_is()
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        using (SafeFileHandle file = File.OpenHandle(folder["out"], FileMode.Create, FileAccess.Write))
            Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/bin/echo", "hello"), new ExecOptions { StandardOutput = StandardStream.FromHandle(file), StandardInput = StandardStream.Null })
                .Success.Should().BeTrue();

        File.ReadAllText(folder["out"]).Should().Be("hello\n");
    }

    [Fact]
    public void An_output_stream_that_fails_ends_the_container()
    {
        Requires.Root();
        Footprint before = Warm();

        FluentActions.Invoking(() => Sandbox.Exec(
                Sandbox.Default, new ProcessConfiguration("/bin/sh", "-c", "while true; do echo x; done"),
                new ExecOptions { StandardOutput = StandardStream.FromStream(new FailingStream()) }))
            .Should().Throw<InvalidOperationException>().WithMessage("full");

        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void An_input_stream_that_fails_is_told()
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Exec(
                Sandbox.Default, new ProcessConfiguration("/bin/cat"),
                new ExecOptions { StandardInput = StandardStream.FromStream(new FailingStream()), StandardOutput = StandardStream.Null }))
            .Should().Throw<IOException>().WithMessage("*input could not be read*");
    }

    private static Footprint Warm()
    {
        Sandbox.Script("true");
        return Footprint.Take();
    }

    private sealed class FailingStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("full");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidOperationException("broken");
    }

    /// <summary>Those behind the streams have no name.</summary>
    [Fact]
    public void A_further_descriptor_that_is_closed_is_told_by_its_number()
    {
        Requires.Root();
        using SafeFileHandle open = File.OpenHandle("/dev/null"), closed = new(999_999, ownsHandle: false);
        LaunchPlan.Builder plan = new();
        plan.Add(new Launch.Steps.ExecuteStep(["/bin/true"], ["true"], []));

        FluentActions.Invoking(() => Launcher.Shared.Start(plan.Build(), new LaunchOptions { MoreDescriptors = [open, closed] }))
            .Should().Throw<LinuxException>().WithMessage("sendmsg of the descriptor 999999, to the launcher: EBADF*");
    }
}
