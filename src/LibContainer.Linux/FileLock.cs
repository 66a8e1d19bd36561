using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>
/// A file or directory of which one holder at a time says that it is his, for as long as he lives: the kernel takes the lock from a program that was killed, whatever namespaces it was in. Others who do not ask are not
/// kept out. Source: flock(2).
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600

    private readonly string _path;
    private readonly SafeFileHandle _held;

    private FileLock(string path, SafeFileHandle held) => (_path, _held) = (path, held);

    /// <summary>Waits until nobody else has it.</summary>
    /// <param name="path">A file or directory.</param>
    /// <param name="creates">A file that is not there is made, and for its owner alone.</param>
    /// <exception cref="LinuxException">ENOENT: there is no such file. It cannot be opened or locked.</exception>
    public static FileLock Take(string path, bool creates = false) => Take(path, creates, Uapi.LOCK_EX) ?? throw new LinuxException("open", Errno.ENOENT, path);

    /// <summary>The same without waiting.</summary>
    /// <returns>Null: somebody else has it, or it is not there.</returns>
    /// <exception cref="LinuxException">It cannot be opened or locked.</exception>
    public static FileLock? TryTake(string path) => Take(path, creates: false, Uapi.LOCK_EX | Uapi.LOCK_NB);

    /// <summary>Makes a directory and takes it. Whoever removes what nobody holds may find one before it is held: then another is made.</summary>
    /// <param name="newPath">A new name, each time.</param>
    /// <param name="path">That which it has.</param>
    /// <exception cref="IOException">It cannot be made or locked.</exception>
    public static FileLock TakeNewDirectory(Func<string> newPath, out string path)
    {
        ArgumentNullException.ThrowIfNull(newPath);
        while (true)
        {
            Directory.CreateDirectory(path = newPath(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (TryTake(path) is { } taken)
                return taken;
        }
    }

    /// <returns>Null: it is not there or, where nobody waits, somebody else has it.</returns>
    private static FileLock? Take(string path, bool creates, int operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        while (true)
        {
            // Not by .NET, which takes a lock of its own with every file that it opens, and opens no directories.
            int descriptor = KernelFile.Open(NullTerminated.From(path), creates ? KernelFile.ReadWrite | LibC.O_CREAT : KernelFile.ReadOnly, OwnerOnly);
            if (descriptor == -(int)Errno.ENOENT)
                return null;
            if (descriptor < 0)
                throw new LinuxException("open", (Errno)(-descriptor), path);
            FileLock taken = new(path, new SafeFileHandle(descriptor, ownsHandle: true));
            Errno error = taken.Lock(operation);
            if (error == 0 && taken.IsCurrent())
                return taken;
            taken.Dispose();
            if (error == Errno.EAGAIN) // EWOULDBLOCK
                return null;
            if (error != 0)
                throw new LinuxException("flock", error, path);
            // Else whoever had it before has removed or moved what had that name then.
        }
    }

    private Errno Lock(int operation)
    {
        using Borrowed descriptor = new(_held);
        long result;
        do
            result = SystemCall.Invoke(SystemCallNumber.flock, descriptor.Number, operation);
        while (result == -Uapi.EINTR);
        return result < 0 ? (Errno)(-result) : 0;
    }

    /// <summary>Its name still stands for it.</summary>
    private bool IsCurrent()
    {
        using Borrowed descriptor = new(_held);
        return HostPath.IdentityOf(_path) is { } named && named == HostPath.IdentityOf(descriptor.Number);
    }

    /// <summary>Lets others have it.</summary>
    public void Dispose() => _held.Dispose();
}
