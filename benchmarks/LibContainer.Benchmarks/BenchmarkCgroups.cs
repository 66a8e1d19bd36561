using LibContainer.Cgroups;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks;

/// <summary>Where all cgroups of a benchmark are: below one of its own, which is there before and after every start, so that no candidate makes or removes it.</summary>
internal sealed class BenchmarkCgroups : IDisposable
{
    private readonly List<ContainerCgroup> _idle = [];

    internal BenchmarkCgroups() => SetIdle(1);

    internal static bool ArePossible => !ContainerCgroup.Hierarchies.IsEmpty;

    /// <summary>What every container with a cgroup is limited to: enough for the program, and no limit that it comes near to.</summary>
    internal static ResourceConfiguration Limits { get; } = new()
    {
        Memory = new MemoryResources { LimitBytes = 64 << 20 },
        Cpu = new CpuResources { Shares = 512, PeriodMicroseconds = 100_000, QuotaMicroseconds = 200_000 },
        PidsLimit = 64,
    };

    /// <summary>From the top of every hierarchy. The second number is for sessions that share cgroups and not process ids.</summary>
    internal string Parent { get; } = $"/libcontainer-test-{Environment.ProcessId}-{Random.Shared.Next():x8}";

    /// <summary>Where a cgroup of this name is.</summary>
    internal string PathOf(string name) => $"{Parent}/{name}";

    internal ContainerCgroup At(string name) => ContainerCgroup.At(PathOf(name));

    internal ContainerConfiguration Limited(ContainerConfiguration container, string name) => container with { CgroupPath = PathOf(name), Resources = Limits };

    /// <summary>A new one with the limits.</summary>
    internal ContainerCgroup Create(string name)
    {
        ContainerCgroup cgroup = At(name);
        cgroup.Create(Limits);
        return cgroup;
    }

    /// <summary>Has so many cgroups beside those that are measured, in which nobody is.</summary>
    internal void SetIdle(int count)
    {
        while (_idle.Count < count)
            _idle.Add(Create($"idle-{_idle.Count}"));
        for (; _idle.Count > count; _idle.RemoveAt(_idle.Count - 1))
            _idle[^1].Delete(); // the last one takes the parent along
    }

    public void Dispose() => SetIdle(0);
}
