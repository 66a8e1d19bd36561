using System.Buffers.Binary;
using System.Net;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>An address of an interface.</summary>
/// <param name="Index">The interface.</param>
/// <param name="Address">The address.</param>
/// <param name="IsTentative">Of IPv6: whether another has it is being looked for, and until then it cannot be used.</param>
/// <param name="IsPermanent">Somebody has added it; others come from routers and go by themselves.</param>
/// <param name="IsLinkLocal">It counts on its link alone: the kernel adds those of IPv6 itself.</param>
public sealed record LinkAddress(int Index, InterfaceAddress Address, bool IsTentative, bool IsPermanent, bool IsLinkLocal)
{
    private const int BodyLength = 8; // struct ifaddrmsg

    /// <returns>Null: of a family that is neither IPv4 nor IPv6.</returns>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    internal static LinkAddress? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < BodyLength)
            throw new InvalidDataException($"rtnetlink: {message.Length} bytes are no address");
        IPAddress? address = null, local = null;
        uint flags = message[2];
        NetlinkAttributes attributes = new(message[BodyLength..]);
        while (attributes.MoveNext())
            switch (attributes.Type)
            {
                case Rtnetlink.IFA_ADDRESS:
                    address = attributes.Address;
                    break;
                case Rtnetlink.IFA_LOCAL:
                    local = attributes.Address;
                    break;
                case Rtnetlink.IFA_FLAGS:
                    flags = attributes.Number;
                    break;
            }
        return (local ?? address) is { } own // of a cable with two ends IFA_ADDRESS is the other's
            ? new LinkAddress(
                BinaryPrimitives.ReadInt32LittleEndian(message[4..]), NetlinkAttributes.WithPrefix(own, message[1]),
                (flags & Rtnetlink.IFA_F_TENTATIVE) != 0, (flags & Rtnetlink.IFA_F_PERMANENT) != 0, message[3] == Rtnetlink.RT_SCOPE_LINK)
            : null;
    }
}
