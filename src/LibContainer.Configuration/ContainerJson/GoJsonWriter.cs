using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>Writes JSON as Go's encoding/json of 2014 did, in place of Utf8JsonWriter, whose escapes cannot be made the same.</summary>
/// <remarks>
/// Escaped are: quote and backslash; newline and return as <c>\n</c> and <c>\r</c>, every other control character as <c>\u00xx</c> (tab too: <c>\t</c> came with Go 1.5);
/// <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and U+2028, U+2029. Nothing else. A lone surrogate becomes <c>\ufffd</c>.
/// </remarks>
internal sealed class GoJsonWriter(bool indented)
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _isFirst = true;

    public override string ToString() => _text.ToString();

    internal void Object<T>(T value, Field<T>[] fields)
    {
        Open('{');
        foreach (Field<T> field in fields)
            field.Write?.Invoke(this, field.Name, value);
        Close('}');
    }

    internal void Object<T>(string name, T value, Field<T>[] fields)
    {
        Key(name);
        Object(value, fields);
    }

    internal void Text(string name, string value)
    {
        if (value.Length == 0)
            return;
        Key(name);
        Value(value);
    }

    internal void Flag(string name, bool value)
    {
        if (!value)
            return;
        Key(name);
        Boolean(true);
    }

    internal void Integer(string name, long value)
    {
        if (value == 0)
            return;
        Key(name);
        _text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    internal void List<T>(string name, ImmutableArray<T> list, Action<GoJsonWriter, T> write)
    {
        if (list.IsEmpty)
            return;
        Key(name);
        Open('[');
        foreach (T element in list)
        {
            Separate();
            write(this, element);
        }
        Close(']');
    }

    internal void Map<T>(string name, ImmutableSortedDictionary<string, T> map, Action<GoJsonWriter, T> write)
    {
        if (map.IsEmpty)
            return;
        Key(name);
        Open('{');
        foreach ((string key, T value) in map)
        {
            Key(key);
            write(this, value);
        }
        Close('}');
    }

    internal void Boolean(bool value) => _text.Append(value ? "true" : "false");

    internal void Value(string value)
    {
        _text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char character = value[i];
            if (char.IsHighSurrogate(character) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                _text.Append(character).Append(value[++i]);
            else
                Escape(character);
        }
        _text.Append('"');
    }

    private void Escape(char character)
    {
        switch (character)
        {
            case '"' or '\\':
                _text.Append('\\').Append(character);
                break;
            case '\n':
                _text.Append("\\n");
                break;
            case '\r':
                _text.Append("\\r");
                break;
            case < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029':
                _text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                break;
            default:
                _text.Append(char.IsSurrogate(character) ? "\\ufffd" : character);
                break;
        }
    }

    private void Key(string name)
    {
        Separate();
        Value(name);
        _text.Append(indented ? ": " : ":");
    }

    private void Separate()
    {
        if (!_isFirst)
            _text.Append(',');
        _isFirst = false;
        NewLine();
    }

    private void Open(char bracket)
    {
        _text.Append(bracket);
        _depth++;
        _isFirst = true;
    }

    private void Close(char bracket)
    {
        _depth--;
        if (!_isFirst)
            NewLine();
        _isFirst = false;
        _text.Append(bracket);
    }

    private void NewLine()
    {
        if (indented)
            _text.Append('\n').Append('\t', _depth);
    }
}
