using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>Device rules as properties of a unit: a list of what is allowed, and nothing else is. Source: systemd.resource-control(5), DeviceAllow=.</summary>
/// <remarks>
/// systemd applies them again whenever it likes, at daemon-reload first of all. In version 2 it attaches a program of its own, beside ours, and each has to say
/// yes: a list that lacks a device takes it away from a running container. So what it cannot express it is not told: <c>auto</c> with an
/// empty list is no program, and ours alone holds. In version 1 there is one list, which <c>auto</c> would replace by "everything": there
/// what it cannot express is left out, so that a reload takes too much and never gives too much, as with runc.
/// </remarks>
internal static class SystemdDevices
{
    /// <summary>Numbers in names (/dev/char/1:3 without such a file, char-136) are understood since this version.</summary>
    private const int FirstWithNumbers = 240;

    /// <param name="rules">What is written by hand as well.</param>
    /// <param name="systemdVersion">Of the manager.</param>
    /// <param name="version">Of the hierarchy that the devices are limited in.</param>
    internal static ImmutableArray<SystemdProperty> Of(DeviceRules rules, int systemdVersion, CgroupVersion version)
    {
        if (rules.IsAllowedByDefault && rules.Exceptions.IsEmpty)
            return List("auto", []);
        bool isList = !rules.IsAllowedByDefault && DeviceStateV1.Check(rules).IsEmpty;
        // One entry has to have all that is asked for at once, as in version 1.
        ImmutableArray<BusValue?> entries = isList
            ? [.. DeviceStateV1.From(rules).Exceptions.Select(exception => Entry(exception.Key, exception.Value, systemdVersion))]
            : [];
        if (version == CgroupVersion.V2 && (!isList || entries.Contains(null)))
            return List("auto", []);
        return List("strict", [.. entries.OfType<BusValue>()]);
    }

    /// <summary>Empty first: a list is added to the one that is there, and an empty one is a new start.</summary>
    private static ImmutableArray<SystemdProperty> List(string policy, ImmutableArray<BusValue> entries)
    {
        ImmutableArray<SystemdProperty> none = [new("DevicePolicy", BusValue.String(policy)), new("DeviceAllow", BusValue.Array("(ss)"))];
        return entries.IsEmpty ? none : [.. none, new("DeviceAllow", BusValue.Array("(ss)", entries))];
    }

    /// <returns>Null: there is no name for these devices.</returns>
    private static BusValue? Entry(DeviceSet set, DeviceAccess access, int systemdVersion)
    {
        string type = set.Type == DeviceType.Block ? "block" : "char";
        string? name = (set.Major, set.Minor) switch
        {
            (null, null) => $"{type}-*",
            (null, _) => null,
            _ when systemdVersion < FirstWithNumbers => null,
            ({ } major, null) => $"{type}-{major}",
            ({ } major, { } minor) => $"/dev/{type}/{major}:{minor}",
        };
        return name is null ? null : BusValue.Structure(BusValue.String(name), BusValue.String(DeviceStateV1.Letters(access)));
    }
}
