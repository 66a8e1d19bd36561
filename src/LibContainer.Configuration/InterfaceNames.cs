using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>How the interfaces of a container are called inside.</summary>
public static class InterfaceNames
{
    /// <summary>A name for each entry of <see cref="ContainerConfiguration.Networks"/>; an empty text where the entry is no <see cref="InterfaceNetwork"/>.</summary>
    /// <remarks>
    /// A name that is given stays. The rest take the first of <c>eth0</c>, <c>eth1</c> ... that neither another entry nor one of <see
    /// cref="ContainerConfiguration.NetworkDevices"/> has.
    /// </remarks>
    public static ImmutableArray<string> Of(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        HashSet<string> taken = [.. container.NetworkDevices.Values];
        foreach (NetworkConfiguration network in container.Networks)
            if (network is InterfaceNetwork { Name: { } name })
                taken.Add(name);
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>(container.Networks.Length);
        int next = 0;
        foreach (NetworkConfiguration network in container.Networks)
            names.Add(network is InterfaceNetwork one ? one.Name ?? NextFree() : "");
        return names.MoveToImmutable();

        string NextFree()
        {
            string name;
            do
                name = $"eth{next++}";
            while (taken.Contains(name));
            return name;
        }
    }
}
