using System.Collections.Immutable;

namespace LibContainer.Configuration.Json;

/// <summary>What the tables of members are made of.</summary>
internal static class Shapes
{
    internal static JsonShape<string> Text { get; } = new TextShape();

    internal static JsonShape<string?> TextOrNull { get; } = new OptionalShape<string>(Text);

    internal static JsonShape<ImmutableArray<string>> Texts { get; } = List(Text);

    internal static JsonShape<ImmutableDictionary<string, string>> TextMap { get; } = Map(Text);

    internal static JsonShape<bool> Bool { get; } = new BooleanShape();

    internal static JsonShape<bool?> BoolOrNull { get; } = OrNull(Bool);

    internal static JsonShape<int> Int { get; } = new IntegerShape<int>();

    internal static JsonShape<int?> IntOrNull { get; } = OrNull(Int);

    internal static JsonShape<uint> UInt { get; } = new IntegerShape<uint>();

    internal static JsonShape<uint?> UIntOrNull { get; } = OrNull(UInt);

    internal static JsonShape<ushort?> UShortOrNull { get; } = OrNull(new IntegerShape<ushort>());

    internal static JsonShape<long> Long { get; } = new IntegerShape<long>();

    internal static JsonShape<long?> LongOrNull { get; } = OrNull(Long);

    internal static JsonShape<ulong> ULong { get; } = new IntegerShape<ulong>();

    internal static JsonShape<ulong?> ULongOrNull { get; } = OrNull(ULong);

    internal static JsonShape<T> Name<T>()
        where T : struct, Enum => new EnumShape<T>();

    internal static JsonShape<T> Flags<T>()
        where T : struct, Enum => new FlagsShape<T>();

    internal static JsonShape<ImmutableArray<T>> List<T>(JsonShape<T> element) => new ListShape<T>(element);

    internal static JsonShape<ImmutableDictionary<string, T>> Map<T>(JsonShape<T> value)
        => new MapShape<string, T>(new TextKeyShape(), value);

    /// <param name="blank">What the record is by itself: what stands for members that are missing.</param>
    internal static ObjectShape<T> Record<T>(T blank) => new(blank);

    internal static JsonShape<T?> OrNull<T>(JsonShape<T> shape)
        where T : struct => new OptionalValueShape<T>(shape);

    internal static JsonShape<T?> OrNull<T>(ObjectShape<T> shape)
        where T : class => new OptionalShape<T>(shape);
}
