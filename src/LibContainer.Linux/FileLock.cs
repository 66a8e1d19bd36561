using System.Globalization;
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
    public static FileLock Take(string path, bool creates = false)
    {
        while (true)
            if (Lock(path, creates, Uapi.LOCK_EX) is { } taken)
                return taken;
    }

    /// <summary>The same without waiting.</summary>
    /// <returns>Null: somebody else has it.</returns>
    /// <inheritdoc cref="Take"/>
    public static FileLock? TryTake(string path, bool creates = false)
    {
        while (true)
        {
            try
            {
                if (Lock(path, creates, Uapi.LOCK_EX | Uapi.LOCK_NB) is { } taken)
                    return taken;
            }
            catch (LinuxException error) when (error.Error == Errno.EAGAIN) // EWOULDBLOCK
            {
                return null;
            }
        }
    }

    /// <returns>Null: whoever had it before has removed or moved what had that name then.</returns>
    private static FileLock? Lock(string path, bool creates, int operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // Not by .NET, which takes a lock of its own with every file that it opens, and opens no directories.
        int descriptor = KernelFile.Open(NullTerminated.From(path), creates ? KernelFile.ReadWrite | LibC.O_CREAT : KernelFile.ReadOnly, OwnerOnly);
        if (descriptor < 0)
            throw new LinuxException("open", (Errno)(-descriptor), path);
        FileLock taken = new(path, new SafeFileHandle(descriptor, ownsHandle: true));
        try
        {
            taken.Lock(operation);
            if (taken.IsCurrent())
                return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
        taken.Dispose();
        return null;
    }

    private void Lock(int operation)
    {
        using Borrowed descriptor = new(_held);
        long result;
        do
            result = SystemCall.Invoke(SystemCallNumber.flock, descriptor.Number, operation);
        while (result == -Uapi.EINTR);
        if (result < 0)
            throw new LinuxException("flock", (Errno)(-result), _path);
    }

    /// <summary>Its name still stands for it.</summary>
    private bool IsCurrent()
    {
        using Borrowed descriptor = new(_held);
        return HostPath.IdentityOf(_path) is { } named && named == HostPath.IdentityOf(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Number}"));
    }

    /// <summary>Lets others have it.</summary>
    public void Dispose() => _held.Dispose();
}
