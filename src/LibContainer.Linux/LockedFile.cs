namespace LibContainer.Linux;

/// <summary>
/// A small file that several programs change, one at a time, and that is whole at every moment, whoever is killed: another is put in its place. The lock is a file beside it. Source: flock(2), rename(2).
/// </summary>
internal sealed class LockedFile : IDisposable
{
    private readonly string _path;
    private readonly FileLock _lock;

    private LockedFile(string path, FileLock held) => (_path, _lock) = (path, held);

    /// <summary>Waits until nobody else has it. It need not be there.</summary>
    /// <exception cref="IOException">It cannot be locked.</exception>
    internal static LockedFile Open(string path) => new(path, FileLock.Take(LockPathOf(path), creates: true));

    /// <returns>Null: it is not there.</returns>
    internal byte[]? Read() => File.Exists(_path) ? File.ReadAllBytes(_path) : null;

    internal void Replace(ReadOnlySpan<byte> content) => HostFile.Replace(_path, content);

    internal void Delete() => File.Delete(_path);

    /// <summary>Lets others have it. Where there is no file, no lock stays either.</summary>
    public void Dispose()
    {
        if (!File.Exists(_path))
            File.Delete(LockPathOf(_path));
        _lock.Dispose();
    }

    private static string LockPathOf(string path) => $"{path}.lock";
}
