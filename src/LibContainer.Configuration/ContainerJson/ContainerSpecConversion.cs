using System.Collections.Immutable;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>A container of 2014 as one of today.</summary>
/// <param name="Container">What it is.</param>
/// <param name="Process">What runs in it.</param>
public sealed record ConvertedContainer(ContainerConfiguration Container, ProcessConfiguration Process);

/// <summary>Turns <see cref="ContainerSpec"/> into the one model.</summary>
/// <remarks>
/// Where 2014 was silent this is, too: unknown namespaces and mounts that are not binds have no effect, and there is no no_new_privs. Where it was unsafe this is not: the
/// inheritable set is empty, and an unknown capability is an error.
/// </remarks>
public static class ContainerSpecConversion
{
    private static NamespaceKinds Namespace(string name) => name switch
    {
        "NEWNS" => NamespaceKinds.Mount,
        "NEWUTS" => NamespaceKinds.Uts,
        "NEWIPC" => NamespaceKinds.Ipc,
        "NEWPID" => NamespaceKinds.Pid,
        "NEWNET" => NamespaceKinds.Network,
        _ => NamespaceKinds.None,
    };

    /// <summary>Converts a container.</summary>
    /// <param name="spec">As it was read.</param>
    /// <param name="root">Root directory: in 2014 the current one.</param>
    /// <param name="arguments">The command.</param>
    /// <param name="parseCapability">Finds a capability by its name without <c>CAP_</c>.</param>
    /// <exception cref="ConfigurationException">What is asked for is unknown, or not supported yet: all of it.</exception>
    public static ConvertedContainer Convert(ContainerSpec spec, string root, ImmutableArray<string> arguments, Func<string, CapabilitySet?> parseCapability)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(parseCapability);
        List<ConfigurationFinding> findings = [];
        if (spec.Namespaces.GetValueOrDefault("NEWUSER"))
            findings.Add(new ConfigurationFinding("namespaces.NEWUSER", "is not supported yet"));
        CapabilitySet capabilities = Capabilities(spec, parseCapability, findings);
        bool isRestricted = spec.Context.TryGetValue("restrictions", out string? restrictions) && restrictions.Length > 0; // any word, even "false"

        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.Directory(root),
            ReadOnlyRoot = spec.ReadOnlyFileSystem,
            RootSwitch = spec.NoPivotRoot ? RootSwitch.Move : RootSwitch.Pivot,
            MountLabel = Label(spec, "mount_label"),
            Namespaces = spec.Namespaces.Where(entry => entry.Value).Aggregate(NamespaceKinds.None, (kinds, entry) => kinds | Namespace(entry.Key)),
            Hostname = spec.Hostname.Length == 0 ? null : spec.Hostname,
            Mounts = [.. MountConfiguration.Defaults, .. spec.Mounts.Where(mount => mount.Type == "bind").Select(Bind)],
            Devices = Devices(spec, findings),
            CgroupPath = spec.Cgroups is { } cgroup ? CgroupSpecConversion.Path(cgroup) : null,
            Resources = spec.Cgroups is { } limits ? CgroupSpecConversion.Resources(limits, findings) : null,
            MaskedPaths = isRestricted ? ContainerConfiguration.DefaultMaskedPaths : [],
            ReadOnlyPaths = isRestricted ? ContainerConfiguration.DefaultReadOnlyPaths : [],
        };
        container = NetworkSpecConversion.Apply(container, spec, findings);
        ProcessConfiguration process = new()
        {
            Arguments = arguments,
            Environment = spec.Environment,
            WorkingDirectory = spec.WorkingDirectory.Length == 0 ? "/" : spec.WorkingDirectory,
            User = spec.User.Length == 0 ? "0" : spec.User,
            Capabilities = CapabilityConfiguration.Of(capabilities),
            NoNewPrivileges = false,
            Terminal = spec.Tty ? new TerminalConfiguration() : null,
            AppArmorProfile = Label(spec, "apparmor_profile"),
            SELinuxLabel = Label(spec, "process_label"),
        };
        return findings.Count == 0 ? new ConvertedContainer(container, process) : throw new ConfigurationException([.. findings]);
    }

    private static string? Label(ContainerSpec spec, string key) => spec.Context.TryGetValue(key, out string? label) && label.Length > 0 ? label : null;

    private static CapabilitySet Capabilities(ContainerSpec spec, Func<string, CapabilitySet?> parse, List<ConfigurationFinding> findings)
    {
        CapabilitySet set = CapabilitySet.None;
        for (int i = 0; i < spec.Capabilities.Length; i++)
        {
            if (parse(spec.Capabilities[i]) is { } capability)
                set |= capability;
            else
                findings.Add(new ConfigurationFinding($"capabilities[{i}]", $"'{spec.Capabilities[i]}' is not a capability that is known"));
        }
        return set;
    }

    private static MountConfiguration Bind(MountSpec mount)
        => new(mount.Destination, MountConfiguration.BindType, mount.Source, MountOptions.Recursive | (mount.Writable ? MountOptions.None : MountOptions.ReadOnly));

    private static ImmutableArray<DeviceNode> Devices(ContainerSpec spec, List<ConfigurationFinding> findings)
    {
        const int PermissionBits = 0xFFF; // a device that was found on a host has its type among the bits
        ImmutableArray<DeviceNode>.Builder devices = ImmutableArray.CreateBuilder<DeviceNode>();
        for (int i = 0; i < spec.DeviceNodes.Length; i++)
        {
            DeviceSpec device = spec.DeviceNodes[i];
            if (device.Type is not ('c' or 'b'))
                findings.Add(new ConfigurationFinding($"device_nodes[{i}].type", $"{device.Type} is not a type of device: 99 (c) or 98 (b)"));
            else if (device.MajorNumber is < 0 or > 0xFFF || device.MinorNumber is < 0 or > 0xFFFFF)
                findings.Add(new ConfigurationFinding($"device_nodes[{i}]", $"{device.MajorNumber}:{device.MinorNumber} is not a device number: 0 to 4095, and 0 to 1048575"));
            else
                devices.Add(new DeviceNode(
                    device.Path, device.Type == 'c' ? DeviceType.Character : DeviceType.Block, (int)device.MajorNumber, (int)device.MinorNumber, (int)device.FileMode & PermissionBits));
        }
        return devices.ToImmutable();
    }
}
