using System.Net.NetworkInformation;
using System.Runtime.InteropServices;

namespace LibContainer.Network.Netlink;

/// <summary>What a new interface shall be.</summary>
/// <param name="Name">At most 15 bytes.</param>
public sealed record LinkOptions(string Name)
{
    /// <summary>Most bytes of a packet. Null: the kernel's choice.</summary>
    public int? Mtu { get; init; }

    /// <summary>Hardware address. Null: the kernel's choice.</summary>
    public PhysicalAddress? HardwareAddress { get; init; }

    /// <summary>
    /// Queues that it can send by, and as many to receive by. Null: the kernel's choice, which for a veth is one for each processor, of which it then takes all but one out of use again: it waits for
    /// every processor twice (RCU).
    /// </summary>
    public int? Queues { get; init; }

    /// <summary>Index of the bridge that it is a port of. 0: none.</summary>
    public int Master { get; init; }

    /// <summary>It is up from the beginning.</summary>
    public bool IsUp { get; init; }

    /// <summary>The network namespace that it is born in. Null: that of the socket.</summary>
    public SafeHandle? Namespace { get; init; }
}
