using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>
/// Tells that directories of cgroups are gone. The directory above is watched, once for all in it: a cgroup's own directory and files say nothing when it is
/// removed (no IN_DELETE_SELF, no EPOLLERR; Linux 6.18). For one caller at a time.
/// </summary>
/// <param name="isMade">Gets the inotify, which is made for the first directory: a host with version 1 alone needs none.</param>
internal sealed class CgroupRemovals(Action<SafeHandle> isMade) : IDisposable
{
    private readonly Dictionary<int, Dictionary<string, List<Entry>>> _directories = [];
    private DirectoryRemovals? _inotify;

    /// <summary>A directory whose removal somebody waits for.</summary>
    /// <param name="Watch">Of the directory above.</param>
    /// <param name="Name">In that.</param>
    /// <param name="Removed">To call.</param>
    internal sealed record Entry(int Watch, string Name, Action Removed);

    /// <summary>Adds a directory.</summary>
    /// <param name="path">It exists.</param>
    /// <param name="removed">Given by <see cref="Take"/> when it may be gone: another one of the same name may have been.</param>
    /// <returns>For <see cref="Remove"/>.</returns>
    internal Entry Add(string path, Action removed)
    {
        _inotify ??= Make();
        Entry entry = new(_inotify.Watch(Path.GetDirectoryName(path)!), Path.GetFileName(path), removed);
        if (!_directories.TryGetValue(entry.Watch, out Dictionary<string, List<Entry>>? names))
            _directories.Add(entry.Watch, names = []);
        if (!names.TryGetValue(entry.Name, out List<Entry>? entries))
            names.Add(entry.Name, entries = []);
        entries.Add(entry);
        return entry;
    }

    internal void Remove(Entry entry)
    {
        Dictionary<string, List<Entry>> names = _directories[entry.Watch];
        names[entry.Name].Remove(entry);
        if (names[entry.Name].Count == 0)
            names.Remove(entry.Name);
        if (names.Count > 0)
            return;
        _directories.Remove(entry.Watch);
        _inotify!.Forget(entry.Watch);
    }

    /// <summary>What to call.</summary>
    internal List<Action> Take()
    {
        List<Action> removed = [];
        foreach (Removal removal in _inotify!.Take())
        {
            // Without a watch or a name: something is not told any more, and everything has to be looked at.
            if (removal.Watch < 0 || removal.Name.Length == 0)
                removed.AddRange(_directories.Values.SelectMany(names => names.Values).SelectMany(entries => entries).Select(entry => entry.Removed));
            else if (_directories.GetValueOrDefault(removal.Watch)?.GetValueOrDefault(removal.Name) is { } entries)
                removed.AddRange(entries.Select(entry => entry.Removed));
        }
        return removed;
    }

    public void Dispose() => _inotify?.Dispose();

    private DirectoryRemovals Make()
    {
        DirectoryRemovals made = new();
        try
        {
            isMade(made);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }
}
