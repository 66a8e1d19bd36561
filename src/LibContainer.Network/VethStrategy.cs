using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;

namespace LibContainer.Network;

/// <summary>A cable whose other end is on the host, usually in a bridge. Source: veth(4).</summary>
internal static class VethStrategy
{
    private const int LongestName = 15; // IFNAMSIZ with its NUL is 16
    private const int Digits = 8;

    /// <summary>More are of use to programs of XDP alone, and cost each start two grace periods of RCU, which take 1 ms while the container sets itself up.</summary>
    private const int Queues = 1;

    /// <summary>Names are random, and one may be taken.</summary>
    private const int Attempts = 16;

    /// <summary>A cable under a name of the library's choice.</summary>
    /// <param name="network">The entry.</param>
    /// <param name="name">The name inside.</param>
    /// <param name="target">The container's network namespace.</param>
    /// <param name="host">The host's.</param>
    /// <exception cref="NetlinkException">The kernel refuses, and nothing is left.</exception>
    internal static HostEnd Connect(VethNetwork network, string name, SafeFileHandle target, HostNetwork host)
    {
        for (int attempt = 1; ; attempt++)
        {
            string near = NewName(network.HostPrefix);
            try
            {
                return Connect(network, name, near, target, host);
            }
            catch (NetlinkException error) when (error.Error == Errno.EEXIST && attempt < Attempts && host.Netlink.FindLink(near) is not null)
            {
                // Once more, under another one.
            }
        }
    }

    /// <summary>For a host's end.</summary>
    internal static string NewName(string prefix) => prefix + RandomNumberGenerator.GetHexString(Math.Min(Digits, LongestName - prefix.Length), lowercase: true);

    /// <summary>Makes both ends at once, each where it belongs: to move one would cost an RCU grace period, 13 ms. The host's is up; of two ends that are made the kernel does not bring the other one up (ENOTCONN).</summary>
    /// <inheritdoc cref="Connect(VethNetwork, string, SafeFileHandle, HostNetwork)"/>
    /// <param name="network"></param>
    /// <param name="name"></param>
    /// <param name="near">The name on the host.</param>
    /// <param name="target"></param>
    /// <param name="host"></param>
    internal static HostEnd Connect(VethNetwork network, string name, string near, SafeFileHandle target, HostNetwork host)
    {
        int master = network.Bridge is { } bridge ? host.Netlink.Refer(bridge).Index : 0;
        host.Netlink.CreateVeth(new LinkOptions(near) { Mtu = network.Mtu, Queues = Queues, Master = master, IsUp = true }, InterfaceSetup.Options(network, name, target) with { Queues = Queues });
        return new HostEnd(host, host.Netlink.Refer(near));
    }
}
