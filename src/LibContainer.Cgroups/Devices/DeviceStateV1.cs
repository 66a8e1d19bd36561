using System.Collections.Immutable;
using System.Globalization;
using LibContainer.Configuration;

namespace LibContainer.Cgroups;

/// <summary>A set of devices as the kernel's rules of cgroup version 1 have it.</summary>
/// <param name="Type">Character or block devices.</param>
/// <param name="Major">Major number. Null: any.</param>
/// <param name="Minor">Minor number. Null: any.</param>
internal readonly record struct DeviceSet(DeviceType Type, int? Major, int? Minor) : IComparable<DeviceSet>
{
    public int CompareTo(DeviceSet other)
        => (Type, Major ?? -1, Minor ?? -1).CompareTo((other.Type, other.Major ?? -1, other.Minor ?? -1));

    /// <summary><c>c 136:*</c>.</summary>
    public override string ToString() => $"{(Type == DeviceType.Block ? 'b' : 'c')} {Number(Major)}:{Number(Minor)}";

    private static string Number(int? number) => number is { } one ? $"{one}" : "*";
}

/// <summary>How one state becomes another.</summary>
/// <param name="Writes">In this order.</param>
/// <param name="IsTight">
/// At no moment is something allowed that neither state allows. False: between the first write and the last one everything is, so no process of the
/// container may run meanwhile.
/// </param>
internal sealed record DeviceTransition(ImmutableArray<CgroupWrite> Writes, bool IsTight);

/// <summary>
/// The devices of a cgroup of version 1, as the kernel keeps them: what holds for every device, and exceptions of which each is the contrary of
/// that. Source: the kernel's cgroup-v1/devices.rst, security/device_cgroup.c.
/// </summary>
/// <remarks>
/// An exception to "nothing" has to have every access that is asked for at once, by itself: reading by one and writing by another is not reading and
/// writing. Exceptions are for the very numbers that they were made with: taking 1:3 out of 1:* does nothing, and the kernel does not say so.
/// </remarks>
/// <param name="IsAllowedByDefault">Whether a device that no exception is about is allowed.</param>
/// <param name="Exceptions">Accesses that are not so.</param>
internal sealed record DeviceStateV1(bool IsAllowedByDefault, ImmutableSortedDictionary<DeviceSet, DeviceAccess> Exceptions)
{
    private const string AllowFile = "devices.allow";

    private const string DenyFile = "devices.deny";

    /// <summary>Every device: what a new cgroup has, below one that has it.</summary>
    internal static DeviceStateV1 Everything { get; } = new(true, ImmutableSortedDictionary<DeviceSet, DeviceAccess>.Empty);

    /// <summary>What rules ask for that this version cannot keep: an exception to an exception.</summary>
    internal static ImmutableArray<ConfigurationFinding> Check(DeviceRules rules)
    {
        if (rules.Exceptions.FirstOrDefault(rule => rule.IsAllowed == rules.IsAllowedByDefault) is not { } hole)
            return [];
        (string verb, string before) = hole.IsAllowed ? ("allow", "denies") : ("deny", "allows");
        return
        [
            new(
                "resources.devices",
                $"cgroup version 1 cannot {verb} {Text(SetOf(hole), hole.Access)} alone, of devices that an earlier rule {before} together"),
        ];
    }

    /// <exception cref="ConfigurationException">What <see cref="Check"/> finds.</exception>
    internal static DeviceStateV1 From(DeviceRules rules)
    {
        if (Check(rules) is { IsEmpty: false } findings)
            throw new ConfigurationException(findings);
        SortedDictionary<DeviceSet, DeviceAccess> exceptions = [];
        foreach (DeviceRule rule in rules.Exceptions)
            Merge(rule);
        if (!rules.IsAllowedByDefault)
            foreach (DeviceRule rule in rules.Exceptions)
                foreach (DeviceRule other in rules.Exceptions)
                    if (DeviceRules.Overlaps(rule, other) && Only(rule, DeviceAccess.Read, DeviceAccess.Write) && Only(other, DeviceAccess.Write, DeviceAccess.Read))
                        Merge(rule with { Major = rule.Major ?? other.Major, Minor = rule.Minor ?? other.Minor, Access = DeviceAccess.Read | DeviceAccess.Write });
        return new(rules.IsAllowedByDefault, exceptions.ToImmutableSortedDictionary());

        // Making a node is never asked for together with something else.
        static bool Only(DeviceRule rule, DeviceAccess has, DeviceAccess lacks) => (rule.Access & (has | lacks)) == has;

        void Merge(DeviceRule rule)
            => exceptions[SetOf(rule)] = exceptions.GetValueOrDefault(SetOf(rule)) | rule.Access;
    }

    /// <summary>Reads devices.list.</summary>
    /// <returns>Null: everything is allowed, perhaps but exceptions, which the kernel does not tell.</returns>
    /// <exception cref="FormatException">It is something else.</exception>
    internal static DeviceStateV1? Parse(string list)
    {
        SortedDictionary<DeviceSet, DeviceAccess> exceptions = [];
        foreach (string line in list.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('a'))
                return null;
            string[] words = line.Split(' ', ':');
            if (words is not [("c" or "b") and string type, string major, string minor, string access])
                throw new FormatException($"'{line}' is not a line of devices.list");
            DeviceSet set = new(type == "b" ? DeviceType.Block : DeviceType.Character, Number(major), Number(minor));
            exceptions[set] = exceptions.GetValueOrDefault(set) | Access(access);
        }
        return new(false, exceptions.ToImmutableSortedDictionary());

        static int? Number(string word) => word == "*" ? null : int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

        static DeviceAccess Access(string letters) => letters.Aggregate(DeviceAccess.None, (access, letter) => access | letter switch
        {
            'r' => DeviceAccess.Read,
            'w' => DeviceAccess.Write,
            'm' => DeviceAccess.MakeNode,
            _ => throw new FormatException($"'{letters}' is not what can be done with a device"),
        });
    }

    /// <summary>The writes after which the cgroup is in this state.</summary>
    /// <param name="present">
    /// The state that it is in. Null: not known. It has to be known for a cgroup with others below, in which the kernel does not let everything change
    /// at once (EINVAL).
    /// </param>
    internal DeviceTransition From(DeviceStateV1? present)
    {
        ImmutableArray<CgroupWrite>.Builder writes = ImmutableArray.CreateBuilder<CgroupWrite>();
        if (present is null || present.IsAllowedByDefault != IsAllowedByDefault)
        {
            writes.Add(new("devices", IsAllowedByDefault ? AllowFile : DenyFile, "a"));
            foreach ((DeviceSet set, DeviceAccess access) in Exceptions)
                Write(set, access, isException: true);
            return new(writes.ToImmutable(), IsTight: !IsAllowedByDefault || Exceptions.IsEmpty);
        }

        ImmutableArray<(DeviceSet Set, DeviceAccess Gained, DeviceAccess Lost)> changes =
        [
            .. from set in Exceptions.Keys.Union(present.Exceptions.Keys).Order()
               let before = present.Exceptions.GetValueOrDefault(set)
               let after = Exceptions.GetValueOrDefault(set)
               select (set, after & ~before, before & ~after),
        ];
        // New exceptions go first. Where they deny, that is the side to err on. Where they allow, what two exceptions allow together is still there
        // when the old one goes; but one that has both its old and its new accesses would allow what neither state allows, so it loses some first.
        foreach ((DeviceSet set, DeviceAccess gained, DeviceAccess lost) in changes)
            if (IsAllowedByDefault || lost == DeviceAccess.None)
                Write(set, gained, isException: true);
        foreach ((DeviceSet set, DeviceAccess gained, DeviceAccess lost) in changes)
        {
            Write(set, lost, isException: false);
            if (!IsAllowedByDefault && lost != DeviceAccess.None)
                Write(set, gained, isException: true);
        }
        return new(writes.ToImmutable(), IsTight: true);

        void Write(DeviceSet set, DeviceAccess access, bool isException)
        {
            if (access != DeviceAccess.None)
                writes.Add(new("devices", isException == IsAllowedByDefault ? DenyFile : AllowFile, Text(set, access)));
        }
    }

    private static DeviceSet SetOf(DeviceRule rule) => new(rule.Type!.Value, rule.Major, rule.Minor);

    /// <summary><c>c 1:3 rwm</c>.</summary>
    private static string Text(DeviceSet set, DeviceAccess access) => $"{set} {Letters(access)}";

    /// <summary><c>rwm</c>.</summary>
    internal static string Letters(DeviceAccess access)
        => $"{((access & DeviceAccess.Read) != 0 ? "r" : "")}{((access & DeviceAccess.Write) != 0 ? "w" : "")}{((access & DeviceAccess.MakeNode) != 0 ? "m" : "")}";
}
