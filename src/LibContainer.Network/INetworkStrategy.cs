using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Network.Netlink;

namespace LibContainer.Network;

/// <summary>A kind of network that a host application adds to those of this library: it connects the entries that name it, <see cref="CustomNetwork"/>.</summary>
public interface INetworkStrategy
{
    /// <summary>What is wrong with an entry, before anything is made. Paths are within the entry: <c>settings["mode"]</c>.</summary>
    /// <param name="network">The entry.</param>
    IEnumerable<ConfigurationFinding> Check(CustomNetwork network);

    /// <summary>Connects a container, while it sets itself up; at the entry's place among its networks. What throws ends the container, and undoes what was connected before.</summary>
    /// <param name="network">The entry.</param>
    /// <param name="container">What it is connected by; for the time of this call.</param>
    /// <returns>Is disposed when the container has ended, whether its program ran or not. Null: nothing is left then, since it goes with the container's network namespace.</returns>
    IDisposable? Connect(CustomNetwork network, NetworkAttachment container);
}

/// <summary>A container that is being connected, in its network namespace and in the host's.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Namespace">Its network namespace, for <see cref="LinkOptions.Namespace"/>.</param>
/// <param name="Host">The network of the thread that starts it.</param>
/// <param name="Inside">Its own network.</param>
public sealed record NetworkAttachment(int ProcessId, SafeHandle Namespace, RouteNetlink Host, RouteNetlink Inside);
