using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>How containers end, well or badly, and that nothing is left of them.</summary>
public sealed class EndTests : IDisposable
{
    private readonly ProbeRoot _root = new();
    private readonly Lazy<Footprint> _before;

    public EndTests() => _before = new(() =>
    {
        Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe"));
        return Footprint.Take();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(255)]
    public void The_exit_code_comes_back(int code)
    {
        Requires.Root();

        Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe", $"{code}")).Should().Be(ExitStatus.FromWaitStatus(code << 8));
    }

    [Fact]
    public void A_signal_is_told_as_128_and_its_number()
    {
        Requires.Root();

        ExitStatus status = Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/bin/cat"), new ExecOptions
        {
            StandardInput = StandardStream.FromStream(new NeverEndingStream()),
            Started = process => process.TrySendSignal(Signal.SIGKILL),
        });

        status.Signal.Should().Be(Signal.SIGKILL);
        status.ExitCode.Should().Be(137);
    }

    [Fact]
    public void A_command_that_is_not_there_is_told_with_where_it_was_looked_for()
    {
        Requires.Root();
        Footprint before = _before.Value;

        LaunchException error = Refused(new ProcessConfiguration("nope") { Environment = ["PATH=/a:/b"] });

        error.Message.Should().Be("execve nope in /a:/b: ENOENT (No such file or directory)");
        error.Step.Should().BeOfType<ExecuteStep>();
        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void A_command_that_is_not_executable_is_told()
    {
        Requires.Root();
        File.WriteAllText(_root["text"], "no program");

        Refused(new ProcessConfiguration("/text")).Message.Should().Be("execve /text: EACCES (Permission denied)");
        File.SetUnixFileMode(_root["text"], (UnixFileMode)0b111_101_101);
        Refused(new ProcessConfiguration("/text")).Message.Should().Be("execve /text: ENOEXEC (Exec format error)");
    }

    [Fact]
    public void A_step_that_fails_is_told_in_words_and_leaves_nothing()
    {
        Requires.Root();
        Footprint before = _before.Value;

        LaunchException error = Refused(new ProcessConfiguration("/probe"), _root.Container with
        {
            Mounts = [.. MountConfiguration.Defaults, new MountConfiguration("/data", "nosuchfs", "none", MountOptions.NoDev)],
        });

        error.Message.Should().Be("mount nosuchfs on /data (nodev): ENODEV (No such device)");
        error.Step.Should().Be(new MountStep("none", "/data", "nosuchfs", MountFlags.NoDev));
        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void A_working_directory_that_is_not_there_is_told()
    {
        Requires.Root();

        Refused(new ProcessConfiguration("/probe") { WorkingDirectory = "/nowhere" }).Message.Should().Be("chdir /nowhere: ENOENT (No such file or directory)");
    }

    [Fact]
    public void Everything_wrong_is_told_at_once_and_nothing_is_started()
    {
        Requires.Root();

        ConfigurationException error = FluentActions.Invoking(() => Sandbox.Exec(
            _root.Container with { Hostname = "a b", Mounts = [MountConfiguration.Bind("/nowhere", "/x")] },
            new ProcessConfiguration() { Environment = ["X"] })).Should().Throw<ConfigurationException>().Which;

        error.Findings.Select(finding => finding.Path).Should().BeEquivalentTo("hostname", "mounts[0].source", "process.arguments", "process.environment[0]");
        error.Message.Should().NotContain("\n");
    }

    /// <summary>Four megabytes in pieces that each fit, so that it is the kernel that finds the sum too long.</summary>
    [Fact]
    public void An_argument_list_that_is_too_long_is_told()
    {
        Requires.Root();
        Footprint before = _before.Value;

        Refused(new ProcessConfiguration(["/probe", .. Enumerable.Repeat(new string('x', 100_000), 40)])).Message.Should().Be("execve /probe: E2BIG (Argument list too long)");
        FluentActions.Invoking(() => Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe", new string('x', 4 << 20))))
            .Should().Throw<ConfigurationException>().WithMessage("process.arguments[1]: is 4194304 bytes long, and Linux takes 131071 at most");
        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void Cancelling_kills_the_container()
    {
        Requires.Root();
        Footprint before = _before.Value;
        using CancellationTokenSource source = new();
        PidFd? seen = null;

        FluentActions.Invoking(() => Sandbox.Exec(
                _root.Container, new ProcessConfiguration("/probe", "forever"),
                new ExecOptions
                {
                    Started = process =>
                    {
                        seen = PidFd.Open(process.Id);
                        source.Cancel();
                    },
                },
                source.Token))
            .Should().Throw<OperationCanceledException>();

        using (seen)
            seen!.TrySendSignal(Signal.SIGKILL).Should().BeFalse("it is gone already");
        seen.Dispose();
        Footprint.Take().Should().Be(before);
    }

    [Fact]
    public void A_call_back_that_throws_kills_the_container()
    {
        Requires.Root();
        Footprint before = _before.Value;

        FluentActions.Invoking(() => Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe", "forever"), new ExecOptions { Started = _ => throw new InvalidOperationException("mine") }))
            .Should().Throw<InvalidOperationException>().WithMessage("mine");

        Footprint.Take().Should().Be(before);
    }

    private LaunchException Refused(ProcessConfiguration process, ContainerConfiguration? container = null)
        => FluentActions.Invoking(() => Sandbox.Exec(container ?? _root.Container, process)).Should().Throw<LaunchException>().Which;

    public void Dispose() => _root.Dispose();

    private sealed class NeverEndingStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
