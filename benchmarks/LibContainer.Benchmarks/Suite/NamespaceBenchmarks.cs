using BenchmarkDotNet.Attributes;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Suite;

/// <summary>What each namespace costs. A container has one of mounts at least.</summary>
public class NamespaceBenchmarks : StartBenchmarks
{
    [Params(
        NamespaceKinds.Mount, NamespaceKinds.Mount | NamespaceKinds.Pid,
        NamespaceKinds.Mount | NamespaceKinds.Pid | NamespaceKinds.Uts | NamespaceKinds.Ipc,
        NamespaceKinds.Default & ~NamespaceKinds.Network, NamespaceKinds.Default)]
    public NamespaceKinds Kinds { get; set; }

    [Benchmark]
    public int Exec() => Exec(null);

    protected override ContainerConfiguration Configure(ContainerConfiguration container) => container with
    {
        Namespaces = Kinds,
        Hostname = (Kinds & NamespaceKinds.Uts) != 0 ? container.Hostname : null,
        Networks = (Kinds & NamespaceKinds.Network) != 0 ? container.Networks : [],
    };
}
