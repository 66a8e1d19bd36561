using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.Network;

namespace LibContainer;

/// <summary>What the host does for a process: makes the cgroup that it will join and connects it, while it sets itself up, and looks its user up when it has done that and waits.</summary>
internal sealed class HostPart(ContainerConfiguration container, ProcessConfiguration process, ExecOptions options, PassedDescriptors passed, ContainerCgroup? cgroup, ContainerNetwork? network, NameFiles? names) : IDisposable
{
    private ImmutableArray<SafeHandle> _tasks = [];

    /// <summary>Up to the wait, or, when nothing new is known then, all of it.</summary>
    internal LaunchPlan Plan() => ForLifeOf(StartOrder.NeedsHost(process) ? StartOrder.BeforeGo(container, process, cgroup) : StartOrder.Plan(container, process, cgroup, passed), options);

    /// <summary>The plan, of a process that dies with the host or does not.</summary>
    internal static LaunchPlan ForLifeOf(LaunchPlan plan, ExecOptions options) => options.Detached ? plan.WithoutParentDeathSignal() : plan;

    /// <summary>As soon as there is a process: what takes as long as its mounts do (0.7 ms) is done meanwhile, on another processor.</summary>
    internal void Begin(LaunchedProcess started)
    {
        network?.Make(started.Id);
        if (cgroup is not null && IsMadeEarly(cgroup))
            MakeCgroup(started);
    }

    /// <summary>As soon as it has opened the socket that this goes through.</summary>
    internal void Connect(LaunchedProcess started, SafeHandle netlink)
    {
        network?.Connect(netlink);
        if (network is not null)
            names?.SetOwnAddresses(network.Addresses);
    }

    /// <summary>At the wait.</summary>
    internal GoAhead Continue(LaunchedProcess waiting)
    {
        if (cgroup is not null)
        {
            if (!IsMadeEarly(cgroup))
                MakeCgroup(waiting);
            options.CgroupCreated?.Invoke(cgroup);
        }
        LaunchPlan? rest = StartOrder.NeedsHost(process) ? AfterGo(waiting) : null;
        GoAhead ahead = new(rest) { Descriptors = _tasks };
        _tasks = []; // the start closes them now
        return ahead;
    }

    /// <summary>
    /// The rules for devices are of version 1, and hold once the process has joined. Those of version 2 hold at once for who was born there, and those of a unit for whom
    /// systemd moves: they would refuse it a disk that it has yet to mount.
    /// </summary>
    private static bool IsMadeEarly(ContainerCgroup cgroup)
        => !cgroup.IsUnit && ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Version == CgroupVersion.V1 && hierarchy.Controllers.Contains("devices"));

    private void MakeCgroup(LaunchedProcess joining)
    {
        cgroup!.Create(container.Resources, container.Devices, joining.Id);
        joining.Killed = () =>
        {
            if (cgroup.IsFrozen)
                cgroup.Thaw();
        };
        _tasks = cgroup.OpenTasks();
    }

    /// <summary>The container's files exist now, and say who the user is.</summary>
    private LaunchPlan AfterGo(LaunchedProcess waiting)
    {
        using RootDirectory root = RootDirectory.OfProcess(waiting.Id);
        return ForLifeOf(StartOrder.AfterGo(container, process, UserLookup.Resolve(process.User!, root), cgroup, passed), options);
    }

    /// <summary>Closes what a start that failed did not take.</summary>
    public void Dispose()
    {
        foreach (SafeHandle tasks in _tasks)
            tasks.Dispose();
    }
}
