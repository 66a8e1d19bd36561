using System.Buffers.Binary;
using System.Net;
using System.Text;
using LibContainer.Linux;

namespace LibContainer.Network.Netlink;

/// <summary>One message to the kernel: header, a fixed part, attributes. Source: netlink(7), rtnetlink(7).</summary>
internal sealed class NetlinkRequest
{
    internal const int HeaderLength = 16; // struct nlmsghdr

    /// <summary>NLM_F_* of what makes something that must not be there yet.</summary>
    internal const int New = Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL | Rtnetlink.NLM_F_ACK;

    private const int AttributeHeaderLength = 4; // struct nlattr
    private const int TypeOffset = 4, FlagsOffset = 6, SequenceOffset = 8;

    private byte[] _bytes = new byte[256];
    private int _length = HeaderLength;

    /// <param name="type">RTM_*.</param>
    /// <param name="flags">NLM_F_*; NLM_F_REQUEST is added.</param>
    /// <param name="description">For people: <c>RTM_NEWLINK veth0</c>.</param>
    internal NetlinkRequest(ushort type, int flags, string description)
    {
        Description = description;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(TypeOffset), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(FlagsOffset), (ushort)(flags | Rtnetlink.NLM_F_REQUEST));
    }

    internal string Description { get; }

    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length);
            return _bytes.AsSpan(0, _length);
        }
    }

    internal uint Sequence
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(SequenceOffset));
        set => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(SequenceOffset), value);
    }

    /// <summary>struct ifinfomsg. Bits of <paramref name="change"/> alone are looked at in <paramref name="flags"/>.</summary>
    internal NetlinkRequest Link(int index = 0, uint flags = 0, uint change = 0, byte family = 0)
    {
        Span<byte> body = Take(16);
        body[0] = family;
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], change);
        return this;
    }

    /// <summary>A fixed part of bytes and, perhaps, an index of an interface behind four of them: struct ifaddrmsg, rtmsg, ndmsg.</summary>
    internal NetlinkRequest Body(params ReadOnlySpan<byte> body)
    {
        body.CopyTo(Take(body.Length));
        return this;
    }

    internal NetlinkRequest Add(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Add(type, bytes);
    }

    internal NetlinkRequest Add(ushort type, ushort value) => Add(type, [(byte)value, (byte)(value >> 8)]);

    internal NetlinkRequest Add(ushort type, IPAddress address) => Add(type, address.GetAddressBytes());

    /// <summary>A text with a NUL at its end.</summary>
    internal NetlinkRequest Add(ushort type, string text) => Add(type, Encoding.UTF8.GetBytes(text + '\0'));

    internal NetlinkRequest Add(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Take(AttributeHeaderLength + value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(AttributeHeaderLength + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], type);
        value.CopyTo(attribute[AttributeHeaderLength..]);
        return this;
    }

    /// <summary>An attribute that consists of what <paramref name="content"/> adds.</summary>
    internal NetlinkRequest Nest(ushort type, Action<NetlinkRequest> content)
    {
        int start = _length;
        Add(type, []);
        content(this);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), (ushort)(_length - start));
        return this;
    }

    private Span<byte> Take(int length)
    {
        int start = _length, end = start + Align(length);
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        _length = end;
        return _bytes.AsSpan(start, length);
    }

    internal static int Align(int length) => (length + 3) & ~3;
}
