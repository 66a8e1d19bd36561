using LibContainer.Configuration;

namespace LibContainer.Cgroups;

/// <summary>A container's cgroup as a unit of systemd.</summary>
/// <param name="manager">Whose unit it is.</param>
/// <param name="path">Its name and slice.</param>
/// <param name="version">Of the hierarchies that it is limited in.</param>
internal sealed class SystemdUnit(SystemdManager manager, SystemdPath path, CgroupVersion version)
{
    /// <summary>Where it is, or will be, in every hierarchy, from the top on.</summary>
    /// <exception cref="CgroupException">systemd does not answer.</exception>
    internal string ControlGroup => manager.ControlGroup.TrimEnd('/') + path.ControlGroup;

    /// <summary>Starts it around a process.</summary>
    /// <returns><see cref="ControlGroup"/>, as systemd says it.</returns>
    /// <exception cref="CgroupException">It is there already, or systemd refuses it. Nothing is left.</exception>
    internal string Start(int processId, ResourceConfiguration resources, DeviceRules devices)
    {
        int systemd = manager.Version;
        return manager.StartScope(
            path.Unit,
            path.Slice,
            processId,
            $"libcontainer container {path.Unit[..^SystemdNames.ScopeSuffix.Length]}",
            [
                .. SystemdProperties.Of(resources, systemd, version),
                .. SystemdProperties.AtStart(resources, manager.HasOomPolicy),
                .. SystemdDevices.Of(devices, systemd, version),
            ]);
    }

    /// <summary>Tells systemd of new limits. It writes all of its own again when one changes, and not all as exactly as they were asked for.</summary>
    /// <param name="directories">The cgroup, for what it has.</param>
    /// <param name="resources">The new limits.</param>
    /// <param name="devices">The new devices. Null: they stay.</param>
    /// <exception cref="CgroupException">systemd refuses one: none is changed.</exception>
    internal void Update(IReadOnlyList<CgroupDirectory> directories, ResourceConfiguration resources, DeviceRules? devices)
    {
        int systemd = manager.Version;
        manager.SetUnitProperties(
            path.Unit,
            isRuntime: true,
            [.. SystemdProperties.Of(resources, systemd, version, Present(directories)), .. devices is null ? [] : SystemdDevices.Of(devices, systemd, version)]);
    }

    /// <summary>Ends it, once nobody is in it.</summary>
    /// <exception cref="CgroupException">It is not gone in time.</exception>
    internal void Stop() => manager.StopUnit(path.Unit);

    private static PresentLimits Present(IReadOnlyList<CgroupDirectory> directories)
    {
        CgroupDirectory? cpu = directories.Find(CgroupVersion.V1, "cpu") ?? directories.Find(CgroupVersion.V2, "cpu");
        bool isVersion2 = cpu?.Hierarchy.Version == CgroupVersion.V2;
        string? period = isVersion2 ? cpu?.TryRead("cpu.max")?.Split(' ') is [_, var text] ? text : null : cpu?.TryRead("cpu.cfs_period_us");
        return new PresentLimits(
            ulong.TryParse(period, out ulong microseconds) ? microseconds : PresentLimits.DefaultPeriod,
            cpu?.TryRead("cpu.idle") == "1",
            directories.Find(CgroupVersion.V2, "io")?.TryRead("io.bfq.weight") is not null);
    }
}
