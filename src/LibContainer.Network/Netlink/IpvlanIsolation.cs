using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>Whom interfaces of kind ipvlan reach beside the outside. All on one parent have the same. Source: the kernel's networking/ipvlan.rst.</summary>
public enum IpvlanIsolation
{
    /// <summary>The others on their parent.</summary>
    Bridge = 0,

    /// <summary>Nobody.</summary>
    Private = Rtnetlink.IPVLAN_F_PRIVATE,

    /// <summary>The others, if the switch outside sends their packets back.</summary>
    Vepa = Rtnetlink.IPVLAN_F_VEPA,
}
