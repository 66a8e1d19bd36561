using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>What kind of thing an entry of a directory is. Source: inode(7).</summary>
public enum EntryKind
{
    /// <summary>A file with content.</summary>
    RegularFile,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A pipe with a name.</summary>
    Fifo,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A socket that somebody listens on, or has listened on.</summary>
    Socket,
}

/// <summary>Which file it is, by whatever name.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file in it, as long as it is there.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode);

/// <summary>What an entry of a directory is given.</summary>
/// <param name="Mode">Permissions; a symbolic link has none.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="ModifiedAt">When its content was changed.</param>
public readonly record struct EntryAttributes(UnixFileMode Mode, int UserId, int GroupId, DateTimeOffset ModifiedAt);

/// <summary>What the kernel says of an entry of a directory. Source: stat(2).</summary>
public readonly record struct EntryStatus
{
    private const int PermissionBits = 0xFFF;

    internal EntryStatus(in stat found)
    {
        int mode = (int)(uint)found.st_mode;
        Kind = (mode & Uapi.S_IFMT) switch
        {
            Uapi.S_IFREG => EntryKind.RegularFile,
            Uapi.S_IFDIR => EntryKind.Directory,
            Uapi.S_IFLNK => EntryKind.SymbolicLink,
            Uapi.S_IFIFO => EntryKind.Fifo,
            Uapi.S_IFCHR => EntryKind.CharacterDevice,
            Uapi.S_IFBLK => EntryKind.BlockDevice,
            _ => EntryKind.Socket,
        };
        Mode = (UnixFileMode)(mode & PermissionBits);
        UserId = (uint)found.st_uid;
        GroupId = (uint)found.st_gid;
        Length = found.st_size;
        Names = (long)(ulong)found.st_nlink;
        Identity = new FileIdentity(found.st_dev, found.st_ino);
        ModifiedAt = Time(found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
        (DeviceMajor, DeviceMinor) = DeviceNumbers(found.st_rdev);
    }

    /// <summary>What it is.</summary>
    public EntryKind Kind { get; }

    /// <summary>Permissions.</summary>
    public UnixFileMode Mode { get; }

    /// <summary>Owner, as this program's user namespace numbers it.</summary>
    public uint UserId { get; }

    /// <summary>Group, as this program's user namespace numbers it.</summary>
    public uint GroupId { get; }

    /// <summary>Bytes. Of a file that the kernel makes up it says nothing.</summary>
    public long Length { get; }

    /// <summary>How many names it has.</summary>
    public long Names { get; }

    /// <summary>Which file it is.</summary>
    public FileIdentity Identity { get; }

    /// <summary>When its content was changed; the nearest that there is, where that is in no year from 1 to 9999.</summary>
    public DateTimeOffset ModifiedAt { get; }

    /// <summary>Major number of a device.</summary>
    public int DeviceMajor { get; }

    /// <summary>Minor number of a device.</summary>
    public int DeviceMinor { get; }

    /// <summary>As glibc's makedev(3) puts them together.</summary>
    internal static (int Major, int Minor) DeviceNumbers(ulong device)
        => ((int)(device >> 8 & 0xFFF | device >> 32 & 0xFFFFF000), (int)(device & 0xFF | device >> 12 & 0xFFFFFF00));

    /// <summary>The other way, in the 32 bits that the kernel takes: 12 of the major number, 20 of the minor one.</summary>
    /// <returns>Null: they have more.</returns>
    internal static uint? DeviceNumber(int major, int minor)
        => (major & ~0xFFF) == 0 && (minor & ~0xFFFFF) == 0 ? (uint)(minor & 0xFF | major << 8 | (minor & 0xFFF00) << 12) : null;

    /// <summary>Whoever owns a file can give it any time at all: utimensat(2).</summary>
    private static DateTimeOffset Time(long seconds, long nanoseconds)
    {
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds())
            return DateTimeOffset.MinValue;
        return seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.MaxValue
            : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}
