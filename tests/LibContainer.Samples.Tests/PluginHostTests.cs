using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Samples.Tests;

/// <summary>samples/PluginHost: a plug-in that is asked over its streams, and started again when it dies.</summary>
public sealed class PluginHostTests
{
    [Fact]
    public void The_plug_in_answers_and_what_it_cannot_do_it_says()
    {
        Requires.Root();
        using Host host = new();

        host.Ask("upper hello").Should().Be("HELLO");
        host.Ask("dance").Should().Be("failed: there is no method 'dance'");
        host.Ask("upper again").Should().Be("AGAIN");
        host.Stop().Should().Be("plug-in stopped: exit code 0\n");
    }

    [Theory]
    [InlineData("crash boom", "exit code 134")]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("eat", "killed by SIGKILL: out of memory")]
    [InlineData("hang", "killed by SIGKILL")]
    [InlineData("garbage", "killed by SIGKILL")]
    public void It_is_started_again_when_it_dies_and_the_request_that_was_under_way_has_failed(string request, string end)
    {
        Requires.Root();
        using Host host = new();
        string before = host.Ask("pid");

        host.Ask(request).Should().Be($"failed: the plug-in has ended: {end}");
        host.Ask("upper still here").Should().Be("STILL HERE");
        host.Ask("pid").Should().NotBe(before);
        host.Stop().Should().Contain($"plug-in ended: {end}; started again in 0.1 s\n").And.EndWith("plug-in stopped: exit code 0\n");
    }

    [Fact]
    public void One_that_is_killed_from_outside_is_started_again()
    {
        Requires.Root();
        using Host host = new();
        using (PidFd plugin = PidFd.Open(int.Parse(host.Ask("pid"), CultureInfo.InvariantCulture)))
            plugin.TrySendSignal(Signal.SIGKILL);
        host.AwaitError("plug-in ended: killed by SIGKILL; started again in 0.1 s");

        host.Ask("upper back").Should().Be("BACK");
        host.Stop();
    }

    [Fact]
    public void The_wait_before_it_is_started_grows_until_it_has_answered()
    {
        Requires.Root();
        using Host host = new();

        foreach (string request in new[] { "exit 1", "exit 1", "exit 1", "upper fine", "exit 1", "upper fine" })
            host.Ask(request);
        host.Stop().Split('\n').Where(line => line.Contains("started again", StringComparison.Ordinal)).Select(line => line.Split(" in ")[1])
            .Should().Equal("0.1 s", "0.2 s", "0.4 s", "0.1 s");
    }

    [Fact]
    public void Errors_that_it_writes_are_read_so_that_it_does_not_stall()
    {
        Requires.Root();
        using Host host = new();

        host.Ask("chatter").Should().Be("said all");
        host.Stop().Split('\n').Count(line => line == $"plug-in: {new string('x', 100)}").Should().Be(10_000);
    }

    [Fact]
    public async Task It_dies_with_its_host()
    {
        Requires.Root();
        using Host host = new();
        int processId = int.Parse(host.Ask("pid"), CultureInfo.InvariantCulture);
        using PidFd plugin = PidFd.Open(processId);
        await using ContainerRuntime runtime = ContainerRuntime.Create();
        string id = (await runtime.ListAsync().FirstAsync(container => container.ProcessId == processId)).Id;

        host.Kill();

        await plugin.WhenEndedAsync().WaitAsync(TimeSpan.FromSeconds(10)); // a few milliseconds where the machine is not busy
        await runtime.CollectLeftoversAsync();
        (await runtime.ListAsync().AnyAsync(container => container.Id == id)).Should().BeFalse("the next program removes what a killed one has left");
    }

    /// <summary>The sample, with its streams in the test's hands.</summary>
    private sealed class Host : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        private readonly Process _process = Process.Start(Sample.Start("PluginHost"))!;
        private readonly BlockingCollection<string> _errors = [];
        private readonly Task _reading;

        internal Host() => _reading = Task.Run(() =>
        {
            while (_process.StandardError.ReadLine() is { } line)
                _errors.Add(line);
            _errors.CompleteAdding();
        });

        internal string Ask(string request)
        {
            _process.StandardInput.WriteLine(request);
            return _process.StandardOutput.ReadLineAsync().WaitAsync(Patience).GetAwaiter().GetResult() ?? throw new EndOfStreamException(string.Join('\n', _errors.GetConsumingEnumerable()));
        }

        internal void AwaitError(string line)
        {
            using CancellationTokenSource late = new(Patience);
            _ = _errors.GetConsumingEnumerable(late.Token).First(told => told == line);
        }

        /// <summary>Ends its input.</summary>
        /// <returns>All that it told of the plug-in.</returns>
        internal string Stop()
        {
            _process.StandardInput.Close();
            _process.WaitForExit(Patience).Should().BeTrue();
            _process.ExitCode.Should().Be(0);
            return string.Concat(_errors.GetConsumingEnumerable().Select(line => line + '\n'));
        }

        internal void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            Kill();
            _reading.Wait(Patience);
            _process.Dispose();
            _errors.Dispose();
        }
    }
}
