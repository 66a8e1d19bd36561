using System.Collections.Immutable;

namespace LibContainer.Linux;

/// <summary>A value with its type, as D-Bus has them. Source: the D-Bus specification, "Type System".</summary>
internal sealed class BusValue
{
    private BusValue(string signature, object content)
    {
        Signature = signature;
        Content = content;
    }

    /// <summary>Its type: <c>s</c>, <c>a(ss)</c>.</summary>
    internal string Signature { get; }

    /// <summary>string, bool, uint, ulong, a byte[] for <c>ay</c>, or the values within.</summary>
    internal object Content { get; }

    /// <summary><c>s</c>.</summary>
    internal static BusValue String(string value) => new("s", value);

    /// <summary><c>b</c>.</summary>
    internal static BusValue Boolean(bool value) => new("b", value);

    /// <summary><c>u</c>.</summary>
    internal static BusValue UInt32(uint value) => new("u", value);

    /// <summary><c>t</c>.</summary>
    internal static BusValue UInt64(ulong value) => new("t", value);

    /// <summary><c>ay</c>.</summary>
    internal static BusValue Bytes(byte[] value) => new("ay", value);

    /// <summary>An array, which can be empty; of bytes: <see cref="Bytes"/>.</summary>
    /// <param name="elements">Type of each: <c>(st)</c>.</param>
    /// <param name="values">The elements.</param>
    internal static BusValue Array(string elements, params IEnumerable<BusValue> values) => new($"a{elements}", values.ToImmutableArray());

    /// <summary><c>as</c>.</summary>
    internal static BusValue Strings(params IEnumerable<string> values) => Array("s", values.Select(String));

    /// <summary><c>(st)</c>, say.</summary>
    internal static BusValue Structure(params ImmutableArray<BusValue> members) => new($"({string.Concat(members.Select(member => member.Signature))})", members);

    /// <summary><c>v</c>: brings its type along.</summary>
    internal static BusValue Variant(BusValue value) => new("v", ImmutableArray.Create(value));

    /// <summary><c>[(/dev/char/1:3, rw)]</c>, <c>infinity</c> for the number that systemd has for it.</summary>
    public override string ToString() => Content switch
    {
        ImmutableArray<BusValue> values when Signature == "v" => $"{values[0]}",
        ImmutableArray<BusValue> values when Signature[0] == '(' => $"({string.Join(", ", values)})",
        ImmutableArray<BusValue> values => $"[{string.Join(", ", values)}]",
        byte[] bytes => $"0x{Convert.ToHexString(bytes)}",
        bool value => value ? "yes" : "no",
        ulong.MaxValue => "infinity",
        object content => $"{content}",
    };
}
