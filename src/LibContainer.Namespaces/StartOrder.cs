using System.Collections.Immutable;
using LibContainer.Capabilities;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.Mount;
using LibContainer.Network;
using LibContainer.Security;

namespace LibContainer;

/// <summary>The order of a start: one straight list, and the reason where a line cannot move.</summary>
internal static class StartOrder
{
    private const int FirstOtherDescriptor = 3;

    // The same in every start, and immutable: made once.
    internal static readonly LaunchStep DieWithHost = new SetParentDeathSignalStep(Signal.SIGKILL);
    internal static readonly LaunchStep NewSession = new NewSessionStep();
    internal static readonly LaunchStep NewKeyring = new NewSessionKeyringStep();
    internal static readonly LaunchStep NotDumpable = new SetDumpableStep(false);
    private static readonly LaunchStep CloseOthers = new CloseOnExecStep(FirstOtherDescriptor);
    internal static readonly LaunchStep Wait = new SynchronizeStep();

    /// <summary>The host has to look into the container before the rest of the plan is known.</summary>
    internal static bool NeedsHost(ProcessConfiguration process) => process.User is not null;

    /// <summary>The process waits for the host: to be looked into, to be given a cgroup, or to be connected.</summary>
    internal static bool Waits(ContainerConfiguration container, ProcessConfiguration process, ContainerCgroup? cgroup)
        => NeedsHost(process) || cgroup is not null || ContainerNetwork.IsAskedFor(container);

    /// <summary>The whole of it, for a start that does not need the host half-way, and to be shown.</summary>
    internal static LaunchPlan Plan(ContainerConfiguration container, ProcessConfiguration process, ContainerCgroup? cgroup = null, PassedDescriptors? passed = null)
    {
        LaunchPlan.Builder plan = new(CloneFlags(container, cgroup));
        AddBirth(plan, container);
        AddRoot(plan, container, process);
        MountSteps.AddRootSwitch(plan, container, process.Terminal);
        if (Waits(container, process, cgroup))
            plan.Add(Wait);
        cgroup?.AddJoin(plan, container);
        AddAfterGo(plan, container, process, null, passed);
        AddExecute(plan, process, null, passed);
        return plan.Build();
    }

    /// <summary>Up to the point at which the process waits for the host.</summary>
    internal static LaunchPlan BeforeGo(ContainerConfiguration container, ProcessConfiguration process, ContainerCgroup? cgroup = null)
    {
        LaunchPlan.Builder plan = new(CloneFlags(container, cgroup));
        AddBirth(plan, container);
        AddRoot(plan, container, process);
        MountSteps.AddRootSwitch(plan, container, process.Terminal);
        plan.Add(Wait);
        return plan.Build();
    }

    /// <summary>What follows, once the user is known.</summary>
    internal static LaunchPlan AfterGo(ContainerConfiguration container, ProcessConfiguration process, ResolvedUser user, ContainerCgroup? cgroup = null, PassedDescriptors? passed = null)
    {
        LaunchPlan.Builder plan = new();
        cgroup?.AddJoin(plan, container);
        AddAfterGo(plan, container, process, user, passed);
        AddExecute(plan, process, user, passed);
        return plan.Build();
    }

    /// <summary>All that the launcher does for a process that is its own init: the rest is its own. It has one thread here, and may have more there, of which each would have to join a cgroup.</summary>
    internal static LaunchPlan OwnInitBirth(ContainerConfiguration container, ExecuteStep init, int firstOtherDescriptor, ContainerCgroup? cgroup)
    {
        LaunchPlan.Builder plan = new(CloneFlags(container, cgroup));
        AddBirth(plan, container);
        if (cgroup is not null || ContainerNetwork.IsAskedFor(container))
            plan.Add(Wait);
        cgroup?.AddJoin(plan, container);
        plan.Add(new CloseOnExecStep(firstOtherDescriptor));
        plan.Add(init);
        return plan.Build();
    }

    /// <summary>Of a process that is its own init: until its root is there, in which it looks the user up.</summary>
    /// <param name="container">The container.</param>
    /// <param name="process">What it shall become.</param>
    internal static LaunchPlan OwnInitRoot(ContainerConfiguration container, ProcessConfiguration process)
    {
        LaunchPlan.Builder plan = new();
        plan.Add(DieWithHost);
        AddRoot(plan, container, process);
        return plan.Build();
    }

    /// <summary>Of a process that is its own init: all else. The host's go is at the same place as in every start.</summary>
    internal static LaunchPlan OwnInitRest(ContainerConfiguration container, ProcessConfiguration process, ResolvedUser? user)
    {
        LaunchPlan.Builder plan = new();
        MountSteps.AddRootSwitch(plan, container, process.Terminal);
        plan.Add(new AwaitGoStep());
        AddAfterGo(plan, container, process, user);
        plan.Add(new ResetSignalsStep());
        plan.Add(new AnnounceExecStep());
        AddExecute(plan, process, user);
        return plan.Build();
    }

    /// <summary>A cgroup namespace has its top where the process is when it is made: not before it has joined.</summary>
    private static ulong CloneFlags(ContainerConfiguration container, ContainerCgroup? cgroup)
        => (ulong)(cgroup is null ? container.Namespaces : container.Namespaces & ~NamespaceKinds.Cgroup);

    private static IReadOnlyList<CgroupView> CgroupViews() =>
    [
        .. ContainerCgroup.Hierarchies.Select(hierarchy => new CgroupView(
            Path.GetFileName(hierarchy.MountPoint),
            hierarchy.Version == CgroupVersion.V2 ? [] : hierarchy.Controllers,
            hierarchy.Version == CgroupVersion.V2 ? null : hierarchy.Name is null ? string.Join(',', hierarchy.Controllers) : string.Join(',', hierarchy.Controllers.DefaultIfEmpty("none").Append($"name={hierarchy.Name}")))),
    ];

    private static void AddBirth(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        // The launcher kills the container when the host is gone; this is the second line, for when both are killed at once.
        plan.Add(DieWithHost);
        NetworkSteps.AddBirth(plan, container); // first of all: the host connects it while it mounts
    }

    private static void AddRoot(LaunchPlan.Builder plan, ContainerConfiguration container, ProcessConfiguration process)
    {
        plan.Add(NewSession);
        SecuritySteps.AddLabels(plan, process); // while /proc is the host's
        plan.Add(NewKeyring);
        // Needs CAP_SETPCAP and takes none away that is used below. This early because a launcher without a bounding set can be chosen by what comes before the host's go alone.
        CapabilitySteps.AddBounding(plan, process.Capabilities, HostCapabilities.Last);
        NetworkSteps.Add(plan, container);
        if (container.Hostname is { } hostname)
            plan.Add(new SetHostnameStep(hostname));
        MountSteps.AddRoot(plan, container, process.Terminal);
    }

    private static void AddAfterGo(LaunchPlan.Builder plan, ContainerConfiguration container, ProcessConfiguration process, ResolvedUser? user, PassedDescriptors? passed = null)
    {
        // From here the process is in its root, and what it opens is the container's. It still is what it was; now it becomes what it shall be.
        plan.Add(NotDumpable);
        MountSteps.AddCgroupViews(plan, container, CgroupViews); // only now is it known what its own cgroup is
        MountSteps.AddReadOnlyRoot(plan, container);
        SecuritySteps.AddResourceLimits(plan, process); // a hard limit may need CAP_SYS_RESOURCE
        AddBecoming(plan, process, user);
        if (container.InitProcess)
            plan.Add(new InitStep(process.Terminal is not null)); // of both alike: what it has is what the program has
        AddClose(plan, passed); // last, so that no step's descriptor is missed
    }

    /// <summary>From the host's rights to the program's own.</summary>
    internal static void AddBecoming(LaunchPlan.Builder plan, ProcessConfiguration process, ResolvedUser? user, bool maySetGroups = true)
    {
        AddIdentity(plan, process, user, maySetGroups);
        plan.Add(new SetUmaskStep(process.Umask));
        plan.Add(new ChangeDirectoryStep(process.WorkingDirectory)); // after the ids, so that the user's rights decide
        SecuritySteps.AddNoNewPrivileges(plan, process);
    }

    internal static void AddClose(LaunchPlan.Builder plan, PassedDescriptors? passed)
        => plan.Add(passed is null or { All.IsEmpty: true } ? CloseOthers : new CloseOnExecStep(FirstOtherDescriptor + passed.All.Length));

    internal static void AddExecute(LaunchPlan.Builder plan, ProcessConfiguration process, ResolvedUser? user, PassedDescriptors? passed = null)
    {
        ImmutableArray<string> environment = Environment(process, user);
        plan.Add(new ExecuteStep(CommandLookup.Candidates(process), process.Arguments, passed?.Tell(environment) ?? environment, passed is { Listens: true }));
    }

    private static ImmutableArray<string> Environment(ProcessConfiguration process, ResolvedUser? user)
        => user is null || process.Environment.Any(entry => entry.StartsWith("HOME=", StringComparison.Ordinal)) ? process.Environment : process.Environment.Add($"HOME={user.Home}");

    private static void AddIdentity(LaunchPlan.Builder plan, ProcessConfiguration process, ResolvedUser? user, bool maySetGroups)
    {
        bool isUnknown = process.User is not null && user is null; // only to be shown
        int userId = user?.UserId ?? process.UserId, groupId = user?.GroupId ?? process.GroupId;
        bool changesUser = userId != 0 || isUnknown;
        if (changesUser)
            plan.Add(new KeepCapabilitiesStep(true)); // else the permitted set is gone with uid 0, and capset could give nothing back
        bool ownsTerminal = process.Terminal is { Path: null }; // one that the host lent stays whose it is
        if (isUnknown)
            plan.Add(new SetUserStep(process.User!, ownsTerminal));
        else
        {
            if (ownsTerminal && userId != 0)
                plan.Add(new OwnTerminalStep(userId));
            if (maySetGroups)
                plan.Add(new SetGroupsStep(user is null ? process.AdditionalGroupIds : user.AdditionalGroupIds.AddRange(process.AdditionalGroupIds)));
            plan.Add(new SetIdsStep(userId, groupId));
        }
        if (changesUser)
            plan.Add(new KeepCapabilitiesStep(false));
        CapabilitySteps.AddSets(plan, process.Capabilities);
        if (changesUser || groupId != 0)
            plan.Add(DieWithHost); // prctl(2): a change of ids clears it
    }
}
