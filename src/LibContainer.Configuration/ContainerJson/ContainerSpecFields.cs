using System.Collections.Immutable;
using System.Text.Json;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>A member of an object in <c>container.json</c>: how it is read, and how it is written.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Read">Returns the object with the member set. The reader stands on the value, which is not null.</param>
/// <param name="Write">Writes key and value, or nothing when the value is Go's zero value. Null: read only, of the form of July.</param>
internal sealed record Field<T>(string Name, FieldReader<T> Read, Action<GoJsonWriter, string, T>? Write);

internal delegate T FieldReader<T>(ref SpecJsonReader reader, T target);

/// <summary>Every member of 2014, in the order in which Go wrote it. Reading and writing go by these lists, so that there is one truth.</summary>
internal static class ContainerSpecFields
{
    internal static Field<ContainerSpec>[] Container { get; } =
    [
        Text<ContainerSpec>("hostname", spec => spec.Hostname, (spec, value) => spec with { Hostname = value }),
        Flag<ContainerSpec>("readonly_fs", spec => spec.ReadOnlyFileSystem, (spec, value) => spec with { ReadOnlyFileSystem = value }),
        Flag<ContainerSpec>("no_pivot_root", spec => spec.NoPivotRoot, (spec, value) => spec with { NoPivotRoot = value }),
        Text<ContainerSpec>("user", spec => spec.User, (spec, value) => spec with { User = value }),
        Text<ContainerSpec>("working_dir", spec => spec.WorkingDirectory, (spec, value) => spec with { WorkingDirectory = value }),
        Texts<ContainerSpec>("environment", spec => spec.Environment, (spec, value) => spec with { Environment = value }),
        Flag<ContainerSpec>("tty", spec => spec.Tty, (spec, value) => spec with { Tty = value }),
        new("namespaces", (ref reader, spec) => spec with { Namespaces = reader.Map(spec.Namespaces, (ref inner) => inner.Boolean()) },
            (writer, name, spec) => writer.Map(name, spec.Namespaces, static (inner, value) => inner.Boolean(value))),
        Texts<ContainerSpec>("capabilities", spec => spec.Capabilities, (spec, value) => spec with { Capabilities = value }),
        Objects<ContainerSpec, NetworkSpec>("networks", () => Network!, spec => spec.Networks, (spec, value) => spec with { Networks = value }),
        Objects<ContainerSpec, RouteSpec>("routes", () => Route!, spec => spec.Routes, (spec, value) => spec with { Routes = value }),
        new("cgroups", (ref reader, spec) => spec with { Cgroups = reader.Object(spec.Cgroups ?? new CgroupSpec(), Cgroup!) },
            (writer, name, spec) =>
            {
                if (spec.Cgroups is { } cgroups)
                    writer.Object(name, cgroups, Cgroup!);
            }),
        Map<ContainerSpec>("context", spec => spec.Context, (spec, value) => spec with { Context = value }),
        Objects<ContainerSpec, MountSpec>("mounts", () => Mount!, spec => spec.Mounts, (spec, value) => spec with { Mounts = value }),
        Objects<ContainerSpec, DeviceSpec>("device_nodes", () => Device!, spec => spec.DeviceNodes, (spec, value) => spec with { DeviceNodes = value }),

        // July 2014: read into the members above.
        InContext("apparmor_profile"),
        InContext("process_label"),
        new("restrict_sys", (ref reader, spec) => reader.Boolean() ? WithContext(spec, "restrictions", "true") : spec, null),
        new("mount_config", (ref reader, spec) => reader.Object(spec, JulyMount!), null),
    ];

    private static readonly Field<ContainerSpec>[] JulyMount =
    [
        .. Container.Where(field => field.Name is "no_pivot_root" or "readonly_fs" or "mounts" or "device_nodes"),
        InContext("mount_label"),
    ];

    private static readonly Field<NetworkSpec>[] Network =
    [
        Text<NetworkSpec>("type", network => network.Type, (network, value) => network with { Type = value }),
        Map<NetworkSpec>("context", network => network.Context, (network, value) => network with { Context = value }),
        Text<NetworkSpec>("address", network => network.Address, (network, value) => network with { Address = value }),
        Text<NetworkSpec>("gateway", network => network.Gateway, (network, value) => network with { Gateway = value }),
        Number<NetworkSpec>("mtu", network => network.Mtu, (network, value) => network with { Mtu = value }),

        // July 2014.
        new("bridge", (ref reader, network) => network with { Context = network.Context.SetItem("bridge", reader.Text()) }, null),
        new("veth_prefix", (ref reader, network) => network with { Context = network.Context.SetItem("prefix", reader.Text()) }, null),
        new("ns_path", (ref reader, network) => network with { Context = network.Context.SetItem("nspath", reader.Text()) }, null),
    ];

    private static readonly Field<RouteSpec>[] Route =
    [
        Text<RouteSpec>("destination", route => route.Destination, (route, value) => route with { Destination = value }),
        Text<RouteSpec>("source", route => route.Source, (route, value) => route with { Source = value }),
        Text<RouteSpec>("gateway", route => route.Gateway, (route, value) => route with { Gateway = value }),
        Text<RouteSpec>("interface_name", route => route.InterfaceName, (route, value) => route with { InterfaceName = value }),
    ];

    private static readonly Field<CgroupSpec>[] Cgroup =
    [
        Text<CgroupSpec>("name", cgroup => cgroup.Name, (cgroup, value) => cgroup with { Name = value }),
        Text<CgroupSpec>("parent", cgroup => cgroup.Parent, (cgroup, value) => cgroup with { Parent = value }),
        Flag<CgroupSpec>("allow_all_devices", cgroup => cgroup.AllowAllDevices, (cgroup, value) => cgroup with { AllowAllDevices = value }),
        Objects<CgroupSpec, DeviceSpec>("allowed_devices", () => Device!, cgroup => cgroup.AllowedDevices, (cgroup, value) => cgroup with { AllowedDevices = value }),
        Number<CgroupSpec>("memory", cgroup => cgroup.Memory, (cgroup, value) => cgroup with { Memory = value }),
        Number<CgroupSpec>("memory_reservation", cgroup => cgroup.MemoryReservation, (cgroup, value) => cgroup with { MemoryReservation = value }),
        Number<CgroupSpec>("memory_swap", cgroup => cgroup.MemorySwap, (cgroup, value) => cgroup with { MemorySwap = value }),
        Number<CgroupSpec>("cpu_shares", cgroup => cgroup.CpuShares, (cgroup, value) => cgroup with { CpuShares = value }),
        Number<CgroupSpec>("cpu_quota", cgroup => cgroup.CpuQuota, (cgroup, value) => cgroup with { CpuQuota = value }),
        Number<CgroupSpec>("cpu_period", cgroup => cgroup.CpuPeriod, (cgroup, value) => cgroup with { CpuPeriod = value }),
        Text<CgroupSpec>("cpuset_cpus", cgroup => cgroup.CpusetCpus, (cgroup, value) => cgroup with { CpusetCpus = value }),
        Text<CgroupSpec>("freezer", cgroup => cgroup.Freezer, (cgroup, value) => cgroup with { Freezer = value }),
        Text<CgroupSpec>("slice", cgroup => cgroup.Slice, (cgroup, value) => cgroup with { Slice = value }),
    ];

    private static readonly Field<MountSpec>[] Mount =
    [
        Text<MountSpec>("type", mount => mount.Type, (mount, value) => mount with { Type = value }),
        Text<MountSpec>("source", mount => mount.Source, (mount, value) => mount with { Source = value }),
        Text<MountSpec>("destination", mount => mount.Destination, (mount, value) => mount with { Destination = value }),
        Flag<MountSpec>("writable", mount => mount.Writable, (mount, value) => mount with { Writable = value }),
        Flag<MountSpec>("private", mount => mount.Private, (mount, value) => mount with { Private = value }),
    ];

    private static readonly Field<DeviceSpec>[] Device =
    [
        new("type", (ref reader, device) => device with { Type = (int)reader.Integer(int.MinValue, int.MaxValue) }, (writer, name, device) => writer.Integer(name, device.Type)),
        Text<DeviceSpec>("path", device => device.Path, (device, value) => device with { Path = value }),
        Number<DeviceSpec>("major_number", device => device.MajorNumber, (device, value) => device with { MajorNumber = value }),
        Number<DeviceSpec>("minor_number", device => device.MinorNumber, (device, value) => device with { MinorNumber = value }),
        Text<DeviceSpec>("cgroup_permissions", device => device.CgroupPermissions, (device, value) => device with { CgroupPermissions = value }),
        new("file_mode", (ref reader, device) => device with { FileMode = (uint)reader.Integer(0, uint.MaxValue) }, (writer, name, device) => writer.Integer(name, device.FileMode)),
    ];

    private static Field<T> Text<T>(string name, Func<T, string> get, Func<T, string, T> set)
        => new(name, (ref reader, target) => set(target, reader.Text()), (writer, key, target) => writer.Text(key, get(target)));

    private static Field<T> Flag<T>(string name, Func<T, bool> get, Func<T, bool, T> set)
        => new(name, (ref reader, target) => set(target, reader.Boolean()), (writer, key, target) => writer.Flag(key, get(target)));

    private static Field<T> Number<T>(string name, Func<T, long> get, Func<T, long, T> set)
        => new(name, (ref reader, target) => set(target, reader.Integer(long.MinValue, long.MaxValue)), (writer, key, target) => writer.Integer(key, get(target)));

    private static Field<T> Texts<T>(string name, Func<T, ImmutableArray<string>> get, Func<T, ImmutableArray<string>, T> set)
        => new(name, (ref reader, target) => set(target, reader.List((ref inner) => inner.Text(), "")), (writer, key, target) => writer.List(key, get(target), static (inner, value) => inner.Value(value)));

    private static Field<T> Map<T>(string name, Func<T, ImmutableSortedDictionary<string, string>> get, Func<T, ImmutableSortedDictionary<string, string>, T> set)
        => new(name, (ref reader, target) => set(target, reader.Map(get(target), (ref inner) => inner.Text())), (writer, key, target) => writer.Map(key, get(target), static (inner, value) => inner.Value(value)));

    /// <param name="name">Key.</param>
    /// <param name="fields">Of an element; a function, because the lists refer to each other while they are made.</param>
    /// <param name="get">Reads the list.</param>
    /// <param name="set">Replaces it.</param>
    private static Field<T> Objects<T, TElement>(string name, Func<Field<TElement>[]> fields, Func<T, ImmutableArray<TElement>> get, Func<T, ImmutableArray<TElement>, T> set)
        where TElement : class, new()
        => new(
            name,
            (ref reader, target) => set(target, reader.List((ref inner) => inner.Object(new TElement(), fields()), new TElement())),
            (writer, key, target) => writer.List(key, get(target), (inner, element) => inner.Object(element, fields())));

    private static Field<ContainerSpec> InContext(string key) => new(key, (ref reader, spec) => WithContext(spec, key, reader.Text()), null);

    private static ContainerSpec WithContext(ContainerSpec spec, string key, string value) => spec with { Context = spec.Context.SetItem(key, value) };
}
