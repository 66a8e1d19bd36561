using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>The kernel refuses a request of rtnetlink: the request, the errno, and what the kernel says to it.</summary>
public sealed class NetlinkException : IOException
{
    internal NetlinkException(string request, Errno error, string? words = null)
        : base($"{request}: {LinuxException.Name(error)}{(string.IsNullOrEmpty(words) ? "" : $": {words}")}", (int)error)
        => (Request, Error, Words) = (request, error, words ?? "");

    /// <summary>For people: <c>RTM_NEWLINK veth0</c>.</summary>
    public string Request { get; }

    /// <summary>What the kernel answered.</summary>
    public Errno Error { get; }

    /// <summary>The kernel's own words, of which many refusals have none. Source: netlink(7), NETLINK_EXT_ACK.</summary>
    public string Words { get; }
}
