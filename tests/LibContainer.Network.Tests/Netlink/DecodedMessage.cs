using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using LibContainer.Linux;

namespace LibContainer.Network.Tests.Netlink;

/// <summary>
/// A request to the kernel, taken apart: each field and each attribute is one line, <c>IFLA_LINKINFO/IFLA_INFO_KIND=76657468</c>. Order, sequence, port and what fills up do not count.
/// It reads by itself, and not with what it is there to check.
/// </summary>
internal sealed class DecodedMessage
{
    private const int HeaderLength = 16, AttributeHeaderLength = 4;

    private static readonly (string Name, int Size)[] Link = [("family", 1), ("nothing", 1), ("type", 2), ("index", 4), ("flags", 4), ("change", 4)];
    private static readonly (string Name, int Size)[] Address = [("family", 1), ("prefix", 1), ("flags", 1), ("scope", 1), ("index", 4)];
    private static readonly (string Name, int Size)[] Neighbour = [("family", 1), ("nothing", 3), ("index", 4), ("state", 2), ("flags", 1), ("type", 1)];
    private static readonly (string Name, int Size)[] Route =
        [("family", 1), ("prefix", 1), ("source-prefix", 1), ("tos", 1), ("table", 1), ("protocol", 1), ("scope", 1), ("type", 1), ("flags", 4)];

    private readonly List<string> _lines = [];

    /// <summary>The first message, whatever is behind it.</summary>
    internal DecodedMessage(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..BinaryPrimitives.ReadInt32LittleEndian(bytes)];
        Type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        Sequence = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        _lines.Add(Line("type", Type));
        _lines.Add($"flags={BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]):x}");
        ((string Name, int Size)[] body, string prefix) = Type switch
        {
            Rtnetlink.RTM_NEWLINK or Rtnetlink.RTM_DELLINK or Rtnetlink.RTM_GETLINK or Rtnetlink.RTM_NEWLINKPROP or Rtnetlink.RTM_DELLINKPROP => (Link, "IFLA_"),
            Rtnetlink.RTM_NEWADDR or Rtnetlink.RTM_DELADDR or Rtnetlink.RTM_GETADDR => (Address, "IFA_"),
            Rtnetlink.RTM_NEWROUTE or Rtnetlink.RTM_DELROUTE or Rtnetlink.RTM_GETROUTE => (Route, "RTA_"),
            Rtnetlink.RTM_NEWNEIGH or Rtnetlink.RTM_DELNEIGH or Rtnetlink.RTM_GETNEIGH => (Neighbour, "NDA_"),
            _ => throw new ArgumentException($"{Type} is not a message of these tests", nameof(bytes)),
        };
        AddAttributes("", prefix, AddBody("", body, bytes[HeaderLength..]));
    }

    internal ushort Type { get; }

    internal uint Sequence { get; }

    /// <summary>Sorted.</summary>
    internal IReadOnlyList<string> Lines => [.. _lines.Order(StringComparer.Ordinal)];

    private ReadOnlySpan<byte> AddBody(string path, (string Name, int Size)[] fields, ReadOnlySpan<byte> bytes)
    {
        foreach ((string name, int size) in fields)
        {
            _lines.Add($"{path}.{name}={Convert.ToHexStringLower(bytes[..size])}");
            bytes = bytes[size..];
        }
        return bytes;
    }

    private void AddAttributes(string path, string prefix, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            AddAttribute(path, prefix, (ushort)(type & ~Rtnetlink.NLA_F_NESTED), (type & Rtnetlink.NLA_F_NESTED) != 0, rest[AttributeHeaderLength..length]);
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
    }

    private void AddAttribute(string path, string prefix, ushort type, bool isFlaggedNested, ReadOnlySpan<byte> value)
    {
        string name = $"{path}{Name(prefix, type)}{(isFlaggedNested ? "+NLA_F_NESTED" : "")}";
        switch (prefix, type)
        {
            case ("IFLA_", Rtnetlink.IFLA_LINKINFO):
                AddAttributes($"{name}/", "IFLA_INFO_", value);
                break;
            case ("IFLA_", Rtnetlink.IFLA_PROP_LIST):
                AddAttributes($"{name}/", "IFLA_", value);
                break;
            case ("IFLA_INFO_", Rtnetlink.IFLA_INFO_DATA):
                AddAttributes($"{name}/", IsKind("veth"u8) ? "VETH_INFO_" : IsKind("macvlan"u8) ? "IFLA_MACVLAN_" : "IFLA_IPVLAN_", value);
                break;
            case ("VETH_INFO_", Rtnetlink.VETH_INFO_PEER):
                AddAttributes($"{name}/", "IFLA_", AddBody(name, Link, value));
                break;
            case ("IFLA_", Rtnetlink.IFLA_IFNAME or Rtnetlink.IFLA_ALT_IFNAME) or ("IFLA_INFO_", Rtnetlink.IFLA_INFO_KIND): // with a NUL or without: the kernel takes both
                _lines.Add($"{name}={Convert.ToHexStringLower(value.TrimEnd((byte)0))}");
                break;
            default:
                _lines.Add($"{name}={Convert.ToHexStringLower(value)}");
                break;
        }

        bool IsKind(ReadOnlySpan<byte> kind) => _lines.Contains($"{path}IFLA_INFO_KIND={Convert.ToHexStringLower(kind)}");
    }

    /// <summary>The kernel's name. IFLA_INFO_KIND and the like have numbers of their own.</summary>
    private static string Name(string prefix, ushort type)
    {
        string[] others = prefix switch { "IFLA_" => ["IFLA_INFO_", "IFLA_MACVLAN_", "IFLA_IPVLAN_"], "IFA_" => ["IFA_F_"], _ => [] };
        return typeof(Rtnetlink).GetFields(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(field => field.Name.StartsWith(prefix, StringComparison.Ordinal) && !others.Any(other => field.Name.StartsWith(other, StringComparison.Ordinal))
                && Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture) == type)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"{prefix}{type}");
    }

    private static string Line(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value}");
}
