using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Network;

/// <summary>Networks as steps: what the container's own process does for them.</summary>
public static class NetworkSteps
{
    /// <summary>All networks, in their order.</summary>
    public static void Add(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        foreach (NetworkConfiguration network in container.Networks)
        {
            switch (network)
            {
                case LoopbackNetwork:
                    plan.Add(new InterfaceUpStep("lo")); // the kernel gives it 127.0.0.1 and ::1 when it comes up
                    break;
                default:
                    throw new NotSupportedException($"{network.GetType().Name} is not supported yet");
            }
        }
    }
}
