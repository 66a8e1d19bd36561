using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;

namespace LibContainer.Configuration.Tests;

/// <summary>The members of the model, found by reflection, under the paths that findings and our own format have for them.</summary>
internal static class ModelWalk
{
    /// <summary>A member: <c>mounts[0].options</c>.</summary>
    internal sealed record Member(string Path, PropertyInfo Property)
    {
        /// <summary>What stands there, without nullable, list and map around it.</summary>
        internal Type Type { get; } = Unwrap(Property.PropertyType);

        internal bool IsRecord => ModelWalk.IsRecord(Type);
    }

    internal static IEnumerable<Member> MembersOf(Type type, string prefix = "")
        => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => new Member(prefix + NameOf(property) + Entry(property.PropertyType), property));

    /// <summary>All, those of the records within included.</summary>
    internal static IEnumerable<Member> All(Type type, string prefix = "")
        => MembersOf(type, prefix).SelectMany(member => member.IsRecord
            ? Alternatives(member.Type).SelectMany(record => All(record, member.Path + ".")).Prepend(member)
            : [member]);

    /// <summary>The records that can stand where this one is asked for.</summary>
    internal static IEnumerable<Type> Alternatives(Type record)
        => record.IsAbstract ? record.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(record)) : [record];

    /// <summary>As the format spells it.</summary>
    internal static string NameOf(PropertyInfo property)
        => property.Name == nameof(ProcessConfiguration.SELinuxLabel)
            ? "selinuxLabel"
            : JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>The bits of a value of an enum.</summary>
    internal static ulong Bits(object value)
        => value.GetType().GetEnumUnderlyingType() == typeof(ulong)
            ? Convert.ToUInt64(value, null)
            : unchecked((ulong)Convert.ToInt64(value, null));

    /// <summary>Whether two values of the model say the same: by what is in lists and maps, and not by which they are.</summary>
    internal static bool AreEqual(object? left, object? right)
    {
        if (left is null || right is null || left.GetType() != right.GetType())
            return left is null && right is null;
        Type type = left.GetType();
        if (IsMap(type))
        {
            IDictionary one = (IDictionary)left, other = (IDictionary)right;
            return one.Count == other.Count && one.Keys.Cast<object>().All(key => other.Contains(key) && AreEqual(one[key], other[key]));
        }
        if (IsList(type))
        {
            IList one = (IList)left, other = (IList)right;
            return one.Count == other.Count && Enumerable.Range(0, one.Count).All(i => AreEqual(one[i], other[i]));
        }
        return IsRecord(type)
            ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .All(property => AreEqual(property.GetValue(left), property.GetValue(right)))
            : left.Equals(right);
    }

    /// <summary>The constructor that takes the members that are positional.</summary>
    internal static ConstructorInfo ConstructorOf(Type record)
        => record.GetConstructors()
            .First(constructor => constructor.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike));

    internal static object ToList(Type element, Array entries)
        => typeof(ImmutableArray).GetMethods().Single(method => method.Name == "CreateRange" && method.GetParameters().Length == 1)
            .MakeGenericMethod(element).Invoke(null, [entries])!;

    internal static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    internal static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>);

    /// <summary>An address is one value.</summary>
    internal static bool IsRecord(Type type)
        => type.IsClass && type.Assembly == typeof(ContainerConfiguration).Assembly && type != typeof(InterfaceAddress);

    /// <summary>How the members of the records in a list or a map are reached.</summary>
    private static string Entry(Type type)
    {
        if (!IsRecord(Unwrap(type)))
            return "";
        return IsList(type) ? "[0]" : IsMap(type) ? "[\"key\"]" : "";
    }

    private static Type Unwrap(Type type)
    {
        if (IsList(type) || IsMap(type))
            return Unwrap(type.GetGenericArguments()[^1]);
        return Nullable.GetUnderlyingType(type) ?? type;
    }
}
