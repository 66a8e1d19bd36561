using LibContainer.Linux;
using LibContainer.Network.Netlink;

namespace LibContainer.Network;

/// <summary>The host's end of a container's cable.</summary>
internal sealed class HostEnd
{
    /// <summary>What the kernel removes within 50 ms; longer than this it stays only when somebody else holds the container's network namespace.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HostNetwork _network;
    private readonly NetworkLink _link;
    private readonly Task _gone;

    internal HostEnd(HostNetwork network, NetworkLink link) => (_network, _link, _gone) = (network, link, network.WhenGone(link));

    /// <summary>The container has ended: waits until the kernel has removed it, and removes it if the kernel does not.</summary>
    /// <exception cref="NetlinkException">It cannot be removed.</exception>
    internal async Task RemoveAsync()
    {
        try
        {
            await _gone.WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Remove();
        }
    }

    private void Remove()
    {
        try
        {
            _network.Netlink.Delete(_link);
        }
        catch (NetlinkException error) when (error.Error == Errno.ENODEV)
        {
            // Gone, and its event was lost or is on its way.
        }
        finally
        {
            _network.Forget(_link);
        }
    }
}
