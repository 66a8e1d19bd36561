using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>What a path of the host leads to.</summary>
public enum HostPathKind
{
    /// <summary>Nothing: it does not exist, or is a link to something that does not.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>Anything else: a file, a device, a socket.</summary>
    File,
}

/// <summary>A device of the host.</summary>
/// <param name="IsBlock">A block device; otherwise a character device.</param>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
public readonly record struct HostDevice(bool IsBlock, int Major, int Minor, int Mode, int UserId, int GroupId);

/// <summary>Paths of the host. Source: stat(2).</summary>
/// <remarks>In place of <see cref="Path.Exists"/>, to which a link that leads nowhere exists.</remarks>
public static unsafe class HostPath
{
    /// <summary>What is there, links followed.</summary>
    public static HostPathKind KindOf(string path)
    {
        fixed (byte* start = NullTerminated.From(path))
        {
            stat found;
            if (LibC.stat(start, &found) != 0)
                return HostPathKind.Missing;
            return ((int)(uint)found.st_mode & Uapi.S_IFMT) == Uapi.S_IFDIR ? HostPathKind.Directory : HostPathKind.File;
        }
    }

    /// <summary>Which file it is, links followed.</summary>
    /// <returns>Null: there is none.</returns>
    public static FileIdentity? IdentityOf(string path)
    {
        fixed (byte* start = NullTerminated.From(path))
        {
            stat found;
            return LibC.stat(start, &found) == 0 ? new FileIdentity(found.st_dev, found.st_ino) : null;
        }
    }

    /// <summary>Which file a descriptor is of.</summary>
    internal static FileIdentity? IdentityOf(int descriptor)
    {
        stat found;
        return LibC.fstat(descriptor, &found) == 0 ? new FileIdentity(found.st_dev, found.st_ino) : null;
    }

    /// <summary>Gives something another name, which nothing may have. Source: rename(2), RENAME_NOREPLACE.</summary>
    /// <returns>False: something has it.</returns>
    /// <exception cref="LinuxException">It cannot be: ENOENT, EACCES, EROFS.</exception>
    public static bool TryRename(string path, string newPath) => Rename(path, newPath, Uapi.RENAME_NOREPLACE) switch
    {
        0 => true,
        Errno.EEXIST => false,
        var error => throw new LinuxException("renameat2", error, path, $"to {newPath}"),
    };

    /// <summary>The same for a name that something may have, which is gone then.</summary>
    /// <exception cref="LinuxException">It cannot be.</exception>
    internal static void Rename(string path, string newPath)
    {
        if (Rename(path, newPath, 0) is not 0 and var error)
            throw new LinuxException("renameat2", error, path, $"to {newPath}");
    }

    private static Errno Rename(string path, string newPath, int flags)
    {
        fixed (byte* from = NullTerminated.From(path), to = NullTerminated.From(newPath))
        {
            long result = SystemCall.Invoke(SystemCallNumber.renameat2, Uapi.AT_FDCWD, (long)from, Uapi.AT_FDCWD, (long)to, flags);
            return result < 0 ? (Errno)(-result) : 0;
        }
    }

    /// <summary>The device node at a path, no link followed.</summary>
    /// <returns>Null when there is none.</returns>
    public static HostDevice? DeviceAt(string path)
    {
        const int PermissionBits = 0xFFF;
        fixed (byte* start = NullTerminated.From(path))
        {
            stat found;
            if (LibC.lstat(start, &found) != 0)
                return null;
            int mode = (int)(uint)found.st_mode, type = mode & Uapi.S_IFMT;
            ulong device = found.st_rdev;
            return type is Uapi.S_IFCHR or Uapi.S_IFBLK
                ? new HostDevice(
                    type == Uapi.S_IFBLK, (int)(device >> 8 & 0xFFF), (int)(device & 0xFF | device >> 12 & 0xFFF00), mode & PermissionBits, (int)(uint)found.st_uid, (int)(uint)found.st_gid)
                : null;
        }
    }
}
