using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Reflection;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>A document in which every member is set to something other than its default; lists and maps have entries.</summary>
internal static class Full
{
    internal static ContainerConfiguration Container { get; } = (ContainerConfiguration)Of(typeof(ContainerConfiguration), "container");

    internal static ProcessConfiguration Process { get; } = (ProcessConfiguration)Of(typeof(ProcessConfiguration), "process");

    private static object Of(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return name;
        if (type == typeof(bool))
            return name != nameof(ProcessConfiguration.NoNewPrivileges);
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>()
                .Last(value => !type.IsDefined(typeof(FlagsAttribute)) || BitOperations.IsPow2(ModelWalk.Bits(value)));
        if (type.IsPrimitive)
            return Convert.ChangeType(3, type, null);
        if (type == typeof(ImmutableArray<NetworkConfiguration>))
            return ImmutableArray.CreateRange(
                ModelWalk.Alternatives(typeof(NetworkConfiguration)).Select(network => (NetworkConfiguration)OfRecord(network)));
        if (ModelWalk.IsList(type))
        {
            Type element = type.GenericTypeArguments[0];
            Array entries = Array.CreateInstance(element, 1);
            entries.SetValue(Of(element, name), 0);
            return ModelWalk.ToList(element, entries);
        }
        if (ModelWalk.IsMap(type))
        {
            object empty = type.GetField("Empty")!.GetValue(null)!;
            return type.GetMethod("SetItem")!.Invoke(
                empty, [Of(type.GenericTypeArguments[0], "key"), Of(type.GenericTypeArguments[1], name)])!;
        }
        if (type == typeof(RootFileSystem))
            return RootFileSystem.Directory("/srv");
        if (type == typeof(IPAddress))
            return IPAddress.Parse("10.88.0.1");
        if (type == typeof(InterfaceAddress))
            return InterfaceAddress.Parse("10.88.0.2/24");
        return OfRecord(type);
    }

    private static object OfRecord(Type type)
    {
        ConstructorInfo constructor = ModelWalk.ConstructorOf(type);
        object record = constructor.Invoke(
            [.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType, parameter.Name!))]);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.CanWrite))
            property.SetValue(record, Of(property.PropertyType, property.Name));
        return record;
    }
}
