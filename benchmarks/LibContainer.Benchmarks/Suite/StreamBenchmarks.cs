using BenchmarkDotNet.Attributes;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Benchmarks.Suite;

/// <summary>The kinds of standard streams, each for all three; a terminal is all three in one.</summary>
public class StreamBenchmarks : StartBenchmarks
{
    private readonly MemoryStream _output = new();

    [Benchmark(Baseline = true)]
    public int Inherit() => Exec(null);

    /// <summary>What it writes is nowhere to be checked.</summary>
    [Benchmark]
    public int Null()
    {
        ExitStatus status = Namespaces.Exec(Container, Process, new ExecOptions
        {
            StandardInput = StandardStream.Null,
            StandardOutput = StandardStream.Null,
            StandardError = StandardStream.Null,
        });
        ProgramOutput.Expect(nameof(Null), status.ExitCode, starts: 0);
        return status.ExitCode;
    }

    [Benchmark]
    public int Handle()
    {
        StandardStream file = StandardStream.FromHandle(ProgramOutput.File);
        return Exec(new ExecOptions { StandardInput = file, StandardOutput = file, StandardError = file });
    }

    [Benchmark]
    public int Stream() => ExecToStream(Process, new ExecOptions
    {
        StandardInput = StandardStream.FromStream(System.IO.Stream.Null),
        StandardOutput = StandardStream.FromStream(_output),
        StandardError = StandardStream.FromStream(System.IO.Stream.Null),
    });

    [Benchmark]
    public int Terminal() => ExecToStream(Process with { Terminal = new TerminalConfiguration() }, new ExecOptions
    {
        StandardInput = StandardStream.Null,
        StandardOutput = StandardStream.FromStream(_output),
    });

    private int ExecToStream(ProcessConfiguration process, ExecOptions options)
    {
        _output.SetLength(0);
        ExitStatus status = Namespaces.Exec(Container, process, options);
        ProgramOutput.ExpectBytes(nameof(StreamBenchmarks), status.ExitCode, _output.GetBuffer().AsSpan(0, (int)_output.Length));
        return status.ExitCode;
    }
}
