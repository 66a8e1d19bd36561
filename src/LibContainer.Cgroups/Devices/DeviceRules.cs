using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Cgroups;

/// <summary>
/// Which devices can be opened or made, in the shortest form found: what holds for every device, and exceptions. Of the exceptions that are about a
/// device and an access the last one counts; each of several accesses that are asked for together has to be allowed.
/// </summary>
/// <remarks>A rule without a type is about both types, also where it names numbers or not every access; runc and the kernel's <c>a</c> mean every
/// device then. What is there before any rule: nothing is allowed.</remarks>
internal sealed class DeviceRules
{
    private static readonly DeviceAccess[] Accesses = [DeviceAccess.Read, DeviceAccess.Write, DeviceAccess.MakeNode];

    private DeviceRules(bool isAllowedByDefault, ImmutableArray<DeviceRule> exceptions)
    {
        IsAllowedByDefault = isAllowedByDefault;
        Exceptions = exceptions;
    }

    /// <summary>Every device, also those of the host.</summary>
    internal static DeviceRules Everything { get; } = new(true, []);

    /// <summary>
    /// What every container has: a node can be made for any device, which opens none; the simple devices; terminals of a devpts (136:*) and
    /// what makes them (5:2).
    /// </summary>
    /// <remarks>
    /// The list of runc. /dev/console is not in it: a container's is a terminal of a devpts, and 5:1 is the console of the host. Nor are tty0, tty1 and
    /// the network's tun, which containers of 2014 had.
    /// </remarks>
    internal static ImmutableArray<DeviceRule> Defaults { get; } =
    [
        new(true, DeviceType.Character, Access: DeviceAccess.MakeNode),
        new(true, DeviceType.Block, Access: DeviceAccess.MakeNode),
        .. DeviceNode.Defaults.Select(device => new DeviceRule(true, device.Type, device.Major, device.Minor)),
        new(true, DeviceType.Character, 136),
        new(true, DeviceType.Character, 5, 2),
    ];

    /// <summary>Whether a device that no exception is about is allowed.</summary>
    internal bool IsAllowedByDefault { get; }

    /// <summary>All have a type. The last one counts.</summary>
    internal ImmutableArray<DeviceRule> Exceptions { get; }

    /// <summary>
    /// Of a container: its rules and then <see cref="Defaults"/>, as with every OCI runtime, so that a configuration that begins with "none" is
    /// left with those; without rules <see cref="Defaults"/> and its own nodes.
    /// </summary>
    /// <param name="rules">What the configuration says.</param>
    /// <param name="nodes">The container's device nodes.</param>
    internal static DeviceRules Of(ImmutableArray<DeviceRule> rules, ImmutableArray<DeviceNode> nodes) => From(rules.IsEmpty
        ? [.. Defaults, .. nodes.Where(node => node.Type != DeviceType.Fifo).Select(node => new DeviceRule(true, node.Type, node.Major, node.Minor))]
        : [.. rules, .. Defaults]);

    /// <summary>Of these rules alone.</summary>
    internal static DeviceRules From(IEnumerable<DeviceRule> rules)
    {
        bool isAllowed = false;
        List<DeviceRule> exceptions = [];
        foreach (DeviceRule rule in rules)
        {
            if (rule is { Type: null, Major: null, Minor: null, Access: DeviceAccess.All })
            {
                isAllowed = rule.IsAllowed;
                exceptions.Clear();
                continue;
            }
            foreach (DeviceType type in rule.Type is { } one ? [one] : new[] { DeviceType.Character, DeviceType.Block })
                Add(exceptions, isAllowed, rule with { Type = type });
        }

        // What a later rule has made of an earlier one can leave a third one without an effect, or nothing between two that can be one.
        for (List<DeviceRule> before = []; !before.SequenceEqual(exceptions);)
        {
            (before, exceptions) = (exceptions, []);
            foreach (DeviceRule rule in before)
                Add(exceptions, isAllowed, rule);
        }
        return new(isAllowed, [.. exceptions]);
    }

    /// <summary>Whether all of an access is allowed. Nothing is allowed always.</summary>
    internal bool Allows(DeviceType type, int major, int minor, DeviceAccess access)
    {
        foreach (DeviceAccess one in Accesses)
            if ((access & one) != 0 && !AllowsOne(type, major, minor, one))
                return false;
        return true;
    }

    /// <summary>Whether the devices of one rule are all among those of another.</summary>
    internal static bool Covers(DeviceRule rule, DeviceRule other)
        => rule.Type == other.Type && (rule.Major is null || rule.Major == other.Major) && (rule.Minor is null || rule.Minor == other.Minor);

    /// <summary>Whether there are devices that both rules are about.</summary>
    internal static bool Overlaps(DeviceRule rule, DeviceRule other)
        => rule.Type == other.Type && (rule.Major is null || other.Major is null || rule.Major == other.Major)
            && (rule.Minor is null || other.Minor is null || rule.Minor == other.Minor);

    private bool AllowsOne(DeviceType type, int major, int minor, DeviceAccess access)
    {
        DeviceRule asked = new(true, type, major, minor, access);
        for (int i = Exceptions.Length - 1; i >= 0; i--)
            if ((Exceptions[i].Access & access) != 0 && Covers(Exceptions[i], asked))
                return Exceptions[i].IsAllowed;
        return IsAllowedByDefault;
    }

    private static void Add(List<DeviceRule> exceptions, bool isAllowed, DeviceRule rule)
    {
        for (int i = 0; i < exceptions.Count; i++) // what it replaces, as a whole or for some accesses
            if (Covers(rule, exceptions[i]))
                exceptions[i] = exceptions[i] with { Access = exceptions[i].Access & ~rule.Access };
        exceptions.RemoveAll(exception => exception.Access == DeviceAccess.None);

        rule = WithEffect(exceptions, isAllowed, rule);
        if (rule.Access == DeviceAccess.None)
            return;
        for (int i = exceptions.Count - 1; i >= 0; i--)
        {
            if (exceptions[i].IsAllowed == rule.IsAllowed && exceptions[i].Major == rule.Major && exceptions[i].Minor == rule.Minor && exceptions[i].Type == rule.Type)
            {
                exceptions[i] = rule with { Access = rule.Access | exceptions[i].Access };
                return;
            }
            if (exceptions[i].IsAllowed != rule.IsAllowed && (exceptions[i].Access & rule.Access) != 0 && Overlaps(exceptions[i], rule))
                break; // it cannot count before that one
        }
        exceptions.Add(rule);
    }

    /// <summary>The rule without those accesses that are so for all of its devices already.</summary>
    private static DeviceRule WithEffect(List<DeviceRule> before, bool isAllowed, DeviceRule rule)
    {
        DeviceAccess access = DeviceAccess.None;
        foreach (DeviceAccess one in Accesses)
            if ((rule.Access & one) != 0 && HasEffect(one))
                access |= one;
        return rule with { Access = access };

        bool HasEffect(DeviceAccess one)
        {
            for (int i = before.Count - 1; i >= 0; i--)
            {
                if ((before[i].Access & one) == 0)
                    continue;
                if (before[i].IsAllowed != rule.IsAllowed && Overlaps(before[i], rule))
                    return true;
                if (before[i].IsAllowed == rule.IsAllowed && Covers(before[i], rule))
                    return false;
            }
            return rule.IsAllowed != isAllowed;
        }
    }
}
