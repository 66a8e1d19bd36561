using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>How the interfaces of a container are called inside.</summary>
public static class InterfaceNames
{
    /// <summary>One name for each entry of <see cref="ContainerConfiguration.Networks"/>: its own, or the first of <c>eth0</c>, <c>eth1</c> ... that no other has. Empty: the entry has no interface.</summary>
    public static ImmutableArray<string> Of(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        HashSet<string> taken = [.. container.Networks.OfType<InterfaceNetwork>().Select(network => network.Name).OfType<string>(), .. container.NetworkDevices.Values];
        int next = 0;
        return [.. container.Networks.Select(network => network is InterfaceNetwork { Name: var name } ? name ?? Free() : "")];

        string Free()
        {
            while (true)
                if ($"eth{next++}" is var name && taken.Add(name))
                    return name;
        }
    }
}
