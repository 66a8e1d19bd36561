using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>The interfaces, addresses and routes of one network namespace. Thread-safe. Source: rtnetlink(7).</summary>
/// <remarks>
/// Every method throws <see cref="NetlinkException"/> when the kernel refuses, <see cref="LinuxException"/> when the socket fails, and <see cref="InvalidDataException"/>
/// when what comes is nothing that a kernel says.
/// </remarks>
public sealed class RouteNetlink : IDisposable
{
    private readonly NetlinkConnection _connection;

    private RouteNetlink(NetlinkSocket socket) => _connection = new NetlinkConnection(socket);

    /// <summary>Of the calling thread's network namespace, whichever thread uses it then.</summary>
    /// <exception cref="LinuxException">EMFILE, ENFILE: too many descriptors.</exception>
    public static RouteNetlink Open() => new(NetlinkSocket.Open());

    /// <summary>Of the network namespace that a socket was opened in.</summary>
    /// <param name="socket">AF_NETLINK, NETLINK_ROUTE. It stays the caller's to close.</param>
    /// <exception cref="LinuxException">It is no such socket.</exception>
    public static RouteNetlink Over(SafeHandle socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return new(new NetlinkSocket(socket));
    }

    /// <summary>All interfaces.</summary>
    public IReadOnlyList<NetworkLink> GetLinks() => _connection.Dump(LinkRequests.GetAll(), static (type, body) => type == Rtnetlink.RTM_NEWLINK ? NetworkLink.Parse(body) : null);

    /// <summary>An interface by its name, or an alternative one of up to 15 bytes.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is none.</exception>
    public NetworkLink GetLink(string name) => GetLink(LinkRequests.Get(name));

    /// <summary>An interface by its number.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is none.</exception>
    public NetworkLink GetLink(int index) => GetLink(LinkRequests.GetByIndex(index));

    /// <summary>Its number alone. Null: there is none of this name.</summary>
    internal int? FindIndex(string name) => _connection.FindIndex(name);

    /// <summary>An interface by its name, for requests about it: its number is all that is known of it.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is none.</exception>
    internal NetworkLink Refer(string name)
        => new() { Index = FindIndex(name) ?? throw new NetlinkException($"SIOCGIFINDEX {name}", Errno.ENODEV), Name = name };

    /// <summary>An interface by its name. Null: there is none.</summary>
    public NetworkLink? FindLink(string name) => OrNull(() => GetLink(name));

    /// <summary>An interface by its number. Null: there is none.</summary>
    public NetworkLink? FindLink(int index) => OrNull(() => GetLink(index));

    /// <summary>Makes a cable. Both ends go when one does, or a network namespace that one is in. Source: veth(4).</summary>
    /// <param name="near">The end in this namespace.</param>
    /// <param name="far">The other one, in <see cref="LinkOptions.Namespace"/> from the beginning, and down.</param>
    public void CreateVeth(LinkOptions near, LinkOptions far)
    {
        ArgumentNullException.ThrowIfNull(near);
        ArgumentNullException.ThrowIfNull(far);
        InNamespace(far.Namespace, ofNamespace => _connection.Transact(LinkRequests.CreateVeth(near, far, ofNamespace)));
    }

    /// <summary>Makes a bridge. Source: ip-link(8).</summary>
    public void CreateBridge(LinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _connection.Transact(LinkRequests.CreateBridge(options));
    }

    /// <summary>Makes an interface that takes everything and passes nothing on.</summary>
    public void CreateDummy(LinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _connection.Transact(LinkRequests.CreateDummy(options));
    }

    /// <summary>Makes an interface with a hardware address of its own on another one.</summary>
    public void CreateMacvlan(LinkOptions options, NetworkLink parent, MacvlanMode mode = MacvlanMode.Bridge)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parent);
        InNamespace(options.Namespace, ofNamespace => _connection.Transact(LinkRequests.CreateMacvlan(options, parent.Index, mode, ofNamespace)));
    }

    /// <summary>Makes an interface with an address of IP of its own on another one.</summary>
    /// <param name="options">The new one.</param>
    /// <param name="parent">The other one.</param>
    /// <param name="mode">Who decides where a packet goes, for all that are on the parent.</param>
    /// <param name="isolation">Whom they reach, again all of them. Null: as it is; at first <see cref="IpvlanIsolation.Bridge"/>.</param>
    public void CreateIpvlan(LinkOptions options, NetworkLink parent, IpvlanMode mode = IpvlanMode.L2, IpvlanIsolation? isolation = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parent);
        InNamespace(options.Namespace, ofNamespace => _connection.Transact(LinkRequests.CreateIpvlan(options, parent.Index, mode, isolation, ofNamespace)));
    }

    /// <summary>Brings it up.</summary>
    public void SetUp(NetworkLink link) => Transact(link, link => LinkRequests.SetFlags(link.Index, link.Name, Uapi.IFF_UP, Uapi.IFF_UP));

    /// <summary>Brings it down. Routes that lead through it go.</summary>
    public void SetDown(NetworkLink link) => Transact(link, link => LinkRequests.SetFlags(link.Index, link.Name, 0, Uapi.IFF_UP));

    /// <summary>Sets the most bytes of a packet.</summary>
    public void SetMtu(NetworkLink link, int mtu) => Transact(link, link => LinkRequests.SetMtu(link.Index, link.Name, mtu));

    /// <summary>Sets the hardware address.</summary>
    public void SetHardwareAddress(NetworkLink link, PhysicalAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Transact(link, link => LinkRequests.SetHardwareAddress(link.Index, link.Name, address.GetAddressBytes()));
    }

    /// <summary>Gives it another name. Before Linux 6.2 it has to be down.</summary>
    public void Rename(NetworkLink link, string name) => Transact(link, link => LinkRequests.Rename(link.Index, link.Name, name));

    /// <summary>Gives it one more name.</summary>
    public void AddAlternativeName(NetworkLink link, string name) => Transact(link, link => LinkRequests.AddAlternativeName(link.Index, link.Name, name));

    /// <summary>Takes one of those away.</summary>
    public void DeleteAlternativeName(NetworkLink link, string name) => Transact(link, link => LinkRequests.DeleteAlternativeName(link.Index, link.Name, name));

    /// <summary>Makes it a port of a bridge. Null: of none.</summary>
    public void SetMaster(NetworkLink link, NetworkLink? master) => Transact(link, link => LinkRequests.SetMaster(link.Index, link.Name, master?.Index ?? 0));

    /// <summary>Moves it to the network namespace of a process. It is down then, and has no address. It costs an RCU grace period, 13 ms.</summary>
    public void MoveToProcess(NetworkLink link, int processId) => Transact(link, link => LinkRequests.MoveToProcess(link.Index, link.Name, processId));

    /// <summary>Moves it to another network namespace, as <see cref="MoveToProcess"/> does.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="networkNamespace">The namespace.</param>
    /// <param name="newName">Its name there. Null: the same.</param>
    public void MoveToNamespace(NetworkLink link, SafeHandle networkNamespace, string? newName = null)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        InNamespace(networkNamespace, ofNamespace => Transact(link, link => LinkRequests.MoveToNamespace(link.Index, link.Name, ofNamespace, newName)));
    }

    /// <summary>Removes it. It costs an RCU grace period, 13 ms.</summary>
    public void Delete(NetworkLink link) => Transact(link, link => LinkRequests.Delete(link.Index, link.Name));

    /// <summary>All addresses of all interfaces.</summary>
    public IReadOnlyList<LinkAddress> GetAddresses() => _connection.Dump(AddressRequests.GetAll(), static (type, body) => type == Rtnetlink.RTM_NEWADDR ? LinkAddress.Parse(body) : null);

    /// <summary>Adds an address. One of IPv6 can be used at once: nobody looks whether another has it.</summary>
    public void AddAddress(NetworkLink link, InterfaceAddress address) => Transact(link, link => AddressRequests.Add(link.Index, link.Name, address));

    /// <summary>Takes an address away.</summary>
    public void DeleteAddress(NetworkLink link, InterfaceAddress address) => Transact(link, link => AddressRequests.Delete(link.Index, link.Name, address));

    /// <summary>The routes of the main table.</summary>
    public IReadOnlyList<NetworkRoute> GetRoutes(AddressFamily family)
        => _connection.Dump(AddressRequests.GetRoutes(family), static (type, body) => type == Rtnetlink.RTM_NEWROUTE ? NetworkRoute.Parse(body) : null);

    /// <summary>Adds a route to the main table.</summary>
    /// <param name="link">The interface of <see cref="RouteConfiguration.Interface"/>.</param>
    /// <param name="route">The route.</param>
    public void AddRoute(NetworkLink link, RouteConfiguration route) => Transact(link, link => AddressRequests.AddRoute(link.Index, route));

    /// <summary>Takes a route away, whoever has added it.</summary>
    public void DeleteRoute(NetworkLink link, RouteConfiguration route) => Transact(link, link => AddressRequests.DeleteRoute(link.Index, route));

    /// <summary>The neighbours of all interfaces, of IPv4 and IPv6.</summary>
    public IReadOnlyList<NetworkNeighbour> GetNeighbours()
        => _connection.Dump(AddressRequests.GetNeighbours(), static (type, body) => type == Rtnetlink.RTM_NEWNEIGH ? NetworkNeighbour.Parse(body) : null);

    /// <summary>Says which hardware address an address has, for good.</summary>
    public void AddNeighbour(NetworkLink link, IPAddress address, PhysicalAddress hardwareAddress)
    {
        ArgumentNullException.ThrowIfNull(hardwareAddress);
        Transact(link, link => AddressRequests.AddNeighbour(link.Index, link.Name, address, hardwareAddress.GetAddressBytes()));
    }

    /// <summary>Takes that back.</summary>
    public void DeleteNeighbour(NetworkLink link, IPAddress address) => Transact(link, link => AddressRequests.DeleteNeighbour(link.Index, link.Name, address));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private NetworkLink GetLink(NetlinkRequest request)
    {
        NetworkLink? found = null;
        _connection.Query(request, (type, body) => found = type == Rtnetlink.RTM_NEWLINK ? NetworkLink.Parse(body) : found);
        return found ?? throw new NetlinkException(request.Description, Errno.ENODEV);
    }

    private static NetworkLink? OrNull(Func<NetworkLink> get)
    {
        try
        {
            return get();
        }
        catch (NetlinkException error) when (error.Error == Errno.ENODEV)
        {
            return null;
        }
    }

    private void Transact(NetworkLink link, Func<NetworkLink, NetlinkRequest> request)
    {
        ArgumentNullException.ThrowIfNull(link);
        _connection.Transact(request(link));
    }

    /// <summary>The kernel takes a descriptor for the namespace.</summary>
    private static void InNamespace(SafeHandle? networkNamespace, Action<int> use)
    {
        if (networkNamespace is null)
        {
            use(-1);
            return;
        }
        using Borrowed descriptor = new(networkNamespace);
        use(descriptor.Number);
    }
}
