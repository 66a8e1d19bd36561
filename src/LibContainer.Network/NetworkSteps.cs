using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Network;

/// <summary>Networks as steps: what the container's own process does for them. The rest is <see cref="ContainerNetwork"/>.</summary>
public static class NetworkSteps
{
    // The kernel gives it 127.0.0.1 and ::1 when it comes up.
    private static readonly LaunchStep LoopbackUp = new InterfaceUpStep("lo");
    private static readonly LaunchStep OpenNetlink = new OpenNetlinkStep();

    /// <summary>What comes first: goes into the network namespace that is another's, or gives the host what it reaches its own one by.</summary>
    public static void AddBirth(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        if (container.JoinedNamespaces.TryGetValue(NamespaceKinds.Network, out string? path))
            plan.Add(new JoinNamespaceStep(path, (ulong)NamespaceKinds.Network));
        if (ContainerNetwork.IsAskedFor(container))
            plan.Add(OpenNetlink);
    }

    /// <summary>All that needs no host, in the order of the networks.</summary>
    public static void Add(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        foreach (NetworkConfiguration network in container.Networks)
            if (network is LoopbackNetwork)
                plan.Add(LoopbackUp);
    }
}
