using System.Globalization;
using System.Text;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>What a program reads and writes, as streams of the one who has started it.</summary>
public sealed class PipeTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task Both_outputs_are_one_in_the_order_in_which_they_were_written()
    {
        Requires.Root();
        await using ContainerProcess process = Sandbox.StartScript(
            "for i in 1 2 3; do echo out $i; echo err $i >&2; done", new ExecOptions { StandardOutput = StandardStream.Pipe, StandardError = StandardStream.SameAsOutput });

        using StreamReader output = new(process.StandardOutput);

        (await output.ReadToEndAsync(Limit)).Should().Be("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
        FluentActions.Invoking(() => process.StandardError).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Both_outputs_are_one_in_a_callers_stream_too()
    {
        Requires.Root();
        using MemoryStream all = new();

        Sandbox.Exec(Sandbox.Default, new("/bin/sh", "-c", "echo 1; echo 2 >&2; echo 3"), new ExecOptions { StandardOutput = StandardStream.FromStream(all), StandardError = StandardStream.SameAsOutput });

        Encoding.ASCII.GetString(all.ToArray()).Should().Be("1\n2\n3\n");
    }

    /// <summary>The program tells through its errors how far it came.</summary>
    [Fact]
    public async Task A_reader_that_stops_stops_the_writer()
    {
        Requires.Root();
        await using ContainerProcess process = Sandbox.StartScript("i=0; while true; do head -c 4096 /dev/zero; i=$((i + 1)); echo $i >&2; done");
        using StreamReader errors = new(process.StandardError);
        int last = 0;

        // As many as fit into the pipe, and then no more however long one waits: the process sleeps in its write.
        for (int i = 1; i <= 16; i++)
            last = int.Parse((await errors.ReadLineAsync(Limit))!, CultureInfo.InvariantCulture);
        Task<string?> next = errors.ReadLineAsync(Limit).AsTask();
        SpinWait.SpinUntil(() => SleepsInWrite(process.Id), TimeSpan.FromSeconds(30)).Should().BeTrue();

        last.Should().Be(16);
        next.IsCompleted.Should().BeFalse();
        await process.StandardOutput.ReadExactlyAsync(new byte[4096], Limit);
        (await next).Should().Be("17");
    }

    private static bool SleepsInWrite(int shell)
    {
        string[] children = File.ReadAllText($"/proc/{shell}/task/{shell}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children is [string head] && File.ReadAllText($"/proc/{head}/stat").Split(' ')[2] == "S" && File.ReadAllText($"/proc/{head}/wchan").Contains("pipe_write", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_read_stops_who_writes_and_its_end_is_told()
    {
        Requires.Root();
        await using ContainerProcess process = Sandbox.StartScript("echo ready; exec sleep 1000");
        await process.StandardOutput.ReadExactlyAsync(new byte[6], Limit);

        Task write = process.StandardInput.WriteAsync(new byte[1_000_000], Limit).AsTask();
        write.IsCompleted.Should().BeFalse();
        process.Kill();

        (await FluentActions.Awaiting(() => write).Should().ThrowAsync<LinuxException>()).Which.Error.Should().Be(Errno.EPIPE);
    }

    [Fact]
    public async Task A_gigabyte_goes_in_and_out_and_takes_no_memory()
    {
        Requires.Root();
        const long Gigabyte = 1L << 30;

        Command.Result result = await Task.Run(() => Command.Run(Repository.TestHost, "stream", $"{Gigabyte}"), Limit);

        result.Error.Should().BeEmpty();
        string[] lines = result.Output.Split('\n');
        long.Parse(lines[0], CultureInfo.InvariantCulture).Should().Be(Gigabyte);
        long.Parse(lines[1], CultureInfo.InvariantCulture).Should().BeLessThan(32 << 20);
    }

    [Fact]
    public void Two_hundred_idle_containers_take_no_thread_each()
    {
        Requires.Root();
        using ProbeRoot root = new();

        Command.Result result = Command.Run(Repository.TestHost, "idle", "200", root.Path);

        result.Error.Should().BeEmpty();
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].Should().Be("600 awaited");
        lines[1..].Should().HaveCountLessThanOrEqualTo(10);
    }
}
