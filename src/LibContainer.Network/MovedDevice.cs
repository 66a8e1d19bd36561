using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Network;

/// <summary>
/// An interface of the host's that a container has for as long as it runs, with its addresses. When the host is killed, the kernel gives a device of hardware back to the machine's first network
/// namespace and removes one of software. Source: OCI runtime specification, config-linux.md, Network Devices.
/// </summary>
internal sealed class MovedDevice : IDisposable
{
    private readonly HostNetwork _host;
    private readonly SafeFileHandle _socket;
    private readonly RouteNetlink _inside;
    private readonly NetworkLink _before;
    private readonly ImmutableArray<InterfaceAddress> _addresses;
    private int _index;

    private MovedDevice(HostNetwork host, SafeHandle netlink, string name)
    {
        _host = host;
        _before = host.Netlink.GetLink(name);
        _addresses = [.. host.Netlink.GetAddresses().Where(address => address.Index == _before.Index && address is { IsPermanent: true, IsLinkLocal: false }).Select(address => address.Address)];
        _socket = Descriptor.Duplicate(netlink); // the namespace has to be there when the device is taken out of it
        _inside = RouteNetlink.Over(_socket);
    }

    /// <param name="host">Where it is.</param>
    /// <param name="target">The container's network namespace.</param>
    /// <param name="netlink">A socket of it.</param>
    /// <param name="name">Its name on the host.</param>
    /// <param name="nameInside">Its name in the container.</param>
    /// <exception cref="NetlinkException">The kernel refuses, and it is on the host.</exception>
    internal static MovedDevice Move(HostNetwork host, SafeHandle target, SafeHandle netlink, string name, string nameInside)
    {
        MovedDevice device = new(host, netlink, name);
        try
        {
            host.Netlink.MoveToNamespace(device._before, target, nameInside);
        }
        catch
        {
            device.Close();
            throw;
        }
        try
        {
            NetworkLink link = device._inside.GetLink(nameInside);
            device._index = link.Index; // one that is taken there gives way to another
            SetUp(device._inside, link, device._addresses);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Gives it back to the host: under its name, in its bridge, with its addresses, up if it was. Routes through it went when it left.</summary>
    /// <exception cref="NetlinkException">It cannot be. ENODEV: the container has removed it.</exception>
    public void Dispose()
    {
        try
        {
            _inside.MoveToNamespace(_inside.GetLink(_index), _host.Namespace, _before.Name);
            NetworkLink link = _host.Netlink.GetLink(_before.Name);
            if (_before.Master != 0)
                _host.Netlink.SetMaster(link, _host.Netlink.FindLink(_before.Master)); // which may be gone
            if (_before.IsUp)
                SetUp(_host.Netlink, link, _addresses);
            else
                AddAddresses(_host.Netlink, link, _addresses);
        }
        finally
        {
            Close();
        }
    }

    private static void SetUp(RouteNetlink netlink, NetworkLink link, ImmutableArray<InterfaceAddress> addresses)
    {
        netlink.SetUp(link);
        AddAddresses(netlink, link, addresses);
    }

    private static void AddAddresses(RouteNetlink netlink, NetworkLink link, ImmutableArray<InterfaceAddress> addresses)
    {
        foreach (InterfaceAddress address in addresses)
            netlink.AddAddress(link, address);
    }

    private void Close()
    {
        _inside.Dispose();
        _socket.Dispose();
    }
}
