using BenchmarkDotNet.Attributes;
using LibContainer.Configuration;
using LibContainer.Launch;

namespace LibContainer.Benchmarks;

/// <summary>One start to its exit status. Compare ratio and allocation between two runs on one machine.</summary>
[MemoryDiagnoser]
public class ExecBenchmarks
{
    private BenchmarkRoot _root = null!;
    private ContainerConfiguration _container = null!;

    /// <summary>Mounts beyond the six that every container has.</summary>
    [Params(0, 40)]
    public int ExtraMounts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _root = new BenchmarkRoot();
        _container = _root.WithMounts(ExtraMounts);
    }

    [GlobalCleanup]
    public void Cleanup() => _root.Dispose();

    [Benchmark]
    public int Exec() => Namespaces.Exec(_container, BenchmarkRoot.Process).ExitCode;

    [Benchmark]
    public LaunchPlan Plan() => Namespaces.Plan(_container, BenchmarkRoot.Process);
}
