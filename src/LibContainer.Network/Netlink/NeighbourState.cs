using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>What is known of a neighbour. Source: rtnetlink(7), arp(7).</summary>
[Flags]
public enum NeighbourState
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>It has been asked for the first time.</summary>
    Incomplete = Rtnetlink.NUD_INCOMPLETE,

    /// <summary>It has answered a while ago at most.</summary>
    Reachable = Rtnetlink.NUD_REACHABLE,

    /// <summary>It has answered longer ago, and is asked again when it is needed.</summary>
    Stale = Rtnetlink.NUD_STALE,

    /// <summary>It is needed, and is asked again soon.</summary>
    Delay = Rtnetlink.NUD_DELAY,

    /// <summary>It is being asked again.</summary>
    Probe = Rtnetlink.NUD_PROBE,

    /// <summary>It has not answered.</summary>
    Failed = Rtnetlink.NUD_FAILED,

    /// <summary>Nobody needs to ask: a group, or an interface without hardware addresses.</summary>
    NoArp = Rtnetlink.NUD_NOARP,

    /// <summary>Somebody has said so, and it is never asked.</summary>
    Permanent = Rtnetlink.NUD_PERMANENT,
}
