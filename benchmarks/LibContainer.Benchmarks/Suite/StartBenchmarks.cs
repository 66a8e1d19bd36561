using BenchmarkDotNet.Attributes;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Benchmarks.Suite;

/// <summary>Benchmarks that start containers. Compare ratio and allocation between two runs on one machine.</summary>
[MemoryDiagnoser]
public abstract class StartBenchmarks
{
    private BenchmarkRoot _root = null!;

    /// <summary>What is started.</summary>
    protected ContainerConfiguration Container { get; private set; } = null!;

    /// <summary>What runs in it.</summary>
    protected static ProcessConfiguration Process => BenchmarkRoot.Process;

    [GlobalSetup]
    public void Setup()
    {
        _root = new BenchmarkRoot();
        Container = Configure(_root.Container);
    }

    [GlobalCleanup]
    public void Cleanup() => _root.Dispose();

    /// <summary>The container of the benchmark, from the default one.</summary>
    protected virtual ContainerConfiguration Configure(ContainerConfiguration container) => container;

    /// <summary>One start, of which exit status and output are checked.</summary>
    protected int Exec(ExecOptions? options = null)
    {
        ExitStatus status = Namespaces.Exec(Container, Process, options);
        ProgramOutput.Expect(GetType().Name, status.ExitCode);
        return status.ExitCode;
    }
}
