using System.Globalization;

namespace LibContainer.Linux;

/// <summary>
/// A directory of one container's below <c>/run/libcontainer</c>, into which only this program's user may look: for what is bound into the container. That stays there when the directory is removed, and
/// then has no name on the host that somebody would have to clean up.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    private const string Folder = "/run/libcontainer";

    private readonly string _path;
    private readonly FileLock _lock;

    /// <summary>Makes it.</summary>
    /// <param name="kind">What it is for: the directory that it is in.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public RunDirectory(string kind)
    {
        _lock = FileLock.TakeNewDirectory(() => Path.Combine(Folder, kind, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid():N}")), out _path);
    }

    /// <summary>The path of something in it.</summary>
    public string this[string name] => Path.Combine(_path, name);

    /// <summary>Removes it and what is in it. Can be called again.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
        _lock.Dispose();
    }

    /// <summary>Removes those whose program was killed while its container started.</summary>
    /// <param name="kind">What they are for.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="IOException">One cannot be removed.</exception>
    public static IReadOnlyList<string> RemoveLeftovers(string kind)
    {
        List<string> removed = [];
        string folder = Path.Combine(Folder, kind);
        foreach (string path in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            using FileLock? held = FileLock.TryTake(path);
            if (held is null)
                continue;
            Directory.Delete(path, recursive: true);
            removed.Add(path);
        }
        return removed;
    }
}
