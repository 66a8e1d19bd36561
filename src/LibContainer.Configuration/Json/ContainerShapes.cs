using static LibContainer.Configuration.Json.Shapes;

namespace LibContainer.Configuration.Json;

/// <summary>What a container is.</summary>
internal static class ContainerShapes
{
    internal static ChoiceShape<RootFileSystem> Root { get; } = new ChoiceShape<RootFileSystem>()
        .Choice("directory", Record(new DirectoryRoot(""))
            .Required("path", Text, it => it.Path, (it, value) => it with { Path = value }))
        .Choice("hostUserland", Record(new HostUserlandRoot()));

    internal static ObjectShape<IdMapping> IdMapping { get; } = Record(new IdMapping(0, 0, 0))
        .Required("containerId", UInt, it => it.ContainerId, (it, value) => it with { ContainerId = value })
        .Required("hostId", UInt, it => it.HostId, (it, value) => it with { HostId = value })
        .Required("size", UInt, it => it.Size, (it, value) => it with { Size = value });

    internal static ObjectShape<MountIdMap> IdMap { get; } = Record(new MountIdMap())
        .Member("userIds", List(IdMapping), it => it.UserIds, (it, value) => it with { UserIds = value })
        .Member("groupIds", List(IdMapping), it => it.GroupIds, (it, value) => it with { GroupIds = value })
        .Member("isRecursive", Bool, it => it.IsRecursive, (it, value) => it with { IsRecursive = value });

    internal static ObjectShape<MountConfiguration> Mount { get; } = Record(new MountConfiguration("", "", ""))
        .Required("destination", Text, it => it.Destination, (it, value) => it with { Destination = value })
        .Required("type", Text, it => it.Type, (it, value) => it with { Type = value })
        .Required("source", Text, it => it.Source, (it, value) => it with { Source = value })
        .Member("options", Flags<MountOptions>(), it => it.Options, (it, value) => it with { Options = value })
        .Member("data", Text, it => it.Data, (it, value) => it with { Data = value })
        .Member("clearedOptions", Flags<MountOptions>(), it => it.ClearedOptions, (it, value) => it with { ClearedOptions = value })
        .Member("recursiveOptions", Flags<MountOptions>(), it => it.RecursiveOptions, (it, value) => it with { RecursiveOptions = value })
        .Member(
            "clearedRecursiveOptions", Flags<MountOptions>(),
            it => it.ClearedRecursiveOptions, (it, value) => it with { ClearedRecursiveOptions = value })
        .Member("propagation", List(Name<MountPropagation>()), it => it.Propagation, (it, value) => it with { Propagation = value })
        .Member("idMap", OrNull(IdMap), it => it.IdMap, (it, value) => it with { IdMap = value });

    internal static ObjectShape<DeviceNode> Device { get; } = Record(new DeviceNode("", default, 0, 0))
        .Required("path", Text, it => it.Path, (it, value) => it with { Path = value })
        .Required("type", Name<DeviceType>(), it => it.Type, (it, value) => it with { Type = value })
        .Required("major", Int, it => it.Major, (it, value) => it with { Major = value })
        .Required("minor", Int, it => it.Minor, (it, value) => it with { Minor = value })
        .Member("mode", Int, it => it.Mode, (it, value) => it with { Mode = value })
        .Member("userId", Int, it => it.UserId, (it, value) => it with { UserId = value })
        .Member("groupId", Int, it => it.GroupId, (it, value) => it with { GroupId = value });

    internal static ObjectShape<TimeOffset> TimeOffset { get; } = Record(new TimeOffset(0))
        .Required("seconds", Long, it => it.Seconds, (it, value) => it with { Seconds = value })
        .Member("nanoseconds", Int, it => it.Nanoseconds, (it, value) => it with { Nanoseconds = value });

    internal static ObjectShape<HookConfiguration> Hook { get; } = Record(new HookConfiguration { Path = "" })
        .Required("path", Text, it => it.Path, (it, value) => it with { Path = value })
        .Member("arguments", Texts, it => it.Arguments, (it, value) => it with { Arguments = value })
        .Member("environment", Texts, it => it.Environment, (it, value) => it with { Environment = value })
        .Member("timeoutSeconds", IntOrNull, it => it.TimeoutSeconds, (it, value) => it with { TimeoutSeconds = value });

    internal static ObjectShape<LifecycleHooks> Hooks { get; } = Record(new LifecycleHooks())
        .Member("prestart", List(Hook), it => it.Prestart, (it, value) => it with { Prestart = value })
        .Member("createRuntime", List(Hook), it => it.CreateRuntime, (it, value) => it with { CreateRuntime = value })
        .Member("createContainer", List(Hook), it => it.CreateContainer, (it, value) => it with { CreateContainer = value })
        .Member("startContainer", List(Hook), it => it.StartContainer, (it, value) => it with { StartContainer = value })
        .Member("poststart", List(Hook), it => it.Poststart, (it, value) => it with { Poststart = value })
        .Member("poststop", List(Hook), it => it.Poststop, (it, value) => it with { Poststop = value });

    internal static MapShape<NamespaceKinds, string> JoinedNamespaces { get; } = new(new EnumKeyShape<NamespaceKinds>(), Text);

    internal static ObjectShape<ContainerConfiguration> Container { get; } =
        Record(new ContainerConfiguration { Root = RootFileSystem.HostUserland() })
            .Required("root", Root, it => it.Root, (it, value) => it with { Root = value })
            .Member("readOnlyRoot", Bool, it => it.ReadOnlyRoot, (it, value) => it with { ReadOnlyRoot = value })
            .Member("rootSwitch", Name<RootSwitch>(), it => it.RootSwitch, (it, value) => it with { RootSwitch = value })
            .Member("mountLabel", TextOrNull, it => it.MountLabel, (it, value) => it with { MountLabel = value })
            .Member(
                "rootPropagation", OrNull(Name<MountPropagation>()),
                it => it.RootPropagation, (it, value) => it with { RootPropagation = value })
            .Member("namespaces", Flags<NamespaceKinds>(), it => it.Namespaces, (it, value) => it with { Namespaces = value })
            .Member("joinedNamespaces", JoinedNamespaces, it => it.JoinedNamespaces, (it, value) => it with { JoinedNamespaces = value })
            .Member("userIdMappings", List(IdMapping), it => it.UserIdMappings, (it, value) => it with { UserIdMappings = value })
            .Member("groupIdMappings", List(IdMapping), it => it.GroupIdMappings, (it, value) => it with { GroupIdMappings = value })
            .Member("monotonicOffset", OrNull(TimeOffset), it => it.MonotonicOffset, (it, value) => it with { MonotonicOffset = value })
            .Member("boottimeOffset", OrNull(TimeOffset), it => it.BoottimeOffset, (it, value) => it with { BoottimeOffset = value })
            .Member("initProcess", Bool, it => it.InitProcess, (it, value) => it with { InitProcess = value })
            .Member("hostname", TextOrNull, it => it.Hostname, (it, value) => it with { Hostname = value })
            .Member("domainName", TextOrNull, it => it.DomainName, (it, value) => it with { DomainName = value })
            .Member("mounts", List(Mount), it => it.Mounts, (it, value) => it with { Mounts = value })
            .Member("devices", List(Device), it => it.Devices, (it, value) => it with { Devices = value })
            .Member("maskedPaths", Texts, it => it.MaskedPaths, (it, value) => it with { MaskedPaths = value })
            .Member("readOnlyPaths", Texts, it => it.ReadOnlyPaths, (it, value) => it with { ReadOnlyPaths = value })
            .Member("networks", List(NetworkShapes.Network), it => it.Networks, (it, value) => it with { Networks = value })
            .Member("routes", List(NetworkShapes.Route), it => it.Routes, (it, value) => it with { Routes = value })
            .Member("networkDevices", TextMap, it => it.NetworkDevices, (it, value) => it with { NetworkDevices = value })
            .Member("nameResolution", new OptionalShape<NameResolutionConfiguration>(NetworkShapes.NameResolution), it => it.NameResolution, (it, value) => it with { NameResolution = value })
            .Member("sysctls", TextMap, it => it.Sysctls, (it, value) => it with { Sysctls = value })
            .Member("cgroupPath", TextOrNull, it => it.CgroupPath, (it, value) => it with { CgroupPath = value })
            .Member("resources", OrNull(ResourceShapes.Resources), it => it.Resources, (it, value) => it with { Resources = value })
            .Member("intelRdt", OrNull(ResourceShapes.IntelRdt), it => it.IntelRdt, (it, value) => it with { IntelRdt = value })
            .Member(
                "memoryPolicy", OrNull(ResourceShapes.MemoryPolicy),
                it => it.MemoryPolicy, (it, value) => it with { MemoryPolicy = value })
            .Member("seccomp", OrNull(SeccompShapes.Seccomp), it => it.Seccomp, (it, value) => it with { Seccomp = value })
            .Member("personality", OrNull(Name<PersonalityDomain>()), it => it.Personality, (it, value) => it with { Personality = value })
            .Member("hooks", OrNull(Hooks), it => it.Hooks, (it, value) => it with { Hooks = value })
            .Member("annotations", TextMap, it => it.Annotations, (it, value) => it with { Annotations = value });
}
