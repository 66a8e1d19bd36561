using System.Collections.Immutable;

namespace LibContainer.Configuration.ContainerJson;

/// <summary><c>container.json</c> as libcontainer had it in June 2014, member for member. Immutable.</summary>
/// <remarks>
/// Zero values (empty text, 0, false, empty list) mean "not given" and are not written, as in Go. What July 2014 wrote in other members is read into these; see
/// <see cref="ContainerSpecReader"/>.
/// </remarks>
public sealed record ContainerSpec
{
    /// <summary><c>hostname</c>: name set inside; empty: not set.</summary>
    public string Hostname { get; init; } = "";

    /// <summary><c>readonly_fs</c>: the root is read-only once it is the root.</summary>
    public bool ReadOnlyFileSystem { get; init; }

    /// <summary><c>no_pivot_root</c>: MS_MOVE and chroot in place of pivot_root, for a root on an initramfs.</summary>
    public bool NoPivotRoot { get; init; }

    /// <summary><c>user</c>: <c>name</c>, <c>uid</c>, <c>name:group</c>, <c>uid:gid</c>.</summary>
    public string User { get; init; } = "";

    /// <summary><c>working_dir</c>: directory of the process; empty: the root.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary><c>environment</c>: the whole of it, each entry <c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>tty</c>: a terminal of the container's own.</summary>
    public bool Tty { get; init; }

    /// <summary><c>namespaces</c>: by name (<c>NEWNS</c>, <c>NEWPID</c>, …), whether the container has its own.</summary>
    public ImmutableSortedDictionary<string, bool> Namespaces { get; init; } = Maps.Empty<bool>();

    /// <summary><c>capabilities</c>: those that are kept, without <c>CAP_</c>.</summary>
    public ImmutableArray<string> Capabilities { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>networks</c>, in order.</summary>
    public ImmutableArray<NetworkSpec> Networks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>routes</c>, in order, after the networks.</summary>
    public ImmutableArray<RouteSpec> Routes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>cgroups</c>; null: no cgroup at all.</summary>
    public CgroupSpec? Cgroups { get; init; }

    /// <summary><c>context</c>: <c>apparmor_profile</c>, <c>process_label</c>, <c>mount_label</c>, <c>restrictions</c>.</summary>
    public ImmutableSortedDictionary<string, string> Context { get; init; } = Maps.Empty<string>();

    /// <summary><c>mounts</c>, in order.</summary>
    public ImmutableArray<MountSpec> Mounts { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>device_nodes</c>: made in the root.</summary>
    public ImmutableArray<DeviceSpec> DeviceNodes { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>An entry of <c>networks</c>.</summary>
public sealed record NetworkSpec
{
    /// <summary><c>type</c>: <c>loopback</c>, <c>veth</c>, <c>netns</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary><c>context</c>: <c>bridge</c> and <c>prefix</c> of veth, <c>nspath</c> of netns.</summary>
    public ImmutableSortedDictionary<string, string> Context { get; init; } = Maps.Empty<string>();

    /// <summary><c>address</c>, with prefix length.</summary>
    public string Address { get; init; } = "";

    /// <summary><c>gateway</c>: the default route.</summary>
    public string Gateway { get; init; } = "";

    /// <summary><c>mtu</c> in bytes; 0: the kernel's.</summary>
    public long Mtu { get; init; }
}

/// <summary>An entry of <c>routes</c>.</summary>
public sealed record RouteSpec
{
    /// <summary><c>destination</c>, with prefix length.</summary>
    public string Destination { get; init; } = "";

    /// <summary><c>source</c>, with prefix length.</summary>
    public string Source { get; init; } = "";

    /// <summary><c>gateway</c>.</summary>
    public string Gateway { get; init; } = "";

    /// <summary><c>interface_name</c> in the container.</summary>
    public string InterfaceName { get; init; } = "";
}

/// <summary>The member <c>cgroups</c>.</summary>
public sealed record CgroupSpec
{
    /// <summary><c>name</c> of the leaf.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>parent</c> path.</summary>
    public string Parent { get; init; } = "";

    /// <summary><c>allow_all_devices</c>: the device list is left alone.</summary>
    public bool AllowAllDevices { get; init; }

    /// <summary><c>allowed_devices</c>.</summary>
    public ImmutableArray<DeviceSpec> AllowedDevices { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>memory</c>: hard limit in bytes.</summary>
    public long Memory { get; init; }

    /// <summary><c>memory_reservation</c>: soft limit in bytes.</summary>
    public long MemoryReservation { get; init; }

    /// <summary><c>memory_swap</c>: memory and swap in bytes; -1: no limit, 0: twice <see cref="Memory"/>.</summary>
    public long MemorySwap { get; init; }

    /// <summary><c>cpu_shares</c>: relative weight.</summary>
    public long CpuShares { get; init; }

    /// <summary><c>cpu_quota</c> in microseconds per period.</summary>
    public long CpuQuota { get; init; }

    /// <summary><c>cpu_period</c> in microseconds.</summary>
    public long CpuPeriod { get; init; }

    /// <summary><c>cpuset_cpus</c>: <c>0-2,4</c>.</summary>
    public string CpusetCpus { get; init; } = "";

    /// <summary><c>freezer</c>: empty, <c>FROZEN</c>, <c>THAWED</c>.</summary>
    public string Freezer { get; init; } = "";

    /// <summary><c>slice</c> of systemd.</summary>
    public string Slice { get; init; } = "";
}

/// <summary>An entry of <c>mounts</c>.</summary>
public sealed record MountSpec
{
    /// <summary><c>type</c>: only <c>bind</c> has an effect.</summary>
    public string Type { get; init; } = "";

    /// <summary><c>source</c> on the host.</summary>
    public string Source { get; init; } = "";

    /// <summary><c>destination</c> in the container.</summary>
    public string Destination { get; init; } = "";

    /// <summary><c>writable</c>; read-only otherwise.</summary>
    public bool Writable { get; init; }

    /// <summary><c>private</c>: does not propagate.</summary>
    public bool Private { get; init; }
}

/// <summary>An entry of <c>device_nodes</c> or <c>allowed_devices</c>.</summary>
public sealed record DeviceSpec
{
    /// <summary><c>type</c>: code of a character, 99 <c>c</c> or 98 <c>b</c>.</summary>
    public int Type { get; init; }

    /// <summary><c>path</c>; may be empty in a list of allowed ones.</summary>
    public string Path { get; init; } = "";

    /// <summary><c>major_number</c>; -1: any.</summary>
    public long MajorNumber { get; init; }

    /// <summary><c>minor_number</c>; -1: any.</summary>
    public long MinorNumber { get; init; }

    /// <summary><c>cgroup_permissions</c>: of <c>r</c>, <c>w</c>, <c>m</c>.</summary>
    public string CgroupPermissions { get; init; } = "";

    /// <summary><c>file_mode</c>: permission bits; of a device found on the host also its type bits.</summary>
    public uint FileMode { get; init; }
}

/// <summary>Maps whose keys are written in the order of their bytes, as Go does.</summary>
internal static class Maps
{
    internal static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(Utf8Order.Instance);

    /// <summary>UTF-16 order and UTF-8 order differ beyond the basic plane.</summary>
    private sealed class Utf8Order : IComparer<string>
    {
        internal static Utf8Order Instance { get; } = new();

        public int Compare(string? left, string? right)
            => System.Text.Encoding.UTF8.GetBytes(left ?? "").AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right ?? ""));
    }
}
