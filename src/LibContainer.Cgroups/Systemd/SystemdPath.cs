using System.Collections.Immutable;
using LibContainer.Configuration;
using static LibContainer.Cgroups.SystemdNames;

namespace LibContainer.Cgroups;

/// <summary>
/// Where a container's cgroup is to be when systemd makes it, from the form that OCI runtimes give cgroupsPath then: <c>slice:prefix:name</c>.
/// </summary>
/// <remarks>
/// Without a slice it is what runc takes: <c>system.slice</c>, and <c>user.slice</c> of a user's own manager, which has no <c>system.slice</c>.
/// Without a prefix the unit has none, as for crun; runc's has a '-' in front then.
/// </remarks>
/// <param name="Slice">The slice that the unit is in.</param>
/// <param name="Unit">
/// <c>prefix-name.scope</c>. A name that ends with <c>.slice</c> is a slice by itself: a group of containers, such as a pod.
/// </param>
internal sealed record SystemdPath(string Slice, string Unit)
{
    internal const string DefaultSlice = "system.slice";

    internal const string DefaultUserSlice = "user.slice";

    internal bool IsSlice => Unit.EndsWith(SliceSuffix, StringComparison.Ordinal);

    /// <summary>The cgroup, below that of the manager: <c>/system.slice/prefix-name.scope</c>. What a slice is in, its own name says.</summary>
    internal string ControlGroup => IsSlice ? SlicePath(Unit) : $"{SlicePath(Slice)}/{Unit}";

    /// <summary>All that is wrong with a text.</summary>
    internal static ImmutableArray<ConfigurationFinding> Check(string text) => Read(text, false).Findings;

    /// <param name="text"><c>slice:prefix:name</c>.</param>
    /// <param name="isUser">It is for a user's own manager.</param>
    /// <exception cref="ConfigurationException">What <see cref="Check"/> finds.</exception>
    internal static SystemdPath From(string text, bool isUser)
    {
        (SystemdPath path, ImmutableArray<ConfigurationFinding> findings) = Read(text, isUser);
        return findings.IsEmpty ? path : throw new ConfigurationException(findings);
    }

    private static (SystemdPath Path, ImmutableArray<ConfigurationFinding> Findings) Read(string text, bool isUser)
    {
        ImmutableArray<ConfigurationFinding>.Builder findings = ImmutableArray.CreateBuilder<ConfigurationFinding>();
        SystemdPath path = new("", "");
        if (text.Split(':') is not [string slice, string prefix, string name])
        {
            Add($"'{text}' is not slice:prefix:name, which it has to be where systemd makes the cgroup: system.slice:libcontainer:web");
            return (path, findings.ToImmutable());
        }
        if (slice.Length == 0)
            slice = isUser ? DefaultUserSlice : DefaultSlice;
        bool isSlice = name.EndsWith(SliceSuffix, StringComparison.Ordinal);
        path = new(slice, isSlice ? name : prefix.Length == 0 ? $"{name}{ScopeSuffix}" : $"{prefix}-{name}{ScopeSuffix}");

        if (WhyNoSlice(slice) is { } why)
            Add($"'{slice}' {why}");
        if (name.Length == 0)
            Add($"'{text}' has no name behind the second ':'");
        else if ((isSlice ? WhyNoSlice(name) : WhyNoUnit(path.Unit)) is { } whyNoUnit)
            Add($"'{path.Unit}' {whyNoUnit}");
        return (path, findings.ToImmutable());

        void Add(string message) => findings.Add(new("cgroupPath", message));
    }
}
