using System.Collections.Immutable;
using System.Text.Json;

namespace LibContainer.Configuration.Json;

/// <summary>How values of a type stand in our format. One object reads, writes and compares, so that the three cannot differ.</summary>
internal abstract class JsonShape<T>
{
    /// <summary>Reads a value. When there is a finding what it returns is of no use, and nobody uses it.</summary>
    internal abstract T Read(JsonElement element, string path, Findings findings);

    internal abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Whether two say the same. Lists and maps of records are compared by what is in them.</summary>
    internal virtual bool AreEqual(T left, T right) => EqualityComparer<T>.Default.Equals(left, right);

    /// <summary>Says what should have stood there.</summary>
    private protected static T Wrong(string path, Findings findings, string expected)
    {
        findings.Add(path, $"should be {expected}");
        return default!;
    }
}

/// <summary>Adds null to what an object or a text can be.</summary>
internal sealed class OptionalShape<T>(JsonShape<T> inner) : JsonShape<T?>
    where T : class
{
    internal override T? Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.Null ? null : inner.Read(element, path, findings);

    internal override void Write(Utf8JsonWriter writer, T? value)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            inner.Write(writer, value);
    }

    internal override bool AreEqual(T? left, T? right)
        => left is null || right is null ? left is null && right is null : inner.AreEqual(left, right);
}

/// <summary>Adds null to what a number or a name can be.</summary>
internal sealed class OptionalValueShape<T>(JsonShape<T> inner) : JsonShape<T?>
    where T : struct
{
    internal override T? Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.Null ? null : inner.Read(element, path, findings);

    internal override void Write(Utf8JsonWriter writer, T? value)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            inner.Write(writer, value.Value);
    }
}

internal sealed class ListShape<T>(JsonShape<T> element) : JsonShape<ImmutableArray<T>>
{
    internal override ImmutableArray<T> Read(JsonElement list, string path, Findings findings)
    {
        if (list.ValueKind != JsonValueKind.Array)
            return Wrong(path, findings, "a list");
        ImmutableArray<T>.Builder values = ImmutableArray.CreateBuilder<T>(list.GetArrayLength());
        foreach (JsonElement value in list.EnumerateArray())
            values.Add(element.Read(value, $"{path}[{values.Count}]", findings));
        return values.MoveToImmutable();
    }

    internal override void Write(Utf8JsonWriter writer, ImmutableArray<T> value)
    {
        writer.WriteStartArray();
        foreach (T entry in value)
            element.Write(writer, entry);
        writer.WriteEndArray();
    }

    internal override bool AreEqual(ImmutableArray<T> left, ImmutableArray<T> right)
        => left == right || (left.Length == right.Length && left.Zip(right).All(pair => element.AreEqual(pair.First, pair.Second)));
}

/// <summary>An object whose members are keys. Written in the order of the keys, so that the same map is the same text.</summary>
internal sealed class MapShape<TKey, T>(KeyShape<TKey> keys, JsonShape<T> values) : JsonShape<ImmutableDictionary<TKey, T>>
    where TKey : notnull
{
    internal override ImmutableDictionary<TKey, T> Read(JsonElement map, string path, Findings findings)
    {
        if (map.ValueKind != JsonValueKind.Object)
            return Wrong(path, findings, "an object");
        ImmutableDictionary<TKey, T>.Builder entries = ImmutableDictionary.CreateBuilder<TKey, T>();
        foreach (JsonProperty member in map.EnumerateObject())
        {
            if (JsonText.NameOf(member) is not { } name)
            {
                findings.Add(path, "has a member whose name is no valid Unicode text");
                continue;
            }
            string place = Where.Key(path, name);
            T value = values.Read(member.Value, place, findings);
            if (!keys.TryParse(name, out TKey? key))
                findings.Add(place, $"'{name}' is not {keys.Expected}");
            else if (!entries.TryAdd(key, value))
                findings.Add(place, "is there twice");
        }
        return entries.ToImmutable();
    }

    internal override void Write(Utf8JsonWriter writer, ImmutableDictionary<TKey, T> value)
    {
        writer.WriteStartObject();
        foreach ((string name, T entry) in value.Select(entry => (Name: keys.ToText(entry.Key), entry.Value))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            values.Write(writer, entry);
        }
        writer.WriteEndObject();
    }

    internal override bool AreEqual(ImmutableDictionary<TKey, T> left, ImmutableDictionary<TKey, T> right)
        => left == right
        || (left.Count == right.Count
            && left.All(entry => right.TryGetValue(entry.Key, out T? value) && values.AreEqual(entry.Value, value)));
}

/// <summary>How a key stands as the name of a member.</summary>
internal abstract class KeyShape<TKey>
{
    internal abstract string Expected { get; }

    internal abstract bool TryParse(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TKey? key);

    internal abstract string ToText(TKey key);
}
