using System.Globalization;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>
/// <c>pid</c> and <c>start</c> in the data folder of a container of 2014: who its first process is, and when that started. Each appears whole, by a rename; both are gone when
/// the container is.
/// </summary>
public sealed class PidFiles : IDisposable
{
    private const string PidFile = "pid", StartFile = "start";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _folder;

    private PidFiles(string folder) => _folder = folder;

    /// <summary>Writes both files for a process that runs.</summary>
    /// <exception cref="IOException">They cannot be written; none is left.</exception>
    internal static PidFiles Write(string folder, int processId)
    {
        PidFiles files = new(folder);
        try
        {
            // start first: who sees the pid finds the start time.
            files.Replace(StartFile, ProcessStartTime.Read(processId) ?? "");
            files.Replace(PidFile, processId.ToString(CultureInfo.InvariantCulture));
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>The process that the files in a folder name, when it is that process still.</summary>
    /// <returns>Null when there is no <c>pid</c> file, or the process is gone, or another has its number: a stale file is never believed.</returns>
    /// <exception cref="FormatException"><c>pid</c> is no process id.</exception>
    public static int? FindRunning(string folder)
        => Find(folder) is { } found && ProcessStartTime.Read(found.Id) == found.Start ? found.Id : null;

    /// <summary>The container that the files in a folder name, when it runs still.</summary>
    /// <returns>Null as of <see cref="FindRunning"/>.</returns>
    /// <exception cref="FormatException"><c>pid</c> is no process id.</exception>
    /// <exception cref="ContainerStateException">The process is in no container.</exception>
    public static RunningContainer? OpenRunning(string folder)
        => Find(folder) is { } found && ProcessStartTime.Read(found.Id) == found.Start ? RunningContainer.Open(found.Id, found.Start) : null;

    private static (int Id, string Start)? Find(string folder)
    {
        string path = Path.Combine(folder, PidFile);
        if (!File.Exists(path))
            return null;
        string text = File.ReadAllText(path).Trim();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == 0)
            throw new FormatException($"{path} holds '{text}', which is not a process id");
        string start = Path.Combine(folder, StartFile);
        return File.Exists(start) ? (id, File.ReadAllText(start).Trim()) : null;
    }

    private void Replace(string name, string content)
    {
        string path = Path.Combine(_folder, name), temporary = path + ".new";
        File.WriteAllText(temporary, content);
        File.SetUnixFileMode(temporary, Mode);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Removes both.</summary>
    public void Dispose()
    {
        foreach (string name in new[] { PidFile, StartFile, PidFile + ".new", StartFile + ".new" })
            File.Delete(Path.Combine(_folder, name));
    }
}
