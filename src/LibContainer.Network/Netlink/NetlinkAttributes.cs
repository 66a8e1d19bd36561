using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>Goes through the attributes of a message, or those in one. Source: netlink(7), rtnetlink(7).</summary>
internal ref struct NetlinkAttributes
{
    private const int HeaderLength = 4; // struct nlattr

    private ReadOnlySpan<byte> _rest;

    internal NetlinkAttributes(ReadOnlySpan<byte> attributes) => _rest = attributes;

    /// <summary>Without NLA_F_NESTED and NLA_F_NET_BYTEORDER.</summary>
    internal ushort Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <exception cref="InvalidDataException">An attribute ends behind the message, or before itself.</exception>
    internal bool MoveNext()
    {
        if (_rest.Length < HeaderLength)
            return _rest.Length == 0 ? false : throw new InvalidDataException($"rtnetlink: {_rest.Length} bytes are no attribute");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderLength || length > _rest.Length)
            throw new InvalidDataException($"rtnetlink: an attribute of {length} bytes, where {_rest.Length} are left");
        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & ~(Rtnetlink.NLA_F_NESTED | Rtnetlink.NLA_F_NET_BYTEORDER));
        Value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(NetlinkRequest.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>The first attribute of a type. Empty: there is none.</summary>
    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort type)
    {
        NetlinkAttributes all = new(attributes);
        while (all.MoveNext())
            if (all.Type == type)
                return all.Value;
        return [];
    }

    internal readonly uint Number => Value.Length == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(Value)
        : throw new InvalidDataException($"rtnetlink: attribute {Type} has {Value.Length} bytes, and is a number of 4");

    internal readonly string Text => ToText(Value);

    internal readonly IPAddress Address => Value.Length is 4 or 16
        ? new IPAddress(Value)
        : throw new InvalidDataException($"rtnetlink: attribute {Type} has {Value.Length} bytes, and is an address of 4 or 16");

    /// <exception cref="InvalidDataException">The prefix is longer than the address.</exception>
    internal static InterfaceAddress WithPrefix(IPAddress address, byte prefixLength)
        => prefixLength <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            ? new InterfaceAddress(address, prefixLength)
            : throw new InvalidDataException($"rtnetlink: {address} has no prefix of {prefixLength} bits");

    internal static string ToText(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
