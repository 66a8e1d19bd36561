using System.Buffers.Binary;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>
/// A directory, held by descriptor, and what is in it by name: one name at a time, of which no link is followed, so that whoever moves directories meanwhile leads nobody elsewhere.
/// Source: openat2(2), getdents(2).
/// </summary>
public sealed unsafe class DirectoryDescriptor : EntryDescriptor
{
    private const int OwnerOnly = 0x180; // 0600
    private const int DirectoryMode = 0x1ED; // 0755

    private readonly int _resolve;

    /// <param name="descriptor">Is this object's from now on.</param>
    /// <param name="path">How it was found.</param>
    /// <param name="root">Where it may be the root itself: links that begin at the root are resolved then, since they stay below.</param>
    internal DirectoryDescriptor(int descriptor, string path, FileIdentity? root)
        : base(descriptor, path) => _resolve = root is { } identity && GetStatus().Identity == identity ? Uapi.RESOLVE_IN_ROOT : Uapi.RESOLVE_BENEATH;

    /// <summary>It is of a file system that shows the kernel, and holds no files: procfs or sysfs.</summary>
    public bool ShowsKernel
    {
        get
        {
            long* found = stackalloc long[15]; // struct statfs, of which the type is first
            using Borrowed descriptor = new(Handle);
            long result = SystemCall.Invoke(SystemCallNumber.fstatfs, descriptor.Number, (long)found);
            return result >= 0 ? found[0] is Uapi.PROC_SUPER_MAGIC or Uapi.SYSFS_MAGIC : throw new LinuxException("fstatfs", (Errno)(-result), Path);
        }
    }

    /// <summary>The names in it, as the kernel has them at the time, in its order. Once: the descriptor stands at the end then.</summary>
    /// <exception cref="InvalidDataException">One is no UTF-8.</exception>
    public IEnumerable<string> ReadNames()
    {
        const int LengthAt = 16, NameAt = 19; // struct linux_dirent64
        byte[] buffer = new byte[32 * 1024];
        while (Fill(buffer) is > 0 and int count)
        {
            for (int start = 0; start < count; start += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(start + LengthAt)))
            {
                ReadOnlySpan<byte> bytes = buffer.AsSpan(start + NameAt);
                string name = Text(bytes[..bytes.IndexOf((byte)0)], "a name in this directory");
                if (name is not ("." or ".."))
                    yield return name;
            }
        }
    }

    /// <summary>Opens an entry without touching it, and without following it.</summary>
    /// <returns>Null: there is none.</returns>
    public EntryDescriptor? TryOpen(string name)
    {
        ThrowIfNotOne(name);
        int opened = PathResolution.Open(Handle, name, LibC.O_PATH | LibC.O_NOFOLLOW, Uapi.RESOLVE_BENEATH | Uapi.RESOLVE_NO_SYMLINKS);
        if (opened == -Uapi.ENOENT)
            return null;
        return opened >= 0 ? new EntryDescriptor(opened, PathOf(name)) : throw new LinuxException("openat2", (Errno)(-opened), PathOf(name), "O_PATH");
    }

    /// <summary>Opens a directory below this one. Links on the way are followed as long as they lead below it; below a root directory they are resolved as inside of it.</summary>
    /// <param name="path">Relative; <c>.</c> is this one itself.</param>
    /// <returns>Null: there is none, or a link leads to nothing.</returns>
    /// <exception cref="LinuxException">EXDEV: a link leads out of this directory. ENOTDIR: something else is there.</exception>
    public DirectoryDescriptor? TryOpenDirectory(string path)
    {
        int opened = PathResolution.Open(Handle, path, LibC.O_RDONLY | LibC.O_DIRECTORY, _resolve);
        if (opened == -Uapi.ENOENT)
            return null;
        return opened >= 0
            ? new DirectoryDescriptor(opened, path == "." ? Path : PathOf(path), root: null)
            : throw new LinuxException("openat2", (Errno)(-opened), PathOf(path), "O_DIRECTORY");
    }

    /// <summary>Makes a directory, with permissions 0755 of which the host's mask takes away.</summary>
    /// <returns>False: the name is there already, as whatever.</returns>
    public bool TryMakeDirectory(string name)
    {
        ThrowIfNotOne(name);
        using Borrowed descriptor = new(Handle);
        fixed (byte* start = NullTerminated.From(name))
        {
            if (LibC.mkdirat(descriptor.Number, start, DirectoryMode) == 0)
                return true;
            LinuxException error = LinuxException.FromLastError("mkdirat", PathOf(name));
            return error.Error == Errno.EEXIST ? false : throw error;
        }
    }

    /// <summary>Makes a regular file to write to, which nobody but its owner may open yet.</summary>
    /// <exception cref="LinuxException">EEXIST: the name is there already.</exception>
    public EntryDescriptor CreateFile(string name)
    {
        ThrowIfNotOne(name);
        int opened = PathResolution.Open(
            Handle, name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW, Uapi.RESOLVE_BENEATH | Uapi.RESOLVE_NO_SYMLINKS, OwnerOnly);
        return opened >= 0 ? new EntryDescriptor(opened, PathOf(name)) : throw new LinuxException("openat2", (Errno)(-opened), PathOf(name), "O_CREAT|O_EXCL");
    }

    /// <summary>Makes a symbolic link, whose target nobody looks at.</summary>
    /// <exception cref="LinuxException">EEXIST: the name is there already.</exception>
    public EntryDescriptor CreateSymbolicLink(string name, string target)
    {
        ThrowIfNotOne(name);
        using (Borrowed descriptor = new(Handle))
            fixed (byte* start = NullTerminated.From(name), targetStart = NullTerminated.From(target))
                if (LibC.symlinkat(targetStart, descriptor.Number, start) != 0)
                    throw LinuxException.FromLastError("symlinkat", PathOf(name), target);
        return Made(name, EntryKind.SymbolicLink);
    }

    /// <summary>Makes a FIFO or a device node, which nobody but its owner may open yet.</summary>
    /// <exception cref="LinuxException">EEXIST: the name is there already. EINVAL: there can be no such device.</exception>
    public EntryDescriptor CreateNode(string name, EntryKind kind, int major = 0, int minor = 0)
    {
        ThrowIfNotOne(name);
        int type = kind switch
        {
            EntryKind.Fifo => Uapi.S_IFIFO,
            EntryKind.CharacterDevice => Uapi.S_IFCHR,
            EntryKind.BlockDevice => Uapi.S_IFBLK,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a FIFO or a device"),
        };
        using (Borrowed descriptor = new(Handle))
            fixed (byte* start = NullTerminated.From(name))
            {
                long result = EntryStatus.DeviceNumber(major, minor) is { } device
                    ? SystemCall.Invoke(SystemCallNumber.mknodat, descriptor.Number, (long)start, type | OwnerOnly, device)
                    : -Uapi.EINVAL;
                if (result < 0)
                    throw new LinuxException("mknodat", (Errno)(-result), PathOf(name), $"{kind} {major}:{minor}");
            }
        return Made(name, kind, major, minor);
    }

    /// <summary>Gives a file one more name. A symbolic link gets one itself.</summary>
    /// <param name="name">The new name, here.</param>
    /// <param name="directory">Where it has one.</param>
    /// <param name="existing">That name.</param>
    /// <exception cref="LinuxException">EXDEV: it is in another file system. EPERM: it is a directory. EEXIST: the name is there already.</exception>
    public void CreateHardLink(string name, DirectoryDescriptor directory, string existing)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ThrowIfNotOne(name);
        ThrowIfNotOne(existing);
        using Borrowed from = new(directory.Handle), to = new(Handle);
        fixed (byte* fromStart = NullTerminated.From(existing), toStart = NullTerminated.From(name))
        {
            long result = SystemCall.Invoke(SystemCallNumber.linkat, from.Number, (long)fromStart, to.Number, (long)toStart, 0);
            if (result < 0)
                throw new LinuxException("linkat", (Errno)(-result), PathOf(name), directory.PathOf(existing));
        }
    }

    /// <summary>Gives an entry another name, and lets go whatever file had that: whoever opens it finds the old one or the new one.</summary>
    /// <remarks>Where both are the same file, rename(2) leaves both.</remarks>
    /// <exception cref="LinuxException">EISDIR: a directory is there. EBUSY: something is mounted there.</exception>
    public void Rename(string from, string to)
    {
        ThrowIfNotOne(from);
        ThrowIfNotOne(to);
        ThrowIfMountPoint(to);
        using Borrowed descriptor = new(Handle);
        fixed (byte* fromStart = NullTerminated.From(from), toStart = NullTerminated.From(to))
        {
            long result = SystemCall.Invoke(SystemCallNumber.renameat2, descriptor.Number, (long)fromStart, descriptor.Number, (long)toStart, 0);
            if (result < 0)
                throw new LinuxException("renameat2", (Errno)(-result), PathOf(to));
        }
    }

    /// <summary>Takes a name away that is no directory's. That it is not there is no error.</summary>
    public void Remove(string name)
    {
        ThrowIfNotOne(name);
        using Borrowed descriptor = new(Handle);
        fixed (byte* start = NullTerminated.From(name))
        {
            if (LibC.unlinkat(descriptor.Number, start, 0) == 0)
                return;
            LinuxException error = LinuxException.FromLastError("unlinkat", PathOf(name));
            if (error.Error != Errno.ENOENT)
                throw error;
        }
    }

    /// <summary>The path of something in it, for display.</summary>
    public string PathOf(string name) => Path.EndsWith('/') ? Path + name : $"{Path}/{name}";

    /// <summary>
    /// In the mount namespace that it is mounted in the kernel would refuse with EBUSY. From another one it takes the mount away with the name, since Linux 3.18: rename(2) of ours would put a file
    /// under a mount of the container, and tear that down.
    /// </summary>
    private void ThrowIfMountPoint(string name)
    {
        int opened = PathResolution.Open(Handle, name, LibC.O_PATH | LibC.O_NOFOLLOW, Uapi.RESOLVE_BENEATH | Uapi.RESOLVE_NO_SYMLINKS | Uapi.RESOLVE_NO_XDEV);
        if (opened >= 0)
            KernelFile.Close(opened);
        else if (opened == -Uapi.EXDEV)
            throw new LinuxException("renameat2", Errno.EBUSY, PathOf(name), "something is mounted there");
        else if (opened != -Uapi.ENOENT)
            throw new LinuxException("openat2", (Errno)(-opened), PathOf(name), "O_PATH");
    }

    /// <summary>None of the calls that make something gives it: by the time that it is opened, something else may have its name, which is not to be given away with its attributes.</summary>
    private EntryDescriptor Made(string name, EntryKind kind, int major = 0, int minor = 0)
    {
        EntryDescriptor made = TryOpen(name) ?? throw new LinuxException("openat2", Errno.ENOENT, PathOf(name), "removed again");
        try
        {
            EntryStatus status = made.GetStatus();
            if (status.Kind == kind && status.Names == 1 && (status.DeviceMajor, status.DeviceMinor) == (major, minor))
                return made;
            throw new LinuxException("openat2", Errno.ESTALE, PathOf(name), "replaced by something else");
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private int Fill(Span<byte> buffer)
    {
        using Borrowed descriptor = new(Handle);
        fixed (byte* start = buffer)
        {
            long count = SystemCall.Invoke(SystemCallNumber.getdents64, descriptor.Number, (long)start, buffer.Length);
            // ENOENT: it was removed meanwhile, and was empty by then.
            return count >= 0 ? (int)count : count == -Uapi.ENOENT ? 0 : throw new LinuxException("getdents64", (Errno)(-count), Path);
        }
    }

    private static void ThrowIfNotOne(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name is "." or ".." || name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' is not one name", nameof(name));
    }
}
