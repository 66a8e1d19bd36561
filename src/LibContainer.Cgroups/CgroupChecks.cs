using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Cgroups;

/// <summary>Looks at this host: every limit that is asked for needs its controller. Explains; the kernel decides when the values are written.</summary>
internal static class CgroupChecks
{
    internal static IEnumerable<ConfigurationFinding> Check(ContainerConfiguration container, CgroupLayout layout)
    {
        if (container.CgroupPath is { } path && IsTop(path))
            yield return new("cgroupPath", $"'{path}' is the top of every hierarchy, and no cgroup of the container's own");
        if (container.Resources is not { } resources)
            yield break;
        foreach (ConfigurationFinding finding in Check(resources, layout))
            yield return finding;
    }

    // Whether a host runs systemd does not change while it runs: asked once.
    private static readonly Lazy<string?> WhyNoSystemd = new(() => SystemdAvailability.WhyNot(SystemdManager.OfThisProcess));

    /// <summary>Whether systemd makes the cgroup.</summary>
    internal static bool IsOfSystemd(string? path, CgroupBackend backend) => backend switch
    {
        CgroupBackend.Systemd => true,
        CgroupBackend.Auto => (path is null || IsUnit(path)) && WhyNoSystemd.Value is null,
        _ => false,
    };

    /// <summary>What is wrong with the path of a cgroup, for the one who makes it.</summary>
    internal static IEnumerable<ConfigurationFinding> CheckPath(string? path, CgroupBackend backend)
    {
        if (backend == CgroupBackend.Systemd && WhyNoSystemd.Value is { } why)
            return [new("cgroupPath", $"systemd cannot make a cgroup: {why}")];
        if (IsOfSystemd(path, backend))
            return path is null ? [] : CheckUnit(path);
        return path is not null && IsUnit(path) && backend == CgroupBackend.Auto
            ? [new("cgroupPath", $"'{path}' is slice:prefix:name, which is for systemd to make: {WhyNoSystemd.Value}")]
            : [];
    }

    private static ImmutableArray<ConfigurationFinding> CheckUnit(string path)
        => SystemdPath.Check(path) is { IsEmpty: false } findings ? findings
        : SystemdPath.From(path, isUser: false).IsSlice ? [new("cgroupPath", $"'{path}' is a slice, which is for groups of containers; a container in one of its own is not supported yet")]
        : [];

    /// <summary><c>system.slice:docker:name</c>.</summary>
    private static bool IsUnit(string path) => path.Count(letter => letter == ':') == 2 && !path.Contains('/', StringComparison.Ordinal);

    /// <summary>Nobody's own.</summary>
    internal static bool IsTop(string path) => path.Split('/').All(part => part is "" or ".");

    /// <summary>Below the top, and nowhere else: what is there may be killed and removed.</summary>
    internal static bool IsOwn(string path) => !IsTop(path) && !path.Split('/').Contains("..");

    internal static IEnumerable<ConfigurationFinding> Check(ResourceConfiguration resources, CgroupLayout layout)
    {
        ImmutableArray<CgroupDirectory> directories = CgroupDirectories.At(layout, "/x"); // what counts is which hierarchy has what
        CgroupWrite[] writes = [.. CgroupLimits.Writes(directories, resources).Where(write => !write.IsOptional)];
        if (layout.Hierarchies.IsEmpty)
            return writes.Length == 0 && resources.Devices.IsEmpty ? [] : [new("resources", "this host has no cgroups mounted, without which nothing can be limited")];
        return
        [
            .. ResourcesV1.Check(resources, controller => directories.HasInVersion1(controller)),
            .. ResourcesV2.Check(resources, controller => directories.Find(CgroupVersion.V2, controller) is not null || (controller is "net_cls" or "net_prio" && layout.IsVersion2)),
            .. writes.Select(write => write.Controller).Distinct().Where(controller => !Has(controller)).Select(controller => Absent(controller, resources, layout)),
            .. CheckDevices(resources, directories),
            .. CheckList(resources.Cpu?.Cpus, "resources.cpu.cpus", "CPU", "cpuset.cpus", layout),
            .. CheckList(resources.Cpu?.MemoryNodes, "resources.cpu.memoryNodes", "memory node", "cpuset.mems", layout),
        ];

        bool Has(string controller) => controller == CgroupLimits.Core
            ? layout.Version2 is not null
            : directories.HasInVersion1(CgroupLimits.InVersion(CgroupVersion.V1, controller)) || directories.Find(CgroupVersion.V2, CgroupLimits.InVersion(CgroupVersion.V2, controller)) is not null;
    }

    private static ConfigurationFinding Absent(string controller, ResourceConfiguration resources, CgroupLayout layout)
    {
        if (controller == CgroupLimits.Core)
            return new("resources.unified", "needs cgroup version 2, which this host does not have");
        string where = controller switch
        {
            "memory" => "resources.memory",
            "cpu" => "resources.cpu",
            "cpuset" => resources.Cpu?.Cpus is null ? "resources.cpu.memoryNodes" : "resources.cpu.cpus",
            "pids" => "resources.pidsLimit",
            "blkio" or "io" => "resources.blockIO",
            "hugetlb" => "resources.hugePageLimits",
            "net_cls" => "resources.network.classId",
            "net_prio" => "resources.network.priorities",
            "rdma" => "resources.rdma",
            _ => "resources.unified",
        };
        return new(where, $"this host has no cgroup controller {controller}; it has {string.Join(' ', layout.Hierarchies.SelectMany(hierarchy => hierarchy.Controllers).Order(StringComparer.Ordinal))}");
    }

    private static ImmutableArray<ConfigurationFinding> CheckDevices(ResourceConfiguration resources, ImmutableArray<CgroupDirectory> directories)
    {
        if (resources.Devices.IsEmpty)
            return []; // each version can keep those of a container that has no rules of its own
        if (directories.HasInVersion1("devices"))
            return DeviceStateV1.Check(DeviceRules.Of(resources.Devices, []));
        return directories.Version2() is not null ? [] : [new("resources.devices", "this host has no cgroup controller devices, and no cgroup version 2")];
    }

    /// <summary>The kernel answers EINVAL to a cpuset with what the machine does not have, without saying what that is.</summary>
    private static IEnumerable<ConfigurationFinding> CheckList(string? list, string where, string what, string file, CgroupLayout layout)
    {
        if (list is null || !CpuList.TryMask(list, out byte[] wanted))
            yield break; // the validator has said so
        CgroupHierarchy? hierarchy = layout.Find(CgroupVersion.V1, "cpuset") ?? layout.Find(CgroupVersion.V2, "cpuset");
        string? text = hierarchy is null ? null : new CgroupDirectory(hierarchy, hierarchy.MountPoint).TryRead(hierarchy.Version == CgroupVersion.V1 ? file : $"{file}.effective");
        if (text is not null && CpuList.TryMask(text, out byte[] present) && CpuList.FirstAbsent(wanted, present) is { } absent)
            yield return new(where, $"'{list}' names {what} {absent}, and this machine has {text}");
    }
}
