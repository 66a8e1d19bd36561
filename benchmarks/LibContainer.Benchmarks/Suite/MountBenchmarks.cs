using BenchmarkDotNet.Attributes;
using LibContainer.Configuration;
using LibContainer.Launch;

namespace LibContainer.Benchmarks.Suite;

/// <summary>A start with mounts, and the building of its plan, which starts nothing.</summary>
public class MountBenchmarks : StartBenchmarks
{
    [Params(5, 40, 1000)]
    public int Mounts { get; set; }

    [Benchmark]
    public int Exec() => Exec(null);

    [Benchmark]
    public LaunchPlan Plan()
    {
        LaunchPlan plan = Namespaces.Plan(Container, Process);
        return plan.Steps.Length > Mounts
            ? plan
            : throw new InvalidOperationException($"a plan of {plan.Steps.Length} steps makes no {Mounts} mounts");
    }

    protected override ContainerConfiguration Configure(ContainerConfiguration container) => BenchmarkRoot.WithMounts(container, Mounts);
}
