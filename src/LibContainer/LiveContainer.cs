using System.Collections.Immutable;
using System.Globalization;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network;

namespace LibContainer;

/// <summary>A container that was started, by its first process and its cgroup: what can be done to it from whatever program. Thread-safe.</summary>
internal sealed class LiveContainer : IDisposable
{
    private readonly string _id;
    private readonly Lazy<RunningContainer> _running;

    /// <summary>One that this program has started.</summary>
    internal LiveContainer(string id, ContainerProcess process, ContainerCgroup? cgroup)
    {
        (_id, ProcessId, PidFd, Cgroup) = (id, process.Id, process.PidFd, cgroup);
        _running = new(() => RunningContainer.Of(process)); // which looks at it, and most containers are never entered
    }

    /// <summary>One that another program has started, or this one before.</summary>
    internal LiveContainer(string id, RunningContainer running, ContainerCgroup? cgroup)
    {
        (_id, ProcessId, PidFd, Cgroup) = (id, running.ProcessId, running.PidFd, cgroup);
        _running = new(running);
        _ = _running.Value; // made, so that it is disposed
    }

    internal int ProcessId { get; }

    internal PidFd PidFd { get; }

    /// <summary>Null: this host has none.</summary>
    internal ContainerCgroup? Cgroup { get; }

    /// <summary>What a program is added to.</summary>
    internal RunningContainer Running => _running.Value;

    internal bool HasEnded
    {
        get
        {
            try
            {
                return PidFd.HasEnded;
            }
            catch (ObjectDisposedException)
            {
                return true; // who has started it lets go of it when it has ended
            }
        }
    }

    internal ContainerStatus Status => HasEnded ? ContainerStatus.Stopped : Cgroup?.IsFrozen == true ? ContainerStatus.Paused : ContainerStatus.Running;

    /// <exception cref="ContainerStatusException">It is not.</exception>
    internal void ThrowIfNot(ContainerStatus wanted, string why)
    {
        if (Status is var status && status != wanted)
            throw new ContainerStatusException(_id, status, why);
    }

    /// <exception cref="ContainerStatusException">It has ended.</exception>
    internal void ThrowIfEnded(string why)
    {
        if (HasEnded)
            throw new ContainerStatusException(_id, ContainerStatus.Stopped, why);
    }

    internal bool TrySendSignal(Signal signal)
    {
        try
        {
            return PidFd.TrySendSignal(signal);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    internal void Pause()
    {
        ThrowIfNot(ContainerStatus.Running, "only one that runs can be paused");
        Own().Freeze();
    }

    internal void Resume()
    {
        ThrowIfNot(ContainerStatus.Paused, "only one that is paused can be resumed");
        Own().Thaw();
    }

    /// <summary>It is no longer paused, if it was: what it is told to do it does only then.</summary>
    internal void LetGoOn()
    {
        if (Cgroup?.IsFrozen == true)
            Cgroup.Thaw();
    }

    internal void Update(ResourceConfiguration resources)
    {
        ThrowIfEnded("it has no limits any more");
        Own().Update(resources);
    }

    internal ContainerStats GetStats(CgroupStatistics what)
    {
        ThrowIfEnded("it uses nothing any more; what it had used is in its exit status");
        return new ContainerStats(Cgroup?.GetStats(what) ?? new CgroupStats(), SharesNetwork() ? null : NetworkStatistics.OfProcess(ProcessId));
    }

    /// <returns>Null: it has none, or none any more.</returns>
    internal CgroupStats? TryGetStats(CgroupStatistics what)
    {
        try
        {
            return Cgroup?.GetStats(what);
        }
        catch (CgroupException)
        {
            return null; // it ends at this moment
        }
    }

    internal IReadOnlyList<ContainerProcessInformation> GetProcesses()
    {
        ThrowIfEnded("nothing runs in it any more");
        IEnumerable<int> ids = Cgroup?.GetProcessIds() ?? (IEnumerable<int>)[ProcessId];
        return [.. ids.Select(Look).OfType<ContainerProcessInformation>()];
    }

    private bool SharesNetwork() => NamespaceOf("self") == NamespaceOf(ProcessId.ToString(CultureInfo.InvariantCulture));

    private static string? NamespaceOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/net", returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null; // it ends at this moment
        }
    }

    /// <returns>Null: it has ended since.</returns>
    private static ContainerProcessInformation? Look(int id)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        try
        {
            string ids = File.ReadLines($"{folder}/status").First(line => line.StartsWith("NSpid:", StringComparison.Ordinal));
            string arguments = File.ReadAllText($"{folder}/cmdline");
            return new ContainerProcessInformation(
                id, int.Parse(ids.Split('\t')[^1], CultureInfo.InvariantCulture), File.ReadAllText($"{folder}/comm").TrimEnd('\n'), arguments.Length == 0 ? [] : [.. arguments.TrimEnd('\0').Split('\0')]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private ContainerCgroup Own()
        => Cgroup ?? throw new ContainerException(ContainerErrorCode.CgroupFailed, $"container '{_id}' has no cgroup: this host has none mounted") { ContainerId = _id };

    public void Dispose()
    {
        if (_running.IsValueCreated)
            _running.Value.Dispose();
    }
}
