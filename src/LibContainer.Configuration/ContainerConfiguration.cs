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

    /// <summary>
    /// How mounts travel between the root and the host. Null: nothing travels. Source: the specification, config-linux.md, "Rootfs Mount
    /// Propagation".
    /// </summary>
    public MountPropagation? RootPropagation { get; init; }

    /// <summary>Namespaces of its own. What is neither here nor in <see cref="JoinedNamespaces"/> is shared with the host.</summary>
    public NamespaceKinds Namespaces { get; init; } = NamespaceKinds.Default;

    /// <summary>
    /// Namespaces that exist: one kind each, and the absolute path of its file on the host. Source: namespaces(7), setns(2).
    /// </summary>
    public ImmutableDictionary<NamespaceKinds, string> JoinedNamespaces { get; init; } = ImmutableDictionary<NamespaceKinds, string>.Empty;

    /// <summary>Users of the container and those of the host that they stand for. Needs <see cref="NamespaceKinds.User"/>.</summary>
    public ImmutableArray<IdMapping> UserIdMappings { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Groups of the container and those of the host that they stand for. Needs <see cref="NamespaceKinds.User"/>.</summary>
    public ImmutableArray<IdMapping> GroupIdMappings { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What is added to CLOCK_MONOTONIC. Null: nothing. Needs <see cref="NamespaceKinds.Time"/>.</summary>
    public TimeOffset? MonotonicOffset { get; init; }

    /// <summary>What is added to CLOCK_BOOTTIME. Null: nothing. Needs <see cref="NamespaceKinds.Time"/>.</summary>
    public TimeOffset? BoottimeOffset { get; init; }

    /// <summary>
    /// The first process is a small init of the library's own, and the program its child: it reaps processes whose parent has ended, and passes signals on, of which a first process by itself
    /// gets only those that it has a handler for. A program that is ended by a signal has the exit code 128 and its number then. Source: pid_namespaces(7).
    /// </summary>
    public bool InitProcess { get; init; }

    /// <summary>Host name inside. Null: the host's. Needs <see cref="NamespaceKinds.Uts"/>.</summary>
    public string? Hostname { get; init; }

    /// <summary>
    /// NIS domain name inside, 64 bytes at most. Null: the host's. Needs <see cref="NamespaceKinds.Uts"/>. Source: setdomainname(2).
    /// </summary>
    public string? DomainName { get; init; }

    /// <summary>Mounts, in the order in which they are made.</summary>
    public ImmutableArray<MountConfiguration> Mounts { get; init => field = value.IsDefault ? [] : value; } = MountConfiguration.Defaults;

    /// <summary>Device nodes that are made after the mounts.</summary>
    public ImmutableArray<DeviceNode> Devices { get; init => field = value.IsDefault ? [] : value; } = DeviceNode.Defaults;

    /// <summary>Paths that are hidden. One that does not exist is no error.</summary>
    public ImmutableArray<string> MaskedPaths { get; init => field = value.IsDefault ? [] : value; } = DefaultMaskedPaths;

    /// <summary>Paths that can be read but not written. One that does not exist is no error.</summary>
    public ImmutableArray<string> ReadOnlyPaths { get; init => field = value.IsDefault ? [] : value; } = DefaultReadOnlyPaths;

    /// <summary>Networks, in the order in which they are set up. Needs <see cref="NamespaceKinds.Network"/>; a container that joins such a namespace has none.</summary>
    public ImmutableArray<NetworkConfiguration> Networks { get; init => field = value.IsDefault ? [] : value; } = [LoopbackNetwork.Instance];

    /// <summary>Routes, in the order in which they are added, after all networks. Needs <see cref="NamespaceKinds.Network"/>.</summary>
    public ImmutableArray<RouteConfiguration> Routes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Devices of the host's network that move into the container: name on the host, and name inside. Needs <see
    /// cref="NamespaceKinds.Network"/>.
    /// </summary>
    public ImmutableDictionary<string, string> NetworkDevices { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How names are resolved inside: <c>/etc/resolv.conf</c>, <c>/etc/hosts</c> and <c>/etc/hostname</c> of the container's own, read-only. Null: what the root has.</summary>
    public NameResolutionConfiguration? NameResolution { get; init; }

    /// <summary>Kernel parameters of the container's namespaces: name with dots, and value. Source: sysctl(8).</summary>
    public ImmutableDictionary<string, string> Sysctls { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// The container's cgroup: absolute from the mount point of cgroups on, or relative to the cgroup that the host's process is in (version 1:
    /// below it, version 2: beside it), or for systemd <c>slice:prefix:name</c>. Null: one of the library's choice, when anything is limited.
    /// Source: the specification, config-linux.md, "Cgroups Path".
    /// </summary>
    public string? CgroupPath { get; init; }

    /// <summary>What the container may use. Null: nothing is limited.</summary>
    public ResourceConfiguration? Resources { get; init; }

    /// <summary>Cache and memory bandwidth. Null: resctrl is left alone.</summary>
    public IntelRdtConfiguration? IntelRdt { get; init; }

    /// <summary>From which NUMA nodes its memory comes. Null: as the host's process has it.</summary>
    public MemoryPolicyConfiguration? MemoryPolicy { get; init; }

    /// <summary>Which system calls it may make. Null: all.</summary>
    public SeccompConfiguration? Seccomp { get; init; }

    /// <summary>What the kernel says it is. Null: as the host's process has it.</summary>
    public PersonalityDomain? Personality { get; init; }

    /// <summary>Programs that are run beside it at points of its life. Null: none.</summary>
    public LifecycleHooks? Hooks { get; init; }

    /// <summary>
    /// What others have to say about it, by name. The container itself does not see it. Source: the specification, config.md,
    /// "Annotations".
    /// </summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What container engines hide by default: kernel memory, keys, timers, firmware, power readings (CVE-2020-8694).</summary>
    public static ImmutableArray<string> DefaultMaskedPaths { get; } =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ];

    /// <summary>What container engines make read-only by default: the writable parts of /proc that reach beyond the container.</summary>
    public static ImmutableArray<string> DefaultReadOnlyPaths { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
}
