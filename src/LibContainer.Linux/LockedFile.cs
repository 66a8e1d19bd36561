using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>
/// A small file that several programs change, one at a time, and that is whole at every moment, whoever is killed: another is put in its place. The lock is a file beside it. Source: flock(2), rename(2).
/// </summary>
internal sealed class LockedFile : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600

    private readonly string _path;
    private readonly SafeFileHandle _lock;

    private LockedFile(string path, SafeFileHandle held) => (_path, _lock) = (path, held);

    private string LockPath => LockPathOf(_path);

    /// <summary>Waits until nobody else has it. It need not be there.</summary>
    /// <exception cref="IOException">It cannot be locked.</exception>
    internal static LockedFile Open(string path)
    {
        while (true)
        {
            // Not by .NET, which takes a lock of its own with every file that it opens.
            int descriptor = KernelFile.Open(NullTerminated.From(LockPathOf(path)), KernelFile.ReadWrite | LibC.O_CREAT, OwnerOnly);
            if (descriptor < 0)
                throw new LinuxException("open", (Errno)(-descriptor), LockPathOf(path));
            LockedFile file = new(path, new SafeFileHandle(descriptor, ownsHandle: true));
            try
            {
                file.Lock();
                if (file.IsCurrent())
                    return file;
            }
            catch
            {
                file._lock.Dispose();
                throw;
            }
            file._lock.Dispose(); // whoever had it before has removed it, and the next one has made another
        }
    }

    /// <returns>Null: it is not there.</returns>
    internal byte[]? Read() => File.Exists(_path) ? File.ReadAllBytes(_path) : null;

    internal void Replace(ReadOnlySpan<byte> content)
    {
        string next = $"{_path}.next"; // nobody else is here
        using (SafeFileHandle file = File.OpenHandle(next, FileMode.Create, FileAccess.Write))
            RandomAccess.Write(file, content, 0);
        File.Move(next, _path, overwrite: true);
    }

    internal void Delete() => File.Delete(_path);

    /// <summary>Lets others have it. Where there is no file, no lock stays either.</summary>
    public void Dispose()
    {
        if (!File.Exists(_path))
            File.Delete(LockPath);
        _lock.Dispose();
    }

    private static string LockPathOf(string path) => $"{path}.lock";

    private void Lock()
    {
        using Borrowed descriptor = new(_lock);
        long result;
        do
            result = SystemCall.Invoke(SystemCallNumber.flock, descriptor.Number, Uapi.LOCK_EX);
        while (result == -Uapi.EINTR);
        if (result < 0)
            throw new LinuxException("flock", (Errno)(-result), LockPath);
    }

    /// <summary>Its name still stands for it: the kernel marks what has none any more.</summary>
    private bool IsCurrent()
    {
        using Borrowed descriptor = new(_lock);
        return File.ResolveLinkTarget($"/proc/self/fd/{descriptor.Number}", returnFinalTarget: false)?.FullName.EndsWith(" (deleted)", StringComparison.Ordinal) == false;
    }
}
