using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace LibContainer.Configuration;

/// <summary>The rules about namespaces and what is only one container's because of them.</summary>
internal static class NamespaceValidator
{
    /// <summary>__NEW_UTS_LEN of the kernel.</summary>
    private const int MaxNameBytes = 64;

    /// <summary>UID_GID_MAP_MAX_EXTENTS of the kernel.</summary>
    private const int MaxIdMappings = 340;

    private const int MaxNanoseconds = 999_999_999;

    private const NamespaceKinds Known = NamespaceKinds.Default | NamespaceKinds.User | NamespaceKinds.Time;

    internal static void Validate(ContainerConfiguration container, Findings findings)
    {
        NamespaceKinds unknown = container.Namespaces & ~Known;
        if (unknown != 0)
            findings.Add("namespaces", $"0x{(ulong)unknown:x} is not a namespace that is known");
        NamespaceKinds own = container.Namespaces | ValidateJoined(container, findings);
        // Without a mount namespace every mount would be one of the host's.
        if ((own & NamespaceKinds.Mount) == 0)
            findings.Add("namespaces", "a container needs a mount namespace of its own");
        if (container.InitProcess && (own & NamespaceKinds.Pid) == 0)
            findings.Add("initProcess", "an init needs a PID namespace of the container's own: in the host's, what is left behind is the host's");
        ValidateNames(container, own, findings);

        ValidateIdMappings("userIdMappings", container.UserIdMappings, findings);
        ValidateIdMappings("groupIdMappings", container.GroupIdMappings, findings);
        ValidateOffset("monotonicOffset", container.MonotonicOffset, findings);
        ValidateOffset("boottimeOffset", container.BoottimeOffset, findings);
        if (!container.Sysctls.IsEmpty)
            ValidateSysctls(container.Sysctls, findings);
    }

    internal static bool IsOneKind(NamespaceKinds kind) => BitOperations.PopCount((ulong)kind) == 1 && (kind & Known) != 0;

    /// <summary>Where the path of a namespace that is joined stands.</summary>
    internal static string JoinedPlace(NamespaceKinds kind) => Where.Key("joinedNamespaces", JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()));

    /// <summary>Also of a mount, where they mean files and not processes.</summary>
    internal static void ValidateIdMappings(string path, ImmutableArray<IdMapping> mappings, Findings findings)
    {
        if (mappings.Length > MaxIdMappings)
        {
            findings.Add(path, $"{mappings.Length} ranges are more than the {MaxIdMappings} that Linux takes");
            return;
        }
        for (int i = 0; i < mappings.Length; i++)
        {
            IdMapping mapping = mappings[i];
            if (mapping.Size == 0)
                findings.Add(new Where(path, i, "size"), "a range has one id at least");
            if ((ulong)mapping.ContainerId + mapping.Size > uint.MaxValue || (ulong)mapping.HostId + mapping.Size > uint.MaxValue)
                findings.Add(new Where(path, i), $"reaches beyond the last id, {uint.MaxValue - 1}");
            for (int j = 0; j < i; j++)
            {
                if (Overlap(mapping.ContainerId, mapping.Size, mappings[j].ContainerId, mappings[j].Size))
                    findings.Add(new Where(path, i, "containerId"), $"has ids in common with range {j}");
                if (Overlap(mapping.HostId, mapping.Size, mappings[j].HostId, mappings[j].Size))
                    findings.Add(new Where(path, i, "hostId"), $"has ids in common with range {j}");
            }
        }
    }

    private static bool Overlap(ulong first, ulong size, ulong otherFirst, ulong otherSize)
        => first < otherFirst + otherSize && otherFirst < first + size;

    private static NamespaceKinds ValidateJoined(ContainerConfiguration container, Findings findings)
    {
        if (container.JoinedNamespaces.IsEmpty)
            return NamespaceKinds.None;
        NamespaceKinds joined = NamespaceKinds.None;
        foreach ((NamespaceKinds kind, string path) in container.JoinedNamespaces)
        {
            if (!IsOneKind(kind))
            {
                findings.Add("joinedNamespaces", $"0x{(ulong)kind:x} is not one kind of namespace");
                continue;
            }
            Where where = JoinedPlace(kind);
            findings.CheckHostPath(where, path);
            if ((container.Namespaces & kind) != 0)
                findings.Add(where, "a namespace is either joined or new");
            joined |= kind;
        }
        return joined;
    }

    private static void ValidateNames(ContainerConfiguration container, NamespaceKinds own, Findings findings)
    {
        if (container.Hostname is { } hostname)
        {
            if ((own & NamespaceKinds.Uts) == 0)
                findings.Add("hostname", "a host name needs a UTS namespace of the container's own");
            if (!IsHostname(hostname))
                findings.Add(
                    "hostname",
                    $"'{hostname}' is not a host name: 1 to 64 letters, digits, '-' and '.', "
                    + "with a letter or digit at both ends of each part");
        }
        if (container.DomainName is { } domain)
        {
            if ((own & NamespaceKinds.Uts) == 0)
                findings.Add("domainName", "a domain name needs a UTS namespace of the container's own");
            if (domain.Length == 0 || Encoding.UTF8.GetByteCount(domain) > MaxNameBytes)
                findings.Add("domainName", $"'{domain}' is not a domain name: 1 to {MaxNameBytes} bytes");
            findings.CheckText("domainName", domain);
        }
    }

    private static bool IsHostname(string name)
        => name.Length is > 0 and <= MaxNameBytes
        && name.Split('.').All(label => label.Length > 0
            && char.IsAsciiLetterOrDigit(label[0]) && char.IsAsciiLetterOrDigit(label[^1])
            && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'));

    private static void ValidateOffset(string path, TimeOffset? offset, Findings findings)
    {
        if (offset is not null)
            findings.CheckRange(new Where(path).Of("nanoseconds"), offset.Nanoseconds, 0, MaxNanoseconds);
    }

    private static void ValidateSysctls(ImmutableDictionary<string, string> sysctls, Findings findings)
    {
        foreach ((string name, string value) in sysctls.OrderBy(sysctl => sysctl.Key, StringComparer.Ordinal))
        {
            Where where = Where.Key("sysctls", name);
            if (name.Length == 0 || name.Split('.', '/').Any(part => part.Length == 0) || name.AsSpan().ContainsAny('\0', '\n'))
                findings.Add(where, "is not the name of a kernel parameter: net.ipv4.ip_forward");
            findings.CheckText(where, value);
        }
    }
}
