using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LibContainer.Configuration;

/// <summary>An address of IPv4 or IPv6 and how much of it names the network: <c>10.88.0.2/24</c>. Source: RFC 4632, RFC 4291.</summary>
/// <remarks>Unlike <see cref="IPNetwork"/> it keeps the bits behind the prefix.</remarks>
public sealed record InterfaceAddress
{
    /// <param name="address">IPv4, or IPv6 without a scope.</param>
    /// <param name="prefixLength">Bits: 0 to 32, or to 128.</param>
    /// <exception cref="ArgumentException">The address is of another family, or has a scope.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The prefix does not fit the family.</exception>
    public InterfaceAddress(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!IsPlain(address))
            throw new ArgumentException($"{address} is no address of IPv4 or IPv6, or has a scope", nameof(address));
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, BitsOf(address));
        (Address, PrefixLength) = (address, prefixLength);
    }

    /// <summary>The address, whole.</summary>
    public IPAddress Address { get; }

    /// <summary>Bits that name the network.</summary>
    public int PrefixLength { get; }

    /// <summary>The network that it is in.</summary>
    public IPNetwork Network => new(First(Address, PrefixLength), PrefixLength);

    /// <summary>Reads <c>10.88.0.2/24</c> or <c>fd00::2/64</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static InterfaceAddress Parse(string text)
        => TryParse(text, out InterfaceAddress? address) ? address : throw new FormatException($"'{text}' is no address with a prefix length, such as 10.88.0.2/24");

    /// <summary>The same without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out InterfaceAddress? address)
    {
        address = null;
        if (text?.Split('/') is not [var first, var second]
            || !TryParseAddress(first, out IPAddress? parsed)
            || !int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > BitsOf(parsed))
            return false;
        address = new InterfaceAddress(parsed, length);
        return true;
    }

    /// <summary>Reads an address alone. Forms that <see cref="IPAddress"/> takes and nobody else does (<c>1</c>, <c>0x7f.1</c>, a scope) are none.</summary>
    internal static bool TryParseAddress(string? text, [NotNullWhen(true)] out IPAddress? address)
        => IPAddress.TryParse(text, out address) && IsPlain(address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 ? text!.All(letter => letter is ':' or '.' || char.IsAsciiHexDigit(letter)) : address.ToString() == text);

    /// <summary>Of IPv4, or of IPv6 without a scope.</summary>
    internal static bool IsPlain(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetwork || (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId == 0);

    internal static int BitsOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    /// <summary>The address with all bits behind the prefix 0.</summary>
    private static IPAddress First(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)~(0xFF >> Math.Clamp(prefixLength - i * 8, 0, 8));
        return new IPAddress(bytes);
    }

    /// <summary><c>10.88.0.2/24</c>.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
