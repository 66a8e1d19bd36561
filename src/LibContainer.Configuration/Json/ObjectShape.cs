using System.Collections.Immutable;
using System.Text.Json;

namespace LibContainer.Configuration.Json;

/// <summary>One member of an object.</summary>
internal abstract class JsonMember<TOwner>(string name, bool isRequired)
{
    internal string Name => name;

    internal bool IsRequired => isRequired;

    /// <returns>The object with this member read.</returns>
    internal abstract TOwner Read(TOwner owner, JsonElement element, string path, Findings findings);

    internal abstract void Write(Utf8JsonWriter writer, TOwner owner);

    internal abstract bool AreEqual(TOwner left, TOwner right);
}

/// <inheritdoc/>
/// <param name="name">As the format spells it.</param>
/// <param name="shape">What stands there.</param>
/// <param name="get">Takes it out of an object.</param>
/// <param name="with">A copy of the object with another.</param>
/// <param name="isRequired">It has to be there: there is nothing that it would be otherwise.</param>
internal sealed class JsonMember<TOwner, T>(
    string name, JsonShape<T> shape, Func<TOwner, T> get, Func<TOwner, T, TOwner> with, bool isRequired)
    : JsonMember<TOwner>(name, isRequired)
{
    internal override TOwner Read(TOwner owner, JsonElement element, string path, Findings findings)
        => with(owner, shape.Read(element, path, findings));

    internal override void Write(Utf8JsonWriter writer, TOwner owner)
    {
        writer.WritePropertyName(Name);
        shape.Write(writer, get(owner));
    }

    internal override bool AreEqual(TOwner left, TOwner right) => shape.AreEqual(get(left), get(right));
}

/// <summary>A member of a record that is a part of the owner in the model, and not in the format.</summary>
internal sealed class IncludedMember<TOwner, TInner>(JsonMember<TInner> member, Func<TOwner, TInner> get, Func<TOwner, TInner, TOwner> with)
    : JsonMember<TOwner>(member.Name, member.IsRequired)
{
    internal override TOwner Read(TOwner owner, JsonElement element, string path, Findings findings)
        => with(owner, member.Read(get(owner), element, path, findings));

    internal override void Write(Utf8JsonWriter writer, TOwner owner) => member.Write(writer, get(owner));

    internal override bool AreEqual(TOwner left, TOwner right) => member.AreEqual(get(left), get(right));
}

/// <summary>
/// A record: a table of its members. A member that is missing is what the record has by itself, and one that is that is not written.
/// </summary>
/// <param name="blank">The record by itself.</param>
internal sealed class ObjectShape<T>(T blank) : JsonShape<T>
{
    private readonly List<JsonMember<T>> _members = [];

    internal ObjectShape<T> Required<TMember>(string name, JsonShape<TMember> shape, Func<T, TMember> get, Func<T, TMember, T> with)
        => Add(new JsonMember<T, TMember>(name, shape, get, with, isRequired: true));

    internal ObjectShape<T> Member<TMember>(string name, JsonShape<TMember> shape, Func<T, TMember> get, Func<T, TMember, T> with)
        => Add(new JsonMember<T, TMember>(name, shape, get, with, isRequired: false));

    /// <summary>All members of another record as members of this one.</summary>
    internal ObjectShape<T> Include<TInner>(ObjectShape<TInner> inner, Func<T, TInner> get, Func<T, TInner, T> with)
    {
        _members.AddRange(inner._members.Select(member => new IncludedMember<T, TInner>(member, get, with)));
        return this;
    }

    internal override T Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.Object ? Read(element, path, null, findings) : Wrong(path, findings, "an object");

    /// <param name="element">An object.</param>
    /// <param name="path">Its place.</param>
    /// <param name="discriminator">A member that was read already, by whoever found this shape with it.</param>
    /// <param name="findings">What is wrong.</param>
    internal T Read(JsonElement element, string path, string? discriminator, Findings findings)
    {
        T value = blank;
        HashSet<string> seen = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (JsonText.NameOf(property) is not { } name)
            {
                findings.Add(path, "has a member whose name is no valid Unicode text");
                continue;
            }
            string place = path.Length == 0 ? name : $"{path}.{name}";
            JsonMember<T>? member = _members.Find(member => member.Name == name);
            if (member is null && name != discriminator)
                findings.Add(place, "is not a member that is known");
            else if (!seen.Add(name))
                findings.Add(place, "is there twice");
            else if (member is not null)
                value = member.Read(value, property.Value, place, findings);
        }
        foreach (JsonMember<T> member in _members)
            if (member.IsRequired && !seen.Contains(member.Name))
                findings.Add(path.Length == 0 ? member.Name : $"{path}.{member.Name}", "is missing");
        return value;
    }

    internal override void Write(Utf8JsonWriter writer, T value)
    {
        writer.WriteStartObject();
        WriteMembers(writer, value);
        writer.WriteEndObject();
    }

    internal void WriteMembers(Utf8JsonWriter writer, T value)
    {
        foreach (JsonMember<T> member in _members)
            if (member.IsRequired || !member.AreEqual(value, blank))
                member.Write(writer, value);
    }

    internal override bool AreEqual(T left, T right)
        => ReferenceEquals(left, right) || _members.TrueForAll(member => member.AreEqual(left, right));

    private ObjectShape<T> Add(JsonMember<T> member)
    {
        _members.Add(member);
        return this;
    }
}

/// <summary>One of several records, told apart by a member <c>type</c>.</summary>
internal sealed class ChoiceShape<T> : JsonShape<T>
    where T : class
{
    private const string Discriminator = "type";

    private readonly List<Alternative> _choices = [];

    internal ChoiceShape<T> Choice<TChoice>(string name, ObjectShape<TChoice> shape)
        where TChoice : class, T
    {
        _choices.Add(new Alternative(name, Read, TryWrite, AreEqual));
        return this;

        T Read(JsonElement element, string path, Findings findings) => shape.Read(element, path, Discriminator, findings);

        bool TryWrite(Utf8JsonWriter writer, T value)
        {
            if (value is not TChoice choice)
                return false;
            writer.WriteStartObject();
            writer.WriteString(Discriminator, name);
            shape.WriteMembers(writer, choice);
            writer.WriteEndObject();
            return true;
        }

        bool AreEqual(T left, T right) => left is TChoice one && right is TChoice other && shape.AreEqual(one, other);
    }

    internal override T Read(JsonElement element, string path, Findings findings)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return Wrong(path, findings, "an object");
        string place = $"{path}.{Discriminator}";
        JsonElement type = element.EnumerateObject().FirstOrDefault(property => JsonText.NameOf(property) == Discriminator).Value;
        if (type.ValueKind == JsonValueKind.Undefined)
        {
            findings.Add(place, "is missing");
            return null!;
        }
        string? name = type.ValueKind == JsonValueKind.String ? JsonText.Of(type) : null;
        int index = _choices.FindIndex(choice => choice.Name == name);
        return index < 0
            ? Wrong(place, findings, "one of " + string.Join(", ", _choices.Select(choice => choice.Name)))
            : _choices[index].Read(element, path, findings);
    }

    internal override void Write(Utf8JsonWriter writer, T value)
    {
        if (!_choices.Exists(choice => choice.TryWrite(writer, value)))
            throw new ArgumentException($"{value.GetType().Name} is not known, and the format has no place for it.", nameof(value));
    }

    internal override bool AreEqual(T left, T right) => _choices.Exists(choice => choice.AreEqual(left, right));

    private sealed record Alternative(
        string Name, Func<JsonElement, string, Findings, T> Read, Func<Utf8JsonWriter, T, bool> TryWrite, Func<T, T, bool> AreEqual);
}
