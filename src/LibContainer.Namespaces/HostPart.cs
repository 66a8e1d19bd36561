using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>What the host does for a process that has set itself up and waits: makes the cgroup that it will join, and looks its user up.</summary>
internal sealed class HostPart(ContainerConfiguration container, ProcessConfiguration process, ExecOptions options, ContainerCgroup? cgroup)
{
    /// <summary>Up to the wait, or, when nothing new is known then, all of it.</summary>
    internal LaunchPlan Plan() => StartOrder.NeedsHost(process) ? StartOrder.BeforeGo(container, process, cgroup) : StartOrder.Plan(container, process, cgroup);

    /// <summary>At the wait.</summary>
    internal GoAhead Continue(LaunchedProcess waiting)
    {
        if (cgroup is not null)
        {
            cgroup.Create(container.Resources, container.Devices, waiting.Id);
            waiting.Killed = () =>
            {
                if (cgroup.IsFrozen)
                    cgroup.Thaw();
            };
            options.CgroupCreated?.Invoke(cgroup);
        }
        LaunchPlan? rest = StartOrder.NeedsHost(process) ? AfterGo(waiting) : null;
        return new GoAhead(rest) { Cgroups = cgroup?.OpenTasks() ?? [] };
    }

    /// <summary>The container's files exist now, and say who the user is.</summary>
    private LaunchPlan AfterGo(LaunchedProcess waiting)
    {
        using RootDirectory root = RootDirectory.OfProcess(waiting.Id);
        return StartOrder.AfterGo(container, process, UserLookup.Resolve(process.User!, root), cgroup);
    }
}
