using LibContainer.Cgroups;

namespace LibContainer.Benchmarks.Compare;

/// <summary>A cgroup that a container is in, of which the statistics are read.</summary>
internal sealed class MeasuredCgroup : IDisposable
{
    private readonly RunningContainers _running;
    private readonly ContainerCgroup _cgroup;
    private readonly PlainReading _plain;

    internal MeasuredCgroup(BenchmarkRoot root, BenchmarkCgroups cgroups)
    {
        _running = new RunningContainers(root.Container);
        _running.StartUntil(1);
        _cgroup = cgroups.Create("measured");
        foreach (string path in _cgroup.Paths.Values.Distinct())
            File.WriteAllText($"{path}/cgroup.procs", $"{_running.LastId}");
        _plain = new PlainReading(_cgroup);
        Statistics = new TimedCandidate("statistics", () =>
        {
            Read();
            return 0;
        }, programs: 0);
        Plain = new TimedCandidate("plain read", () =>
        {
            _plain.Run();
            return 0;
        }, programs: 0);
    }

    internal Candidate Statistics { get; }

    internal Candidate Plain { get; }

    internal int Files => _plain.Count;

    /// <summary>All that there are, once.</summary>
    internal void Read()
    {
        if (_cgroup.GetStats().Pids is { Current: 0 })
            throw new InvalidOperationException("nobody is in the container's cgroup: an error is not measured");
    }

    public void Dispose()
    {
        _running.End();
        _running.Dispose();
        _cgroup.Delete();
    }
}
