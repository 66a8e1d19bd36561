using System.Globalization;

namespace LibContainer.Linux;

/// <summary>
/// A directory of one container's below <c>/run/libcontainer</c>, into which only this program's user may look: for what is bound into the container. That stays there when the directory is removed, and
/// then has no name on the host that somebody would have to clean up.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;

    /// <summary>Makes it.</summary>
    /// <param name="kind">What it is for: the directory that it is in.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public RunDirectory(string kind)
    {
        _path = Path.Combine("/run/libcontainer", kind, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(_path, OwnerOnly);
    }

    /// <summary>The path of something in it.</summary>
    public string this[string name] => Path.Combine(_path, name);

    /// <summary>Removes it and what is in it. Can be called again.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }
}
