using LibContainer.Capabilities;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Security;

namespace LibContainer;

/// <summary>
/// The order in which a program is added to a container. By the time that a process can be seen from inside it has nothing left that the container's own programs do not have: no descriptor, no root
/// and no working directory of the host's, no capability, no user id (CVE-2016-9962, CVE-2024-21626).
/// </summary>
internal static class EnterOrder
{
    /// <summary>A thread of the host may be in other ones of these kinds than its first, and the launcher with it: they are entered in any case.</summary>
    private const NamespaceKinds OfThreads = NamespaceKinds.Network | NamespaceKinds.Uts | NamespaceKinds.Ipc;

    /// <param name="processId">The container's first process.</param>
    /// <param name="different">Its namespaces that are not the host's.</param>
    /// <param name="cgroup">What is joined. Null: nothing.</param>
    /// <param name="process">The program.</param>
    /// <param name="user">Who its <see cref="ProcessConfiguration.User"/> is. Null: it has none.</param>
    /// <param name="maySetGroups">The user namespace lets somebody.</param>
    /// <param name="passed">What it gets beside its streams. Null: nothing.</param>
    internal static LaunchPlan Plan(int processId, NamespaceKinds different, ContainerCgroup? cgroup, ProcessConfiguration process, ResolvedUser? user = null, bool maySetGroups = true, PassedDescriptors? passed = null)
    {
        LaunchPlan.Builder plan = new();
        bool changesUserNamespace = (different & NamespaceKinds.User) != 0;
        plan.Add(StartOrder.DieWithHost);
        plan.Add(StartOrder.NotDumpable);
        CpuAffinitySteps.AddInitial(plan, process, cgroup);
        plan.Add(StartOrder.NewKeyring);
        SecuritySteps.AddLabels(plan, process); // while /proc is the host's
        SecuritySteps.AddResourceLimits(plan, process); // while CAP_SYS_RESOURCE is the host's
        if (!changesUserNamespace)
            CapabilitySteps.AddBounding(plan, process.Capabilities, HostCapabilities.Last); // else whoever enters one gets the whole set
        if (process.Terminal is { Path: { } path } lent)
            plan.Add(new UseTerminalStep(path, lent.Rows, lent.Columns, Controls: false));

        plan.Add(StartOrder.Wait);
        int count = cgroup?.AddJoin(plan) ?? 0; // from inside a user namespace it would be refused
        CpuAffinitySteps.AddFinal(plan, process); // joining a cpuset may have changed it
        plan.Add(new EnterNamespacesStep(count, (ulong)(different | OfThreads), processId));
        if (changesUserNamespace)
            CapabilitySteps.AddBounding(plan, process.Capabilities, HostCapabilities.Last);
        if (process.Terminal is { Path: null } own)
            plan.Add(new OpenTerminalStep(own.Rows, own.Columns, Controls: false));
        StartOrder.AddBecoming(plan, process, user, maySetGroups);

        if ((different & NamespaceKinds.Pid) != 0)
        {
            plan.Add(new ForkStep());
            plan.Add(StartOrder.DieWithHost); // a child does not inherit it
        }
        plan.Add(StartOrder.NewSession);
        if (process.Terminal is not null)
            plan.Add(new ControlTerminalStep());
        StartOrder.AddClose(plan, passed);
        StartOrder.AddExecute(plan, process, user, passed);
        return plan.Build();
    }
}
