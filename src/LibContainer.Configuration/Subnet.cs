using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LibContainer.Configuration;

/// <summary>The addresses of a network by their numbers, for those that are given out one by one.</summary>
/// <param name="Own">An address in it, which is somebody's, or the network's own address, <c>10.88.0.0/24</c>: then the first one is.</param>
public readonly record struct Subnet(InterfaceAddress Own)
{
    /// <summary>What the bridge has.</summary>
    public InterfaceAddress Gateway => Number(Own.Address) == First ? At(First + 1) : Own;

    /// <summary>Of IPv4; else of IPv6.</summary>
    public bool IsIPv4 => Own.Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>There are two at least that somebody can have: the bridge, and one container.</summary>
    public bool HasRoom => Own.PrefixLength <= InterfaceAddress.BitsOf(Own.Address) - 2;

    private UInt128 First => Number(Own.Network.BaseAddress);

    /// <summary>The address of the network is nobody's; that of everybody is nobody's in IPv4, and in IPv6 there is none.</summary>
    private UInt128 Last => First + (UInt128.One << (InterfaceAddress.BitsOf(Own.Address) - Own.PrefixLength)) - (IsIPv4 ? 2u : 1u);

    /// <summary>The address is one of it.</summary>
    public bool Contains(IPAddress address) => address.AddressFamily == Own.Address.AddressFamily && Own.Network.Contains(address);

    /// <summary>They have addresses in common.</summary>
    public bool Overlaps(Subnet other) => Contains(other.Own.Network.BaseAddress) || other.Contains(Own.Network.BaseAddress);

    /// <summary>The lowest that nobody has. Null: there is none.</summary>
    /// <param name="taken">Whether somebody has it.</param>
    public InterfaceAddress? FirstFree(Func<IPAddress, bool> taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        (UInt128 last, IPAddress gateway) = (Last, Gateway.Address);
        for (UInt128 number = First + 1; number <= last; number++)
            if (At(number) is var address && !address.Address.Equals(gateway) && !taken(address.Address))
                return address;
        return null;
    }

    private InterfaceAddress At(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new InterfaceAddress(new IPAddress(IsIPv4 ? bytes[12..] : bytes), Own.PrefixLength);
    }

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(address.AddressFamily == AddressFamily.InterNetwork ? bytes[12..] : bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
