using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Cgroups;

/// <summary>Sets what a container may use, in whichever version of cgroups each controller is.</summary>
internal static class CgroupLimits
{
    /// <summary>What every cgroup of version 2 has, and <see cref="ResourceConfiguration.Unified"/> may name: cgroup.max.depth.</summary>
    internal const string Core = "cgroup";

    private static readonly TimeSpan FreezeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The name of a controller in the other version.</summary>
    internal static string InVersion(CgroupVersion version, string controller) => (version, controller) switch
    {
        (CgroupVersion.V1, "io") => "blkio",
        (CgroupVersion.V2, "blkio") => "io",
        _ => controller,
    };

    /// <summary>The writes for a host, in their order. Those for controllers that it does not have are among them.</summary>
    /// <param name="directories">The container's cgroups.</param>
    /// <param name="resources">The limits.</param>
    /// <param name="presentMemoryAndSwap">As of <see cref="ResourcesV1.Writes"/>.</param>
    internal static IEnumerable<CgroupWrite> Writes(IReadOnlyList<CgroupDirectory> directories, ResourceConfiguration resources, long presentMemoryAndSwap = long.MaxValue)
    {
        bool isVersion1 = directories.Any(directory => directory.Hierarchy.Version == CgroupVersion.V1 && !directory.Hierarchy.Controllers.IsEmpty);
        return
        [
            .. ResourcesV1.Writes(resources, presentMemoryAndSwap).Where(write => Has(CgroupVersion.V1, write.Controller) || (isVersion1 && !Has(CgroupVersion.V2, write.Controller))),
            .. ResourcesV2.Writes(resources).Where(write => Has(CgroupVersion.V2, write.Controller) || (!Has(CgroupVersion.V1, write.Controller) && (!isVersion1 || resources.Unified.ContainsKey(write.File)))),
        ];

        bool Has(CgroupVersion version, string controller) => Find(directories, version, InVersion(version, controller)) is not null;
    }

    /// <summary>The controllers of version 2 that the limits need.</summary>
    internal static IReadOnlyCollection<string> NeededOfVersion2(IReadOnlyList<CgroupDirectory> directories, ResourceConfiguration resources)
        => [.. Writes(directories, resources).Where(write => !write.IsOptional && write.Controller != Core && directories.Find(CgroupVersion.V2, write.Controller) is not null).Select(write => write.Controller).Distinct()];

    /// <summary>Sets the limits of a new cgroup that nobody is in.</summary>
    /// <param name="directories">The container's cgroups.</param>
    /// <param name="resources">The limits.</param>
    /// <param name="devices">The devices. Null: all.</param>
    /// <exception cref="CgroupException">A controller or file is missing, or the kernel refuses a value.</exception>
    internal static void Apply(IReadOnlyList<CgroupDirectory> directories, ResourceConfiguration resources, DeviceRules? devices)
    {
        CgroupWrites.Apply(Writes(directories, resources), controller => Find(directories, controller));
        if (devices is null)
            return;
        if (directories.Find(CgroupVersion.V1, "devices") is { } version1)
            CgroupWrites.Apply(DeviceStateV1.From(devices).From(null).Writes, version1);
        else if (directories.Version2() is { } version2)
            DeviceFilter.Attach(version2, devices);
    }

    /// <summary>Changes limits of a container that runs. All of them, or, when the kernel refuses one, none.</summary>
    /// <param name="directories">The container's cgroups.</param>
    /// <param name="resources">The new limits; what is null or empty stays.</param>
    /// <param name="devices">The new devices. Null: they stay.</param>
    /// <param name="agree">Has another manager of the cgroup told, who may write values of its own at that: so all is written once more. Null: there is none.</param>
    /// <exception cref="ConfigurationException">More is in use than a new limit allows, and <see cref="MemoryResources.CheckBeforeUpdate"/> is set.</exception>
    /// <exception cref="CgroupException">A controller or file is missing, or the kernel refuses a value. The others are as they were.</exception>
    internal static void Update(IReadOnlyList<CgroupDirectory> directories, ResourceConfiguration resources, DeviceRules? devices, Action? agree = null)
    {
        CgroupDirectory? memory = directories.Find(CgroupVersion.V1, "memory");
        if (resources.Memory is { CheckBeforeUpdate: true } limits && (memory ?? directories.Find(CgroupVersion.V2, "memory")) is { } used
            && Number(used.TryRead(memory is null ? "memory.current" : "memory.usage_in_bytes")) is { } bytes && ResourceConversions.CheckUse(limits, bytes) is { } finding)
            throw new ConfigurationException([finding]);

        CgroupUndo undo = new();
        try
        {
            Write(undo.Remember);
            if (devices is not null)
                UpdateDevices(directories, devices);
            if (agree is null)
                return;
            agree();
            Write(null);
        }
        catch (Exception error) when (error is CgroupException or ConfigurationException)
        {
            undo.Run(error);
            throw;
        }

        void Write(Action<CgroupDirectory, CgroupWrite>? before) => CgroupWrites.Apply(
            Writes(directories, resources, Number(memory?.TryRead("memory.memsw.limit_in_bytes")) ?? long.MaxValue), controller => Find(directories, controller), before);
    }

    /// <summary>Last of all, since only the kernel knows the old rules whole: they hold until the new ones do.</summary>
    private static void UpdateDevices(IReadOnlyList<CgroupDirectory> directories, DeviceRules devices)
    {
        if (directories.Find(CgroupVersion.V1, "devices") is not { } version1)
        {
            if (directories.Version2() is { } version2)
                DeviceFilter.Replace(version2, devices);
            return;
        }
        DeviceStateV1 wanted = DeviceStateV1.From(devices);
        DeviceStateV1? present = DeviceStateV1.Parse(version1.Read("devices.list"));
        DeviceTransition transition = wanted.From(present);
        CgroupFreezer? freezer = transition.IsTight ? null : CgroupFreezer.Find(directories);
        bool wasFrozen = freezer?.IsFrozen == true;
        if (!wasFrozen)
            freezer?.Freeze(FreezeTimeout); // between the first write and the last one everything is allowed
        try
        {
            CgroupWrites.Apply(transition.Writes, version1);
        }
        catch (CgroupException) when (present is not null)
        {
            CgroupWrites.Apply(present.From(DeviceStateV1.Parse(version1.Read("devices.list"))).Writes, version1);
            throw;
        }
        finally
        {
            if (!wasFrozen)
                freezer?.Thaw();
        }
    }

    private static CgroupDirectory? Find(IReadOnlyList<CgroupDirectory> directories, string controller)
        => Find(directories, CgroupVersion.V1, controller) ?? Find(directories, CgroupVersion.V2, controller);

    private static CgroupDirectory? Find(IReadOnlyList<CgroupDirectory> directories, CgroupVersion version, string controller)
        => version == CgroupVersion.V2 && controller == Core ? directories.Version2() : directories.Find(version, controller);

    private static long? Number(string? text) => long.TryParse(text, out long number) ? number : null;
}
