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
            .Select(property => new Member(prefix + NameOf(property) + (IsList(property.PropertyType) && IsRecord(Unwrap(property.PropertyType)) ? "[0]" : ""), property));

    /// <summary>All, those of the records within included.</summary>
    internal static IEnumerable<Member> All(Type type, string prefix = "")
        => MembersOf(type, prefix).SelectMany(member => member.IsRecord ? All(member.Type, member.Path + ".").Prepend(member) : [member]);

    /// <summary>As the format spells it.</summary>
    internal static string NameOf(PropertyInfo property)
        => property.Name == nameof(ProcessConfiguration.SELinuxLabel) ? "selinuxLabel" : JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    internal static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    internal static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>);

    internal static bool IsRecord(Type type) => type.IsClass && type.Assembly == typeof(ContainerConfiguration).Assembly;

    private static Type Unwrap(Type type)
    {
        if (IsList(type) || IsMap(type))
            return Unwrap(type.GetGenericArguments()[^1]);
        return Nullable.GetUnderlyingType(type) ?? type;
    }
}
