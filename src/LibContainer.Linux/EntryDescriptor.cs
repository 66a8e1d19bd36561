using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>
/// An entry of a directory, held by descriptor: whatever is put under its name meanwhile, this stays what it is. Opened as O_PATH, which touches neither a FIFO nor a device. Source: open(2).
/// </summary>
public unsafe class EntryDescriptor : IDisposable
{
    private protected static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="descriptor">Is this object's from now on.</param>
    /// <param name="path">How it was found.</param>
    internal EntryDescriptor(int descriptor, string path) => (Handle, Path) = (new SafeFileHandle(descriptor, ownsHandle: true), path);

    /// <summary>How it was found, for display.</summary>
    public string Path { get; }

    private protected SafeFileHandle Handle { get; }

    /// <summary>What it is now.</summary>
    public EntryStatus GetStatus()
    {
        using Borrowed descriptor = new(Handle);
        stat found;
        return LibC.fstat(descriptor.Number, &found) == 0 ? new EntryStatus(found) : throw LinuxException.FromLastError("fstat", Path);
    }

    /// <summary>Opens it once more, for its content.</summary>
    /// <exception cref="InvalidOperationException">It is no regular file: to open a device can do something already.</exception>
    /// <exception cref="LinuxException">EAGAIN: somebody holds a lease of it, fcntl(2).</exception>
    public EntryDescriptor OpenFile()
    {
        if (GetStatus().Kind != EntryKind.RegularFile)
            throw new InvalidOperationException($"{Path} is no regular file");
        using Borrowed descriptor = new(Handle);
        fixed (byte* link = NullTerminated.From(OwnLink(descriptor.Number)))
        {
            // Not to wait: for a lease, or, in some files of the kernel's, for content.
            int opened = LibC.open(link, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_CLOEXEC, 0);
            return opened >= 0 ? new EntryDescriptor(opened, Path) : throw LinuxException.FromLastError("open", Path, "O_RDONLY");
        }
    }

    /// <summary>Opens the directory that it is.</summary>
    /// <exception cref="LinuxException">ENOTDIR: it is none.</exception>
    public DirectoryDescriptor OpenDirectory()
    {
        int opened = PathResolution.Open(Handle, ".", LibC.O_RDONLY | LibC.O_DIRECTORY, Uapi.RESOLVE_BENEATH);
        return opened >= 0 ? new DirectoryDescriptor(opened, Path, root: null) : throw new LinuxException("openat2", (Errno)(-opened), Path, "O_DIRECTORY");
    }

    /// <summary>Where the symbolic link that it is leads.</summary>
    /// <exception cref="LinuxException">ENOENT: it is none.</exception>
    /// <exception cref="InvalidDataException">That is no UTF-8.</exception>
    public string ReadLink()
    {
        const int PathMax = 4096;
        byte* buffer = stackalloc byte[PathMax];
        byte nothing = 0;
        using Borrowed descriptor = new(Handle);
        long length = LibC.readlinkat(descriptor.Number, &nothing, buffer, PathMax);
        if (length < 0)
            throw LinuxException.FromLastError("readlinkat", Path);
        return Text(new ReadOnlySpan<byte>(buffer, (int)length), "the target of this symbolic link");
    }

    /// <summary>Reads on. For one that <see cref="OpenFile"/> has given.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="LinuxException">EAGAIN: it is one of the kernel's that has none now.</exception>
    public int Read(Span<byte> buffer)
    {
        using Borrowed descriptor = new(Handle);
        int count = KernelFile.Read(descriptor.Number, buffer);
        return count >= 0 ? count : throw new LinuxException("read", (Errno)(-count), Path);
    }

    /// <summary>Writes all of it. For one that <see cref="DirectoryDescriptor.CreateFile"/> has given.</summary>
    /// <exception cref="LinuxException">ENOSPC, EDQUOT, EFBIG: there is no room.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        using Borrowed descriptor = new(Handle);
        while (!bytes.IsEmpty)
        {
            int count = KernelFile.Write(descriptor.Number, bytes);
            if (count < 0)
                throw new LinuxException("write", (Errno)(-count), Path);
            bytes = bytes[count..];
        }
    }

    /// <summary>Gives it owner, permissions and time, in this order: a change of owner takes the set-user-id bit away.</summary>
    /// <exception cref="LinuxException">EPERM: it may not be given away. EROFS.</exception>
    public void SetAttributes(EntryAttributes attributes)
    {
        using Borrowed descriptor = new(Handle);
        byte nothing = 0;
        if (LibC.fchownat(descriptor.Number, &nothing, (uint)attributes.UserId, (uint)attributes.GroupId, Uapi.AT_EMPTY_PATH) != 0)
            throw LinuxException.FromLastError("fchownat", Path, $"{attributes.UserId}:{attributes.GroupId}");
        if (GetStatus().Kind != EntryKind.SymbolicLink)
            SetMode(descriptor.Number, attributes.Mode);
        SetModifiedAt(attributes.ModifiedAt);
    }

    /// <summary>Says when its content was changed.</summary>
    public void SetModifiedAt(DateTimeOffset time)
    {
        long ticks = (time - DateTimeOffset.UnixEpoch).Ticks, seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        timespec* times = stackalloc timespec[2];
        times[0] = new timespec { tv_nsec = Uapi.UTIME_OMIT };
        times[1] = new timespec { tv_sec = seconds, tv_nsec = (int)(rest * TimeSpan.NanosecondsPerTick) };
        byte nothing = 0;
        using Borrowed descriptor = new(Handle);
        if (LibC.utimensat(descriptor.Number, &nothing, times, Uapi.AT_EMPTY_PATH) != 0)
            throw LinuxException.FromLastError("utimensat", Path);
    }

    /// <exception cref="InvalidDataException">It is no UTF-8.</exception>
    private protected string Text(ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"{Path}: {what} is not UTF-8: {Encoding.Latin1.GetString(bytes)}", error);
        }
    }

    /// <summary>By way of this program's own /proc, since fchmod(2) refuses an O_PATH descriptor and fchmodat2(2) is of Linux 6.6.</summary>
    private void SetMode(int descriptor, UnixFileMode mode)
    {
        fixed (byte* link = NullTerminated.From(OwnLink(descriptor)))
            if (LibC.fchmodat(LibC.AT_FDCWD, link, (ushort)mode, 0) != 0)
                throw LinuxException.FromLastError("fchmodat", Path, $"0{Convert.ToString((int)mode, 8)}");
    }

    /// <summary>Leads to the file itself, and not to its name.</summary>
    private static string OwnLink(int descriptor) => $"/proc/self/fd/{descriptor}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
