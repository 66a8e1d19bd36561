using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>What a container is: its root, its namespaces, what is mounted and hidden in it. Immutable; change a copy by <c>with</c>.</summary>
/// <remarks>The defaults are those of a Linux container in the OCI runtime specification (config-linux.md), read-only root excepted.</remarks>
public sealed record ContainerConfiguration
{
    /// <summary>What the container sees as <c>/</c>.</summary>
    public required RootFileSystem Root { get; init; }

    /// <summary>Nothing can be written to the root itself; mounts in it keep their own setting.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>How the process leaves the host's root.</summary>
    public RootSwitch RootSwitch { get; init; }

    /// <summary>
    /// SELinux context of the files that this container's own file systems in memory hold (tmpfs, devpts): <c>user:role:type:level</c>. Null: the policy's own choice. On a kernel without
    /// SELinux it is an error.
    /// </summary>
    public string? MountLabel { get; init; }

    /// <summary>Namespaces of its own. What is not listed is shared with the host.</summary>
    public NamespaceKinds Namespaces { get; init; } = NamespaceKinds.Default;

    /// <summary>Host name inside. Null: the host's. Needs <see cref="NamespaceKinds.Uts"/>.</summary>
    public string? Hostname { get; init; }

    /// <summary>Mounts, in the order in which they are made.</summary>
    public ImmutableArray<MountConfiguration> Mounts { get; init => field = value.IsDefault ? [] : value; } = MountConfiguration.Defaults;

    /// <summary>Device nodes that are made after the mounts.</summary>
    public ImmutableArray<DeviceNode> Devices { get; init => field = value.IsDefault ? [] : value; } = DeviceNode.Defaults;

    /// <summary>Paths that are hidden. One that does not exist is no error.</summary>
    public ImmutableArray<string> MaskedPaths { get; init => field = value.IsDefault ? [] : value; } = DefaultMaskedPaths;

    /// <summary>Paths that can be read but not written. One that does not exist is no error.</summary>
    public ImmutableArray<string> ReadOnlyPaths { get; init => field = value.IsDefault ? [] : value; } = DefaultReadOnlyPaths;

    /// <summary>Networks, in the order in which they are set up. Needs <see cref="NamespaceKinds.Network"/>.</summary>
    public ImmutableArray<NetworkConfiguration> Networks { get; init => field = value.IsDefault ? [] : value; } = [LoopbackNetwork.Instance];

    /// <summary>What container engines hide by default: kernel memory, keys, timers, firmware, power readings (CVE-2020-8694).</summary>
    public static ImmutableArray<string> DefaultMaskedPaths { get; } =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ];

    /// <summary>What container engines make read-only by default: the writable parts of /proc that reach beyond the container.</summary>
    public static ImmutableArray<string> DefaultReadOnlyPaths { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
}
