using BenchmarkDotNet.Attributes;
using LibContainer.Cgroups;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Suite;

/// <summary>A container's cgroup by itself, in every hierarchy of this host.</summary>
[MemoryDiagnoser]
public class CgroupBenchmarks
{
    private static readonly ResourceConfiguration s_other = BenchmarkCgroups.Limits with { PidsLimit = 32 };

    private BenchmarkCgroups _cgroups = null!;
    private ContainerCgroup _cgroup = null!;
    private bool _isOther;

    [GlobalSetup]
    public void Setup()
    {
        _cgroups = new BenchmarkCgroups();
        _cgroup = _cgroups.Create("suite");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _cgroup.Delete();
        _cgroups.Dispose();
    }

    [Benchmark]
    public void CreateAndDelete() => _cgroups.Create("made").Delete();

    [Benchmark]
    public CgroupStats Statistics() => _cgroup.GetStats();

    /// <summary>Of a limit and back.</summary>
    [Benchmark]
    public void Update() => _cgroup.Update((_isOther = !_isOther) ? s_other : BenchmarkCgroups.Limits);
}
