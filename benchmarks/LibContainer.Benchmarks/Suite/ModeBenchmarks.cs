using BenchmarkDotNet.Attributes;

namespace LibContainer.Benchmarks.Suite;

/// <summary>Who sets the container up.</summary>
public class ModeBenchmarks : StartBenchmarks
{
    public static IEnumerable<StartMode> Modes => StartMode.All;

    [ParamsSource(nameof(Modes))]
    public StartMode Mode { get; set; } = null!;

    [Benchmark]
    public int Exec() => Exec(Mode.Options);
}
