using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>Reads JSON as leniently as Go's decoder: unknown keys are ignored, keys match in any case, null leaves the zero value.</summary>
internal ref struct SpecJsonReader
{
    internal delegate T ValueReader<T>(ref SpecJsonReader reader);

    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private string _path;

    /// <param name="json">UTF-8. What follows the first value is not looked at.</param>
    internal SpecJsonReader(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
        _path = "";
    }

    /// <summary>Moves to the next token.</summary>
    internal void Next()
    {
        try
        {
            if (!_reader.Read())
                throw Malformed("ends too early", _json.Length);
        }
        catch (JsonException error)
        {
            // The words are ours: those of the reader are not there in a trimmed program.
            int place = Offset(error.LineNumber ?? 0, error.BytePositionInLine ?? 0);
            throw _json[place..].Trim(" \t\r\n"u8).IsEmpty
                ? Malformed("ends too early", place)
                : new ContainerJsonException(_path, $"{Place(place)}: {Character(place)} is not what JSON has there");
        }
    }

    private readonly int Offset(long line, long column)
    {
        int offset = 0;
        for (; line > 0; line--)
            offset += _json[offset..].IndexOf((byte)'\n') + 1;
        return (int)Math.Min(offset + column, _json.Length);
    }

    private readonly string Character(int place)
        => Rune.DecodeFromUtf8(_json[place..], out Rune character, out _) == System.Buffers.OperationStatus.Done && !Rune.IsControl(character) ? $"'{character}'" : $"byte {_json[place]}";

    private readonly string Place(int offset)
    {
        ReadOnlySpan<byte> before = _json[..offset];
        return $"line {before.Count((byte)'\n') + 1}, column {offset - before.LastIndexOf((byte)'\n')}";
    }

    internal T Object<T>(T target, Field<T>[] fields)
    {
        Expect(JsonTokenType.StartObject, "an object");
        string path = _path;
        for (Next(); _reader.TokenType != JsonTokenType.EndObject; Next())
        {
            string key = GetString();
            Next();
            Field<T>? field = Array.Find(fields, field => field.Name == key) ?? Array.Find(fields, field => string.Equals(field.Name, key, StringComparison.OrdinalIgnoreCase));
            if (field is null)
                SkipValue();
            else if (_reader.TokenType != JsonTokenType.Null)
            {
                _path = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                target = field.Read(ref this, target);
            }
            _path = path;
        }
        return target;
    }

    /// <param name="element">Reads one.</param>
    /// <param name="zero">What null in its place is.</param>
    internal ImmutableArray<T> List<T>(ValueReader<T> element, T zero)
    {
        Expect(JsonTokenType.StartArray, "a list");
        string path = _path;
        ImmutableArray<T>.Builder list = ImmutableArray.CreateBuilder<T>();
        for (Next(); _reader.TokenType != JsonTokenType.EndArray; Next())
        {
            _path = $"{path}[{list.Count}]";
            list.Add(_reader.TokenType == JsonTokenType.Null ? zero : element(ref this));
        }
        _path = path;
        return list.ToImmutable();
    }

    /// <summary>Go decodes into the map that is there: keys of an earlier member of the same name stay.</summary>
    internal ImmutableSortedDictionary<string, T> Map<T>(ImmutableSortedDictionary<string, T> map, ValueReader<T> value)
    {
        Expect(JsonTokenType.StartObject, "an object");
        string path = _path;
        for (Next(); _reader.TokenType != JsonTokenType.EndObject; Next())
        {
            string key = GetString();
            Next();
            _path = $"{path}.{key}";
            map = map.SetItem(key, _reader.TokenType == JsonTokenType.Null ? default! : value(ref this));
            if (map[key] is null)
                map = map.SetItem(key, (T)(object)""); // Go's zero value of a string
        }
        _path = path;
        return map;
    }

    internal string Text()
    {
        Expect(JsonTokenType.String, "a text");
        return GetString();
    }

    internal bool Boolean() => _reader.TokenType is JsonTokenType.True or JsonTokenType.False ? _reader.GetBoolean() : throw Wrong("true or false");

    internal long Integer(long minimum, long maximum)
    {
        Expect(JsonTokenType.Number, "a number");
        return _reader.TryGetInt64(out long value) && value >= minimum && value <= maximum ? value : throw Wrong($"a whole number from {minimum} to {maximum}");
    }

    private void SkipValue()
    {
        int depth = _reader.CurrentDepth;
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        do
            Next();
        while (_reader.CurrentDepth > depth);
    }

    private readonly string GetString()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Malformed("is no valid Unicode text", (int)_reader.TokenStartIndex);
        }
    }

    private readonly void Expect(JsonTokenType type, string what)
    {
        if (_reader.TokenType != type)
            throw Wrong(what);
    }

    private readonly ContainerJsonException Wrong(string expected) => Malformed($"should be {expected}", (int)_reader.TokenStartIndex);

    private readonly ContainerJsonException Malformed(string reason, int offset)
        => new(_path, $"{Place(offset)}: {(_path.Length == 0 ? "it" : _path)} {reason}");
}
