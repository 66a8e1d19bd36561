using System.Net;
using System.Numerics;
using System.Reflection;
using CsCheck;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>
/// Random values of the whole model, found by reflection: a new member is in them without a word here. Optional members are there or
/// not; numbers are of all sizes.
/// </summary>
internal static class Generators
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Const(""),
        Gen.String[Gen.Char["aZ9 /.=-_:\"\\\n\t\0<ü€"], 0, 8],
        Gen.Const("😀"),
        Gen.Const("net.ipv4.ip_forward"));

    private static readonly string[] SpecialAddresses =
        ["0.0.0.0", "127.0.0.1", "255.255.255.255", "224.0.0.1", "10.0.0.255", "::", "::1", "ff02::1", "::ffff:10.0.0.1"];

    /// <summary>Both families, and those that are special.</summary>
    private static readonly Gen<IPAddress> Addresses = Gen.OneOf(
        Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes)),
        Gen.Byte.Array[16].Select(bytes => new IPAddress(bytes)),
        Gen.Int[0, SpecialAddresses.Length - 1].Select(index => IPAddress.Parse(SpecialAddresses[index])));

    private static readonly Gen<bool> Often = Gen.Int[0, 2].Select(number => number > 0);

    private static readonly Dictionary<Type, Gen<object?>> Known = [];

    internal static Gen<(ContainerConfiguration Container, ProcessConfiguration Process)> Documents { get; } =
        Of(typeof(ContainerConfiguration)).Select(Of(typeof(ProcessConfiguration)), (container, process)
            => ((ContainerConfiguration)container!, (ProcessConfiguration)process!));

    private static Gen<object?> Of(Type type)
    {
        if (!Known.TryGetValue(type, out Gen<object?>? generator))
            Known[type] = generator = Make(type);
        return generator;
    }

    private static Gen<object?> Make(Type type)
    {
        if (type == typeof(string))
            return Texts.Select(text => (object?)text);
        if (type == typeof(bool))
            return Gen.Bool.Select(value => (object?)value);
        if (type == typeof(int))
            return Gen.OneOf(Gen.Int, Gen.Int[-2, 20]).Select(value => (object?)value);
        if (type == typeof(uint))
            return Gen.UInt.Select(value => (object?)value);
        if (type == typeof(ushort))
            return Gen.UShort.Select(value => (object?)value);
        if (type == typeof(long))
            return Gen.OneOf(Gen.Long, Gen.Long[-2, 20]).Select(value => (object?)value);
        if (type == typeof(ulong))
            return Gen.ULong.Select(value => (object?)value);
        if (type.IsEnum)
            return OfEnum(type);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Often.SelectMany(there => there ? Of(value) : Gen.Const((object?)null));
        if (ModelWalk.IsList(type))
            return Of(type.GenericTypeArguments[0]).Array[0, 3].Select(values => (object?)List(type, values));
        if (ModelWalk.IsMap(type))
            return Key(type.GenericTypeArguments[0]).Select(Of(type.GenericTypeArguments[1]), (key, entry) => (Key: key!, Value: entry!))
                .Array[0, 3].Select(entries => (object?)Map(type, entries));
        if (type == typeof(IPAddress))
            return Addresses.Select(address => (object?)address);
        if (type == typeof(InterfaceAddress))
            return Addresses.Select(Gen.Int[0, 128], (address, length)
                => (object?)new InterfaceAddress(address, Math.Min(length, address.GetAddressBytes().Length * 8)));
        return type.IsAbstract ? Gen.OneOf([.. ModelWalk.Alternatives(type).Select(Of)]) : OfRecord(type);
    }

    private static Gen<object?> OfEnum(Type type)
        => type.IsDefined(typeof(FlagsAttribute))
            ? Name(type).Array[0, 4]
                .Select(flags => (object?)Enum.ToObject(type, flags.Aggregate(0UL, (all, flag) => all | ModelWalk.Bits(flag!))))
            : Name(type);

    /// <summary>A key that is a flag is one flag.</summary>
    private static Gen<object?> Key(Type type) => type.IsEnum ? Name(type) : Of(type);

    private static Gen<object?> Name(Type type)
    {
        object[] names = [.. Enum.GetValues(type).Cast<object>()
            .Where(value => !type.IsDefined(typeof(FlagsAttribute)) || BitOperations.IsPow2(ModelWalk.Bits(value)))];
        return Gen.Int[0, names.Length - 1].Select(index => (object?)names[index]);
    }

    /// <summary>Each member is what the record has by itself, or something else.</summary>
    private static Gen<object?> OfRecord(Type type)
    {
        ConstructorInfo constructor = ModelWalk.ConstructorOf(type);
        ParameterInfo[] parameters = constructor.GetParameters();
        PropertyInfo[] members = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && parameters.All(parameter => parameter.Name != property.Name))];
        NullabilityInfoContext nullability = new();
        Gen<object?>[] arguments = [.. parameters.Select(parameter => Optional(parameter.ParameterType, nullability.Create(parameter)))];
        Gen<(bool Set, object? Value)>[] values = [.. members.Select(member =>
            IsSet(member).SelectMany(set => set
                ? Optional(member.PropertyType, nullability.Create(member)).Select(value => (true, value))
                : Gen.Const((false, (object?)null))))];

        return Sequence(arguments).Select(Sequence(values), (given, set) =>
        {
            object record = constructor.Invoke(given);
            for (int i = 0; i < members.Length; i++)
                if (set[i].Set)
                    members[i].SetValue(record, set[i].Value);
            return (object?)record;
        });
    }

    private static Gen<bool> IsSet(PropertyInfo member)
        => member.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute)) ? Gen.Const(true) : Gen.Bool;

    private static Gen<object?> Optional(Type type, NullabilityInfo nullability)
        => type.IsClass && nullability.ReadState == NullabilityState.Nullable
            ? Gen.Bool.SelectMany(there => there ? Of(type) : Gen.Const((object?)null))
            : Of(type);

    private static Gen<T[]> Sequence<T>(Gen<T>[] generators)
        => generators.Aggregate(Gen.Const(Array.Empty<T>()), (all, next) => all.Select(next, (values, value) => (T[])[.. values, value]));

    private static object List(Type type, object?[] values)
    {
        Array array = Array.CreateInstance(type.GenericTypeArguments[0], values.Length);
        for (int i = 0; i < values.Length; i++)
            array.SetValue(values[i], i);
        return ModelWalk.ToList(type.GenericTypeArguments[0], array);
    }

    private static object Map(Type type, (object Key, object Value)[] entries)
    {
        object map = type.GetField("Empty", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        MethodInfo set = type.GetMethod("SetItem")!;
        return entries.Aggregate(map, (all, entry) => set.Invoke(all, [entry.Key, entry.Value])!);
    }
}
