using LibContainer.Configuration;

namespace LibContainer.Network;

/// <summary>The host's part of a container's networks.</summary>
public sealed class ContainerNetwork
{
    /// <summary>Whether a container needs anything of the host: more than a loopback interface as the kernel makes it.</summary>
    public static bool IsAskedFor(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        foreach (NetworkConfiguration network in container.Networks)
            if (network is not LoopbackNetwork { Mtu: null })
                return true;
        return !container.Routes.IsEmpty || !container.NetworkDevices.IsEmpty;
    }
}
