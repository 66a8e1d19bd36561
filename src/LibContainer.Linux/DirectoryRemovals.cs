using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Something was removed from a directory that is watched.</summary>
/// <param name="Watch">Of the directory. Negative: more was removed than the kernel has kept, anywhere.</param>
/// <param name="Name">In that directory. Empty: the directory itself is not watched any more.</param>
internal readonly record struct Removal(int Watch, string Name);

/// <summary>Tells what is removed from directories. For <see cref="EventPoll"/> it can be read when there is something. Source: inotify(7).</summary>
internal sealed unsafe class DirectoryRemovals : SafeHandleMinusOneIsInvalid
{
    private const int HeaderLength = 16; // struct inotify_event up to its name
    private const int LongestName = 256; // NAME_MAX and its NUL

    private readonly byte[] _buffer = new byte[64 * (HeaderLength + LongestName)];

    /// <exception cref="LinuxException">EMFILE: more than <c>fs.inotify.max_user_instances</c>.</exception>
    internal DirectoryRemovals()
        : base(ownsHandle: true)
    {
        long result = SystemCall.Invoke(SystemCallNumber.inotify_init1, Uapi.IN_CLOEXEC | Uapi.IN_NONBLOCK);
        if (result < 0)
            throw new LinuxException("inotify_init1", (Errno)(-result));
        SetHandle((nint)result);
    }

    /// <summary>Watches a directory.</summary>
    /// <returns>A number for it. The same directory has the same one, and one <see cref="Forget"/> ends all of it.</returns>
    /// <exception cref="LinuxException">ENOSPC: more than <c>fs.inotify.max_user_watches</c>.</exception>
    internal int Watch(string path)
    {
        using Borrowed descriptor = new(this);
        fixed (byte* start = NullTerminated.From(path))
        {
            long result = SystemCall.Invoke(SystemCallNumber.inotify_add_watch, descriptor.Number, (long)start, Uapi.IN_DELETE | Uapi.IN_ONLYDIR);
            return result >= 0 ? (int)result : throw new LinuxException("inotify_add_watch", (Errno)(-result), path, "IN_DELETE");
        }
    }

    /// <summary>Ends a watch. The number is not given again. EINVAL, which is no error here: the directory is gone, and its watch with it.</summary>
    internal void Forget(int watch)
    {
        using Borrowed descriptor = new(this);
        SystemCall.Invoke(SystemCallNumber.inotify_rm_watch, descriptor.Number, watch);
    }

    /// <summary>Takes what has been removed, without waiting. For one caller at a time.</summary>
    /// <returns>None: nothing was.</returns>
    internal List<Removal> Take()
    {
        List<Removal> removals = [];
        int length = Descriptor.TryRead(this, _buffer);
        for (int start = 0; start < length;)
        {
            ReadOnlySpan<byte> header = _buffer.AsSpan(start, HeaderLength);
            int nameLength = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
            ReadOnlySpan<byte> name = _buffer.AsSpan(start + HeaderLength, nameLength).TrimEnd((byte)0);
            removals.Add(new Removal(BinaryPrimitives.ReadInt32LittleEndian(header), Encoding.UTF8.GetString(name)));
            start += HeaderLength + nameLength;
        }
        return removals;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
