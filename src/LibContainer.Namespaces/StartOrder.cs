using LibContainer.Capabilities;
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

    internal static LaunchPlan Plan(ContainerConfiguration container, ProcessConfiguration process)
    {
        LaunchPlan.Builder plan = new((ulong)container.Namespaces);

        // The launcher kills the container when the host is gone; this is the second line, for when both are killed at once.
        plan.Add(new SetParentDeathSignalStep(Signal.SIGKILL));
        plan.Add(new NewSessionStep());
        NetworkSteps.Add(plan, container);
        if (container.Hostname is { } hostname)
            plan.Add(new SetHostnameStep(hostname));
        MountSteps.AddRoot(plan, container);

        // From here the process is in its root, and what it opens is the container's. It still is what it was; now it becomes what it shall be.
        plan.Add(new SetDumpableStep(false));
        MountSteps.AddReadOnlyRoot(plan, container);
        SecuritySteps.AddResourceLimits(plan, process); // a hard limit may need CAP_SYS_RESOURCE
        CapabilitySteps.AddBounding(plan, process.Capabilities, HostCapabilities.Last); // needs CAP_SETPCAP
        AddIdentity(plan, process);
        plan.Add(new SetUmaskStep(process.Umask));
        plan.Add(new ChangeDirectoryStep(process.WorkingDirectory)); // after the ids, so that the user's rights decide
        SecuritySteps.AddNoNewPrivileges(plan, process);
        plan.Add(new CloseOnExecStep(FirstOtherDescriptor)); // last, so that no step's descriptor is missed
        plan.Add(new ExecuteStep(CommandLookup.Candidates(process), process.Arguments, process.Environment));
        return plan.Build();
    }

    private static void AddIdentity(LaunchPlan.Builder plan, ProcessConfiguration process)
    {
        bool changesUser = process.UserId != 0;
        if (changesUser)
            plan.Add(new KeepCapabilitiesStep(true)); // else the permitted set is gone with uid 0, and capset could give nothing back
        plan.Add(new SetGroupsStep(process.AdditionalGroupIds));
        plan.Add(new SetIdsStep(process.UserId, process.GroupId));
        if (changesUser)
            plan.Add(new KeepCapabilitiesStep(false));
        CapabilitySteps.AddSets(plan, process.Capabilities);
        if (changesUser || process.GroupId != 0)
            plan.Add(new SetParentDeathSignalStep(Signal.SIGKILL)); // prctl(2): a change of ids clears it
    }
}
