using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace LibContainer.Configuration.Json;

/// <summary>Texts that may be no text: half a surrogate pair, bytes that are no UTF-8.</summary>
internal static class JsonText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Without this the writer puts a replacement character there, and what is read is another text.</summary>
    /// <exception cref="EncoderFallbackException">The text is none.</exception>
    internal static string Checked(string text)
    {
        _ = Strict.GetByteCount(text);
        return text;
    }

    internal static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    internal static string? Of(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

internal sealed class TextShape : JsonShape<string>
{
    internal override string Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.String
            ? JsonText.Of(element) ?? Wrong(path, findings, "valid Unicode text")
            : Wrong(path, findings, "a text");

    internal override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(JsonText.Checked(value));
}

internal sealed class TextKeyShape : KeyShape<string>
{
    internal override string Expected => "a text";

    internal override bool TryParse(string name, [NotNullWhen(true)] out string? key)
    {
        key = name;
        return true;
    }

    internal override string ToText(string key) => JsonText.Checked(key);
}

internal sealed class BooleanShape : JsonShape<bool>
{
    internal override bool Read(JsonElement element, string path, Findings findings)
        => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : Wrong(path, findings, "true or false");

    internal override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);
}

/// <summary>A whole number, in digits: 1.0 and 1e3 are none.</summary>
internal sealed class IntegerShape<T> : JsonShape<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    internal override T Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.Number
        && T.TryParse(element.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value)
            ? value
            : Wrong(path, findings, $"a whole number from {T.MinValue} to {T.MaxValue}");

    internal override void Write(Utf8JsonWriter writer, T value)
        => writer.WriteRawValue(value.ToString(null, CultureInfo.InvariantCulture));
}

/// <summary>The names of an enum, as the format spells them.</summary>
internal static class EnumNames<T>
    where T : struct, Enum
{
    /// <summary>Names that stand for one value each: of flags, for one bit.</summary>
    internal static IReadOnlyDictionary<string, T> ByName { get; } = Enum.GetValues<T>()
        .Where(value => !typeof(T).IsDefined(typeof(FlagsAttribute), false) || BitOperations.PopCount(Bits(value)) == 1)
        .ToDictionary(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), StringComparer.Ordinal);

    internal static string Expected { get; } = "one of " + string.Join(", ", ByName.Keys);

    internal static ulong Bits(T value) => typeof(T).GetEnumUnderlyingType() == typeof(ulong)
        ? Convert.ToUInt64(value, CultureInfo.InvariantCulture)
        : unchecked((ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture));

    internal static string NameOf(T value)
    {
        foreach ((string name, T named) in ByName)
            if (EqualityComparer<T>.Default.Equals(named, value))
                return name;
        throw new ArgumentException($"{typeof(T).Name} {value} has no name, and the format has no place for it.", nameof(value));
    }
}

internal sealed class EnumShape<T> : JsonShape<T>
    where T : struct, Enum
{
    internal override T Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.String
        && JsonText.Of(element) is { } name
        && EnumNames<T>.ByName.TryGetValue(name, out T value)
            ? value
            : Wrong(path, findings, EnumNames<T>.Expected);

    internal override void Write(Utf8JsonWriter writer, T value) => writer.WriteStringValue(EnumNames<T>.NameOf(value));
}

/// <summary>Flags: the list of their names.</summary>
internal sealed class FlagsShape<T> : JsonShape<T>
    where T : struct, Enum
{
    private readonly ListShape<T> _list = new(new EnumShape<T>());

    internal override T Read(JsonElement element, string path, Findings findings)
    {
        ulong bits = 0;
        int index = 0;
        foreach (T flag in _list.Read(element, path, findings) is { IsDefault: false } flags ? flags : [])
        {
            ulong bit = EnumNames<T>.Bits(flag);
            if ((bits & bit) != 0)
                findings.Add($"{path}[{index}]", $"{EnumNames<T>.NameOf(flag)} is there twice");
            bits |= bit;
            index++;
        }
        return (T)Enum.ToObject(typeof(T), bits);
    }

    internal override void Write(Utf8JsonWriter writer, T value)
    {
        ulong bits = EnumNames<T>.Bits(value);
        _list.Write(writer, [.. EnumNames<T>.ByName.Values.Where(flag => (bits & EnumNames<T>.Bits(flag)) != 0)]);
        ulong unknown = EnumNames<T>.ByName.Values.Aggregate(bits, (rest, flag) => rest & ~EnumNames<T>.Bits(flag));
        if (unknown != 0)
            throw new ArgumentException($"{typeof(T).Name} 0x{unknown:x} has no name, and the format has no place for it.", nameof(value));
    }
}

internal sealed class EnumKeyShape<T> : KeyShape<T>
    where T : struct, Enum
{
    internal override string Expected => EnumNames<T>.Expected;

    internal override bool TryParse(string name, out T key) => EnumNames<T>.ByName.TryGetValue(name, out key);

    internal override string ToText(T key) => EnumNames<T>.NameOf(key);
}
