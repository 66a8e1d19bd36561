using System.Formats.Tar;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Writes what somebody else may be changing meanwhile as a tar.</summary>
internal sealed class TarPacker(CopyOutOptions options)
{
    /// <summary>Each directory on the way down is open, and a container could make any number of them.</summary>
    internal const int MaxDepth = 256;

    private readonly Dictionary<FileIdentity, string> _names = []; // of files that have several
    private readonly Stack<Level> _levels = new();

    private sealed record Level(DirectoryDescriptor Directory, IEnumerator<string> Names, string Prefix, ulong Device) : IDisposable
    {
        public void Dispose()
        {
            Names.Dispose();
            Directory.Dispose();
        }
    }

    /// <param name="top">What is packed.</param>
    /// <param name="tar">Where to.</param>
    /// <param name="check">Called once all is there, before the end of the tar says so.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task PackAsync(EntryDescriptor top, Stream tar, Action check, CancellationToken cancellationToken)
    {
        TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true);
        try
        {
            if (top.GetStatus().Kind == EntryKind.Socket)
                throw new InvalidDataException($"{top.Path} is a socket, which a tar cannot have");
            await AddAsync(writer, top, NameOf(top.Path), cancellationToken).ConfigureAwait(false);
            while (_levels.TryPeek(out Level? level))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!level.Names.MoveNext())
                {
                    _levels.Pop().Dispose();
                    continue;
                }
                using EntryDescriptor? entry = level.Directory.TryOpen(level.Names.Current);
                if (entry is not null)
                    await AddAsync(writer, entry, level.Prefix + level.Names.Current, cancellationToken).ConfigureAwait(false);
            }
            check();
        }
        finally
        {
            foreach (Level level in _levels)
                level.Dispose();
        }
        await writer.DisposeAsync().ConfigureAwait(false); // only now: it writes the end of the tar, and holds nothing of its own
    }

    private static string NameOf(string path)
    {
        string trimmed = path.TrimEnd('/'), name = trimmed[(trimmed.LastIndexOf('/') + 1)..];
        return name is "" or ".." ? "." : name;
    }

    private async Task AddAsync(TarWriter writer, EntryDescriptor entry, string name, CancellationToken cancellationToken)
    {
        EntryStatus status = entry.GetStatus();
        if (status.Kind == EntryKind.Socket)
        {
            options.LeftOut?.Invoke(entry.Path);
            return;
        }
        if (status.Kind == EntryKind.Directory)
        {
            await writer.WriteEntryAsync(Entry(TarEntryType.Directory, name + "/", entry.Path, status), cancellationToken).ConfigureAwait(false);
            Descend(entry, name, status);
            return;
        }
        if (status.Names > 1 && !_names.TryAdd(status.Identity, name))
        {
            PaxTarEntry link = Entry(TarEntryType.HardLink, name, entry.Path, status);
            link.LinkName = _names[status.Identity];
            await writer.WriteEntryAsync(link, cancellationToken).ConfigureAwait(false);
            return;
        }
        await AddFileAsync(writer, entry, name, status, cancellationToken).ConfigureAwait(false);
    }

    private static async Task AddFileAsync(TarWriter writer, EntryDescriptor entry, string name, EntryStatus status, CancellationToken cancellationToken)
    {
        PaxTarEntry packed = Entry(
            status.Kind switch
            {
                EntryKind.SymbolicLink => TarEntryType.SymbolicLink,
                EntryKind.Fifo => TarEntryType.Fifo,
                EntryKind.CharacterDevice => TarEntryType.CharacterDevice,
                EntryKind.BlockDevice => TarEntryType.BlockDevice,
                _ => TarEntryType.RegularFile,
            },
            name, entry.Path, status);
        if (status.Kind == EntryKind.SymbolicLink)
            packed.LinkName = entry.ReadLink();
        if (status.Kind is EntryKind.CharacterDevice or EntryKind.BlockDevice)
            (packed.DeviceMajor, packed.DeviceMinor) = (status.DeviceMajor, status.DeviceMinor);

        using EntryDescriptor? file = status.Kind == EntryKind.RegularFile ? entry.OpenFile() : null;
        using FileContent? content = file is null ? null : FileContent.Of(file);
        if (content is not null)
            packed.DataStream = content;
        await writer.WriteEntryAsync(packed, cancellationToken).ConfigureAwait(false);
    }

    private void Descend(EntryDescriptor entry, string name, EntryStatus status)
    {
        if (_levels.Count == MaxDepth)
            throw new InvalidDataException($"{entry.Path} is more than {MaxDepth} directories deep");
        DirectoryDescriptor directory = entry.OpenDirectory();
        try
        {
            if (_levels.TryPeek(out Level? parent) && parent.Device != status.Identity.Device && directory.ShowsKernel)
            {
                options.LeftOut?.Invoke(entry.Path);
                directory.Dispose();
                return;
            }
            _levels.Push(new Level(directory, directory.ReadNames().GetEnumerator(), name + "/", status.Identity.Device));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static PaxTarEntry Entry(TarEntryType type, string name, string path, EntryStatus status) => new(type, name)
    {
        Mode = status.Mode,
        Uid = Id(status.UserId, path),
        Gid = Id(status.GroupId, path),
        ModificationTime = status.ModifiedAt,
    };

    private static int Id(uint id, string path)
        => id <= int.MaxValue ? (int)id : throw new InvalidDataException($"{path} belongs to the number {id}, which is too large for a tar");
}
