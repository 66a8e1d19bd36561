using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>Flags as mount(8) writes them, and as mount_setattr(2) wants them.</summary>
internal static class MountFlagNames
{
    private static readonly (MountFlags Flag, string Name, ulong Attribute)[] Known =
    [
        (MountFlags.ReadOnly, "ro", Uapi.MOUNT_ATTR_RDONLY),
        (MountFlags.NoSuid, "nosuid", Uapi.MOUNT_ATTR_NOSUID),
        (MountFlags.NoDev, "nodev", Uapi.MOUNT_ATTR_NODEV),
        (MountFlags.NoExec, "noexec", Uapi.MOUNT_ATTR_NOEXEC),
        (MountFlags.NoAtime, "noatime", Uapi.MOUNT_ATTR_NOATIME),
        (MountFlags.StrictAtime, "strictatime", 0x20), // MOUNT_ATTR_STRICTATIME
    ];

    /// <summary><c> (nosuid,nodev)</c>, or nothing.</summary>
    internal static string InBrackets(MountFlags flags, string data = "")
    {
        List<string> names = [];
        foreach ((MountFlags flag, string name, _) in Known)
            if ((flags & flag) != 0)
                names.Add(name);
        if (data.Length > 0)
            names.Add(data);
        return names.Count == 0 ? "" : $" ({string.Join(',', names)})";
    }

    /// <summary>MOUNT_ATTR_*.</summary>
    internal static ulong ToAttributes(MountFlags flags)
    {
        ulong attributes = 0;
        foreach ((MountFlags flag, _, ulong attribute) in Known)
            if ((flags & flag) != 0)
                attributes |= attribute;
        return attributes;
    }
}
