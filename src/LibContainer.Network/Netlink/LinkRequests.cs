using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>Requests about interfaces. Source: rtnetlink(7), include/uapi/linux/if_link.h.</summary>
internal static class LinkRequests
{
    /// <param name="near">This end.</param>
    /// <param name="far">The other one. It cannot be up yet.</param>
    /// <param name="farNamespace">Descriptor of the namespace that the other one is born in, or -1.</param>
    /// <remarks>Moving it there afterwards costs an RCU grace period, 13 ms.</remarks>
    internal static NetlinkRequest CreateVeth(LinkOptions near, LinkOptions far, int farNamespace)
        => Create("veth", near, -1, data => data.Nest(Rtnetlink.VETH_INFO_PEER, peer =>
        {
            peer.Link();
            AddOptions(peer, far, farNamespace);
        }));

    internal static NetlinkRequest CreateBridge(LinkOptions options) => Create("bridge", options, -1);

    internal static NetlinkRequest CreateDummy(LinkOptions options) => Create("dummy", options, -1);

    /// <param name="options">The new one.</param>
    /// <param name="parent">Index of the interface that it is on.</param>
    /// <param name="mode">Whom else it reaches.</param>
    /// <param name="ofNamespace">Descriptor of the namespace that it is born in, or -1.</param>
    internal static NetlinkRequest CreateMacvlan(LinkOptions options, int parent, MacvlanMode mode, int ofNamespace)
        => Create("macvlan", options, ofNamespace, data => data.Add(Rtnetlink.IFLA_MACVLAN_MODE, 1u << (int)mode), parent);

    /// <param name="options">The new one.</param>
    /// <param name="parent">Index of the interface that it is on.</param>
    /// <param name="mode">Who decides where a packet goes. The kernel takes it for all that are on the parent.</param>
    /// <param name="isolation">Whom it reaches. The kernel takes that for all, too. Null: it is left as it is.</param>
    /// <param name="ofNamespace">Descriptor of the namespace that it is born in, or -1.</param>
    internal static NetlinkRequest CreateIpvlan(LinkOptions options, int parent, IpvlanMode mode, IpvlanIsolation? isolation, int ofNamespace)
        => Create("ipvlan", options, ofNamespace, data =>
        {
            data.Add(Rtnetlink.IFLA_IPVLAN_MODE, (ushort)mode);
            if (isolation is { } reach)
                data.Add(Rtnetlink.IFLA_IPVLAN_FLAGS, (ushort)reach);
        }, parent);

    internal static NetlinkRequest SetFlags(int index, string name, uint flags, uint change)
        => new NetlinkRequest(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_ACK, $"RTM_NEWLINK {name}{((flags & Uapi.IFF_UP) != 0 ? " up" : " down")}").Link(index, flags, change);

    internal static NetlinkRequest SetMtu(int index, string name, int mtu) => Set(index, $"{name} mtu {mtu}").Add(Rtnetlink.IFLA_MTU, (uint)mtu);

    internal static NetlinkRequest SetHardwareAddress(int index, string name, ReadOnlySpan<byte> address)
        => Set(index, $"{name} address {Convert.ToHexStringLower(address)}").Add(Rtnetlink.IFLA_ADDRESS, address);

    internal static NetlinkRequest Rename(int index, string name, string newName) => Set(index, $"{name} name {newName}").Add(Rtnetlink.IFLA_IFNAME, newName);

    internal static NetlinkRequest SetMaster(int index, string name, int master) => Set(index, $"{name} master {master}").Add(Rtnetlink.IFLA_MASTER, (uint)master);

    internal static NetlinkRequest MoveToProcess(int index, string name, int processId)
        => Set(index, $"{name} netns of process {processId}").Add(Rtnetlink.IFLA_NET_NS_PID, (uint)processId);

    /// <summary>Under a name of its own there, since its old one may be taken.</summary>
    internal static NetlinkRequest MoveToNamespace(int index, string name, int ofNamespace, string? newName)
    {
        NetlinkRequest request = Set(index, newName is null ? $"{name} netns" : $"{name} netns, name {newName}").Add(Rtnetlink.IFLA_NET_NS_FD, (uint)ofNamespace);
        return newName is null ? request : request.Add(Rtnetlink.IFLA_IFNAME, newName);
    }

    internal static NetlinkRequest AddAlternativeName(int index, string name, string alternative)
        => Property(Rtnetlink.RTM_NEWLINKPROP, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL | Rtnetlink.NLM_F_APPEND, "RTM_NEWLINKPROP", index, name, alternative);

    internal static NetlinkRequest DeleteAlternativeName(int index, string name, string alternative)
        => Property(Rtnetlink.RTM_DELLINKPROP, 0, "RTM_DELLINKPROP", index, name, alternative);

    internal static NetlinkRequest Delete(int index, string name) => new NetlinkRequest(Rtnetlink.RTM_DELLINK, Rtnetlink.NLM_F_ACK, $"RTM_DELLINK {name}").Link(index);

    internal static NetlinkRequest Get(string name) => new NetlinkRequest(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_ACK, $"RTM_GETLINK {name}").Link().Add(Rtnetlink.IFLA_IFNAME, name);

    internal static NetlinkRequest GetByIndex(int index)
        => new NetlinkRequest(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_ACK, $"RTM_GETLINK {index.ToString(System.Globalization.CultureInfo.InvariantCulture)}").Link(index);

    internal static NetlinkRequest GetAll() => new NetlinkRequest(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_DUMP, "RTM_GETLINK").Link();

    /// <summary>Changes what is added to it and nothing else: neither is a flag set, nor one cleared.</summary>
    private static NetlinkRequest Set(int index, string description) => new NetlinkRequest(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_ACK, $"RTM_NEWLINK {description}").Link(index);

    private static NetlinkRequest Property(ushort type, int flags, string typeName, int index, string name, string alternative)
        => new NetlinkRequest(type, flags | Rtnetlink.NLM_F_ACK, $"{typeName} {name} altname {alternative}").Link(index)
            .Nest((ushort)(Rtnetlink.IFLA_PROP_LIST | Rtnetlink.NLA_F_NESTED), list => list.Add(Rtnetlink.IFLA_ALT_IFNAME, alternative));

    private static NetlinkRequest Create(string kind, LinkOptions options, int ofNamespace, Action<NetlinkRequest>? data = null, int parent = 0)
    {
        NetlinkRequest request = new NetlinkRequest(Rtnetlink.RTM_NEWLINK, NetlinkRequest.New, $"RTM_NEWLINK {options.Name} type {kind}")
            .Link(flags: options.IsUp ? Uapi.IFF_UP : 0u, change: options.IsUp ? Uapi.IFF_UP : 0u);
        AddOptions(request, options, ofNamespace);
        if (parent != 0)
            request.Add(Rtnetlink.IFLA_LINK, (uint)parent);
        return request.Nest(Rtnetlink.IFLA_LINKINFO, info =>
        {
            info.Add(Rtnetlink.IFLA_INFO_KIND, kind);
            if (data is not null)
                info.Nest(Rtnetlink.IFLA_INFO_DATA, data);
        });
    }

    private static void AddOptions(NetlinkRequest request, LinkOptions options, int ofNamespace)
    {
        request.Add(Rtnetlink.IFLA_IFNAME, options.Name);
        if (options.Mtu is { } mtu)
            request.Add(Rtnetlink.IFLA_MTU, (uint)mtu);
        if (options.HardwareAddress is { } hardware)
            request.Add(Rtnetlink.IFLA_ADDRESS, hardware.GetAddressBytes());
        if (options.Queues is { } queues)
            request.Add(Rtnetlink.IFLA_NUM_TX_QUEUES, (uint)queues).Add(Rtnetlink.IFLA_NUM_RX_QUEUES, (uint)queues);
        if (options.Master != 0)
            request.Add(Rtnetlink.IFLA_MASTER, (uint)options.Master);
        if (ofNamespace >= 0)
            request.Add(Rtnetlink.IFLA_NET_NS_FD, (uint)ofNamespace);
    }
}
