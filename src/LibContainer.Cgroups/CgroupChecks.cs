using System.Collections.Immutable;
using System.Globalization;
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
        if (directories.HasInVersion1("devices"))
            return DeviceStateV1.Check(DeviceRules.Of(resources.Devices, []));
        return resources.Devices.IsEmpty || directories.Version2() is not null ? [] : [new("resources.devices", "this host has no cgroup controller devices, and no cgroup version 2")];
    }

    /// <summary>The kernel answers EINVAL to a cpuset with what the machine does not have, without saying what that is.</summary>
    private static IEnumerable<ConfigurationFinding> CheckList(string? list, string where, string what, string file, CgroupLayout layout)
    {
        if (list is null || TryParse(list) is not { } wanted)
            yield break; // the validator has said so
        CgroupHierarchy? hierarchy = layout.Find(CgroupVersion.V1, "cpuset") ?? layout.Find(CgroupVersion.V2, "cpuset");
        string? text = hierarchy is null ? null : new CgroupDirectory(hierarchy, hierarchy.MountPoint).TryRead(hierarchy.Version == CgroupVersion.V1 ? file : $"{file}.effective");
        if (text is null || TryParse(text) is not { } present)
            yield break;
        int[] absent = [.. wanted.Where(number => !present.Contains(number)).Take(1)];
        if (absent.Length > 0)
            yield return new(where, $"'{list}' names {what} {absent[0]}, and this machine has {text}");
    }

    /// <summary><c>0-2,7</c>. Null: it is no such list. Source: cpuset(7), "List format".</summary>
    internal static SortedSet<int>? TryParse(string list)
    {
        const int Most = 1 << 16;
        SortedSet<int> numbers = [];
        foreach (string range in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || last < first || last >= Most)
                return null;
            for (int number = first; number <= last; number++)
                numbers.Add(number);
        }
        return numbers;

        static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
