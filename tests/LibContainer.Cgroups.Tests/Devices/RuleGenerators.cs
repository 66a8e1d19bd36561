using CsCheck;
using LibContainer.Configuration;

namespace LibContainer.Cgroups.Tests.Devices;

/// <summary>Rules about few devices, so that they meet each other, and the devices that they can be about.</summary>
internal static class RuleGenerators
{
    internal static Gen<DeviceRule> Rule { get; } =
        from isAllowed in Gen.Bool
        from type in Gen.OneOf<DeviceType?>(null, DeviceType.Character, DeviceType.Character, DeviceType.Block)
        from major in Gen.OneOf<int?>(null, 1, 2)
        from minor in Gen.OneOf<int?>(null, 0, 3)
        from access in Gen.Int[1, 7]
        select new DeviceRule(isAllowed, type, major, minor, (DeviceAccess)access);

    internal static Gen<DeviceRule[]> Rules { get; } = Rule.Array[0, 9];

    /// <summary>3 is a major and 7 a minor that no rule names.</summary>
    internal static (DeviceType Type, int Major, int Minor)[] Devices { get; } =
    [
        .. from type in (DeviceType[])[DeviceType.Character, DeviceType.Block]
           from major in (int[])[1, 2, 3]
           from minor in (int[])[0, 3, 7]
           select (type, major, minor),
    ];

    internal static DeviceAccess[] Accesses { get; } = [.. Enumerable.Range(0, 8).Select(bits => (DeviceAccess)bits)];

    /// <summary>What a kernel really asks for: opening for one or both, making a node.</summary>
    internal static DeviceAccess[] Requests { get; } = [DeviceAccess.Read, DeviceAccess.Write, DeviceAccess.Read | DeviceAccess.Write, DeviceAccess.MakeNode];

    /// <summary>The meaning of rules, word for word: each access that is asked for is decided by the last rule about it; without one it is denied.</summary>
    internal static bool Allows(IEnumerable<DeviceRule> rules, DeviceType type, int major, int minor, DeviceAccess access)
        => new[] { DeviceAccess.Read, DeviceAccess.Write, DeviceAccess.MakeNode }.Where(one => (access & one) != 0).All(one => rules.LastOrDefault(rule =>
            (rule.Access & one) != 0 && (rule.Type ?? type) == type && (rule.Major ?? major) == major && (rule.Minor ?? minor) == minor)?.IsAllowed ?? false);
}
