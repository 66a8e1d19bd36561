using System.Numerics;

namespace LibContainer.Configuration;

/// <summary>The rules about what is mounted, made and hidden in a container.</summary>
internal static class MountValidator
{
    /// <summary>What mount_setattr(2) can change in a whole tree.</summary>
    private const MountOptions Attributes = MountOptions.ReadOnly | MountOptions.NoSuid | MountOptions.NoDev | MountOptions.NoExec
        | AccessTimes | MountOptions.NoDirectoryAtime | MountOptions.NoSymlinkFollow;

    private const MountOptions AccessTimes = MountOptions.NoAtime | MountOptions.StrictAtime | MountOptions.RelativeAtime;

    /// <summary>What a mount does once, and is not.</summary>
    private const MountOptions Actions = MountOptions.Recursive | MountOptions.Remount | MountOptions.CopyUp;

    private const MountOptions Known = Attributes | Actions | MountOptions.Synchronous | MountOptions.DirectorySynchronous
        | MountOptions.MandatoryLocks | MountOptions.LazyTime | MountOptions.InodeVersion | MountOptions.Silent;

    internal static void Validate(ContainerConfiguration container, Findings findings)
    {
        for (int i = 0; i < container.Mounts.Length; i++)
        {
            ValidateMount(container.Mounts[i], new Where("mounts", i), findings);
            if (container.Mounts[i].Type == MountConfiguration.CgroupType && (container.Namespaces & NamespaceKinds.Cgroup) == 0)
                findings.Add(new Where("mounts", i, "type"), "a view of cgroups needs a cgroup namespace of the container's own, or it would show the host's");
        }
        for (int i = 0; i < container.Devices.Length; i++)
        {
            DeviceNode device = container.Devices[i];
            if (findings.CheckContainerPath(new Where("devices", i, "path"), device.Path) == "/")
                findings.Add(new Where("devices", i, "path"), "the root itself cannot be a device");
            if (!Enum.IsDefined(device.Type))
                findings.Add(new Where("devices", i, "type"), $"{device.Type} is not a type of device");
            if (device.UserId < 0 || device.GroupId < 0)
                findings.Add(new Where("devices", i), $"{device.UserId}:{device.GroupId} is not an owner: ids are 0 to {int.MaxValue}");
            findings.CheckDevice(new Where("devices", i), device.Major, device.Minor);
            if ((device.Mode & ~0xFFF) != 0)
                findings.Add(new Where("devices", i, "mode"), $"{device.Mode} has more than permission bits");
        }
        for (int i = 0; i < container.MaskedPaths.Length; i++)
            CheckProtected(new Where("maskedPaths", i), container.MaskedPaths[i]);
        for (int i = 0; i < container.ReadOnlyPaths.Length; i++)
            CheckProtected(new Where("readOnlyPaths", i), container.ReadOnlyPaths[i]);

        void CheckProtected(Where where, string path)
        {
            if (findings.CheckContainerPath(where, path) == "/")
                findings.Add(where, "the root itself is not a path to protect; see readOnlyRoot");
        }
    }

    private static void ValidateMount(MountConfiguration mount, Where path, Findings findings)
    {
        if (findings.CheckContainerPath(path.Of("destination"), mount.Destination) is { } destination)
        {
            if (destination == "/")
                findings.Add(path.Of("destination"), "the root itself cannot be mounted onto");
            // What a container believes about itself is in /proc; only the real one may stand there (CVE-2023-27561).
            else if ((destination == "/proc" && mount.Type != "proc") || destination.StartsWith("/proc/", StringComparison.Ordinal))
                findings.Add(path.Of("destination"), $"'{mount.Destination}' lies in /proc, where nothing can be mounted but proc itself");
        }
        if (mount.Type.Length == 0)
            findings.Add(path.Of("type"), "a mount needs a type");
        findings.CheckText(path.Of("type"), mount.Type);
        findings.CheckText(path.Of("source"), mount.Source);
        findings.CheckText(path.Of("data"), mount.Data);
        ValidateOptions(mount, path, findings);
        if (mount.Type == MountConfiguration.BindType && !Path.IsPathRooted(mount.Source))
            findings.Add(path.Of("source"), $"'{mount.Source}' is not an absolute path");
        if (mount.Type == MountConfiguration.BindType && mount.Data.Length > 0)
            findings.Add(path.Of("data"), "a bind mount has no options of a file system");
    }

    private static void ValidateOptions(MountConfiguration mount, Where path, Findings findings)
    {
        CheckAllowed(path.Of("options"), mount.Options, Known);
        CheckAllowed(path.Of("clearedOptions"), mount.ClearedOptions, Known & ~Actions);
        CheckAllowed(path.Of("recursiveOptions"), mount.RecursiveOptions, Attributes);
        CheckAllowed(path.Of("clearedRecursiveOptions"), mount.ClearedRecursiveOptions, Attributes);
        if (BitOperations.PopCount((uint)(mount.Options & AccessTimes)) > 1)
            findings.Add(path.Of("options"), "access times are updated never, always or relatively, and not in two of these ways");
        if (BitOperations.PopCount((uint)(mount.RecursiveOptions & AccessTimes)) > 1)
            findings.Add(path.Of("recursiveOptions"), "access times are updated never, always or relatively, and not in two of these ways");
        CheckOne(path.Of("clearedOptions"), mount.Options & mount.ClearedOptions);
        CheckOne(path.Of("clearedRecursiveOptions"), mount.RecursiveOptions & mount.ClearedRecursiveOptions);
        for (int i = 0; i < mount.Propagation.Length; i++)
            findings.CheckDefined($"{path}.propagation[{i}]", mount.Propagation[i], "a way for mounts to travel");
        if (mount.IdMap is not { } map)
            return;
        if (mount.Type != MountConfiguration.BindType)
            findings.Add(path.Of("idMap"), "only the files of a bind are mapped");
        NamespaceValidator.ValidateIdMappings($"{path}.idMap.userIds", map.UserIds, findings);
        NamespaceValidator.ValidateIdMappings($"{path}.idMap.groupIds", map.GroupIds, findings);

        void CheckAllowed(Where where, MountOptions options, MountOptions allowed)
        {
            findings.CheckNoFlags(where, (uint)(options & ~Known));
            if ((options & Known & ~allowed) != 0)
                findings.Add(where, $"{options & Known & ~allowed} has no meaning here");
        }

        void CheckOne(Where where, MountOptions both)
        {
            if (both != 0)
                findings.Add(where, $"{both} is both on and off");
        }
    }
}
