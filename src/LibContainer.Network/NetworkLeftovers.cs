using LibContainer.Linux;

namespace LibContainer.Network;

/// <summary>What programs that were killed have left of their containers' networks. A cable goes with its container, by itself.</summary>
public static class NetworkLeftovers
{
    internal const string NamesKind = "names";

    /// <summary>Removes it: addresses on bridges of the network of the calling thread, bridges that nobody is on any more, files of names. What belongs to a container that runs stays, whoever has started it.</summary>
    /// <returns>What was removed, in words.</returns>
    /// <exception cref="IOException">A table of addresses cannot be read or written, or is none.</exception>
    public static IReadOnlyList<string> Remove()
    {
        List<string> removed = [.. RunDirectory.RemoveLeftovers(NamesKind)];
        using HostNetwork host = HostNetwork.Take();
        removed.AddRange(BridgeStrategy.RemoveLeftovers(host));
        return removed;
    }
}
