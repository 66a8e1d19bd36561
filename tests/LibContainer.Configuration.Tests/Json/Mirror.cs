using System.Collections;
using System.Net;
using System.Reflection;
using System.Text.Json;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>
/// Whether JSON says what the model has, found by reflection and not by the tables of the format: a table in which two members are
/// exchanged reads what it has written, and is wrong all the same.
/// </summary>
internal static class Mirror
{
    internal static bool Shows(JsonElement json, object? value) => json.ValueKind switch
    {
        JsonValueKind.Null => value is null,
        JsonValueKind.True or JsonValueKind.False => value is bool flag && flag == json.GetBoolean(),
        JsonValueKind.Number => value is IFormattable number && number.ToString(null, null) == json.GetRawText(),
        JsonValueKind.String => json.GetString() == (value is Enum ? NameOf(value) : value is string or IPAddress or InterfaceAddress ? value.ToString() : null),
        JsonValueKind.Array => ShowsList(json, value!),
        _ => value is IDictionary map ? ShowsMap(json, map) : ShowsRecord(json, value!),
    };

    private static bool ShowsList(JsonElement json, object value)
    {
        object[] entries = value is Enum
            ? [.. Enum.GetValues(value.GetType()).Cast<object>()
                .Where(flag => IsOne(flag) && (ModelWalk.Bits(value) & ModelWalk.Bits(flag)) != 0)]
            : [.. ((IEnumerable)value).Cast<object>()];
        return json.GetArrayLength() == entries.Length && entries.Zip(json.EnumerateArray()).All(pair => Shows(pair.Second, pair.First));
    }

    private static bool ShowsMap(JsonElement json, IDictionary map)
        => json.EnumerateObject().Count() == map.Count
        && map.Keys.Cast<object>().All(key => Shows(json.GetProperty(key is Enum ? NameOf(key) : (string)key), map[key]));

    private static bool ShowsRecord(JsonElement json, object record)
        => json.EnumerateObject().Where(member => !IsOfTheFormat(record, member.Name)).All(member
            => Find(record, member.Name) is { } property && Shows(member.Value, property.GetValue(record)));

    private static PropertyInfo? Find(object record, string name)
        => record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SingleOrDefault(property => ModelWalk.NameOf(property) == name);

    /// <summary>Members that the format has and the model has not.</summary>
    private static bool IsOfTheFormat(object record, string name) => record switch
    {
        ContainerConfiguration => name is "version" or "process",
        RootFileSystem or NetworkConfiguration => name == "type",
        _ => false,
    };

    private static bool IsOne(object flag) => System.Numerics.BitOperations.IsPow2(ModelWalk.Bits(flag));

    private static string NameOf(object value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!);
}
