using System.Formats.Tar;
using System.Security.Cryptography;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Makes what is in a tar below a directory in which somebody else may be moving things meanwhile.</summary>
internal sealed class TarUnpacker(DirectoryDescriptor top, CopyInOptions options)
{
    private const string TemporaryPrefix = ".libcontainer-";

    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly List<(string Path, FileIdentity Identity, DateTimeOffset ModifiedAt)> _directories = [];

    internal async Task UnpackAsync(Stream tar, CancellationToken cancellationToken)
    {
        TarReader reader = new(tar, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await UnpackAsync(entry, cancellationToken).ConfigureAwait(false);
            }
        }
        SetTimes();
    }

    private async Task UnpackAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            return;
        ThrowIfUnsupported(entry);
        string[] parts = Parts(entry, entry.Name);
        if (entry.EntryType == TarEntryType.Directory)
        {
            if (parts is not [])
                MakeDirectory(entry, parts);
            return;
        }
        if (parts is not [.., { } name])
            throw Refused(entry, "has no name below the directory");

        using DirectoryDescriptor parent = OpenDirectory(entry, parts.AsMemory()[..^1]);
        switch (entry.EntryType)
        {
            case TarEntryType.HardLink:
                await ReplaceAsync(parent, name, temporary => Link(entry, parent, temporary)).ConfigureAwait(false);
                break;
            case TarEntryType.SymbolicLink:
                await ReplaceAsync(parent, name, temporary => Finish(entry, parent.CreateSymbolicLink(temporary, LinkName(entry)))).ConfigureAwait(false);
                break;
            case TarEntryType.Fifo:
                await ReplaceAsync(parent, name, temporary => Finish(entry, parent.CreateNode(temporary, EntryKind.Fifo))).ConfigureAwait(false);
                break;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice:
                await ReplaceAsync(parent, name, temporary => Finish(entry, MakeDevice((PosixTarEntry)entry, parent, temporary))).ConfigureAwait(false);
                break;
            default:
                await ReplaceAsync(parent, name, temporary => WriteAsync(entry, parent, temporary, cancellationToken)).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Has something made under another name first, so that what is there is replaced as a whole or not at all, and never written to.</summary>
    private static async Task ReplaceAsync(DirectoryDescriptor parent, string name, Func<string, ValueTask> make)
    {
        string temporary = TemporaryPrefix + RandomNumberGenerator.GetHexString(32, lowercase: true);
        try
        {
            await make(temporary).ConfigureAwait(false);
            parent.Rename(temporary, name);
        }
        catch (Exception error)
        {
            Remove(parent, temporary, error);
            if (error is LinuxException { Path: { } path } call && path == parent.PathOf(temporary))
                throw new LinuxException(call.SystemCall, call.Error, parent.PathOf(name), call.Detail); // it is not for the caller to know that there is another name
            throw;
        }
        parent.Remove(temporary); // it is still there where a link was to replace a name of the same file: rename(2)
    }

    /// <summary>After an error, which the caller shall hear of in any case.</summary>
    private static void Remove(DirectoryDescriptor parent, string temporary, Exception error)
    {
        try
        {
            parent.Remove(temporary);
        }
        catch (LinuxException second)
        {
            if (second.Error != Errno.EROFS) // nothing was made there, and that is the error
                throw new AggregateException($"{error.Message}; and what was made of it could not be removed: {second.Message}", error, second);
        }
    }

    private async ValueTask WriteAsync(TarEntry entry, DirectoryDescriptor parent, string temporary, CancellationToken cancellationToken)
    {
        using EntryDescriptor file = parent.CreateFile(temporary);
        long length = 0;
        if (entry.DataStream is { } content)
            for (int count; (count = await content.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false)) > 0; length += count)
                file.Write(_buffer.AsSpan(0, count));
        if (length != entry.Length)
            throw new EndOfStreamException($"entry {entry.Name}: the tar ends after {length} of its {entry.Length} bytes");
        file.SetAttributes(Attributes(entry));
    }

    private static ValueTask Finish(TarEntry entry, EntryDescriptor made)
    {
        using (made)
            made.SetAttributes(Attributes(entry));
        return ValueTask.CompletedTask;
    }

    private static EntryDescriptor MakeDevice(PosixTarEntry entry, DirectoryDescriptor parent, string temporary)
        => parent.CreateNode(temporary, entry.EntryType == TarEntryType.BlockDevice ? EntryKind.BlockDevice : EntryKind.CharacterDevice, entry.DeviceMajor, entry.DeviceMinor);

    /// <summary>What it is a name of keeps owner, mode and time: it got them with its first name, or is none of the tar's.</summary>
    private ValueTask Link(TarEntry entry, DirectoryDescriptor parent, string temporary)
    {
        if (Parts(entry, LinkName(entry)) is not [.. { } directory, { } existing])
            throw Refused(entry, "is a link to the directory itself");
        using DirectoryDescriptor from = Find(entry, string.Join('/', directory)) ?? throw Refused(entry, $"is a link to {entry.LinkName}, which is not there");
        parent.CreateHardLink(temporary, from, existing);
        return ValueTask.CompletedTask;
    }

    private void MakeDirectory(TarEntry entry, string[] parts)
    {
        using DirectoryDescriptor made = OpenDirectory(entry, parts);
        made.SetAttributes(Attributes(entry));
        _directories.Add((string.Join('/', parts), made.GetStatus().Identity, entry.ModificationTime));
    }

    /// <summary>Opens a directory below the top, and makes it where it is not there.</summary>
    private DirectoryDescriptor OpenDirectory(TarEntry entry, ReadOnlyMemory<string> parts)
    {
        string path = string.Join('/', parts.ToArray());
        if (Find(entry, path) is { } found)
            return found;
        using DirectoryDescriptor parent = OpenDirectory(entry, parts[..^1]);
        parent.TryMakeDirectory(parts.Span[^1]);
        return Find(entry, path) ?? throw Refused(entry, $"needs a directory {top.PathOf(path)}, which is a link to nothing, or was removed again");
    }

    /// <returns>Null: it is not there.</returns>
    private DirectoryDescriptor? Find(TarEntry entry, string path)
    {
        try
        {
            return top.TryOpenDirectory(path.Length == 0 ? "." : path);
        }
        catch (LinuxException error) when (error.Error == Errno.EXDEV)
        {
            throw Refused(entry, $"passes through a symbolic link that leads out of {top.Path}", error);
        }
        catch (LinuxException error) when (error.Error == Errno.ENOTDIR)
        {
            throw Refused(entry, $"needs a directory {top.PathOf(path)}, where something else is", error);
        }
    }

    /// <summary>At the end, since what is made in a directory changes its time. One that somebody has put in the place of another keeps its own.</summary>
    private void SetTimes()
    {
        foreach ((string path, FileIdentity identity, DateTimeOffset modifiedAt) in _directories)
        {
            try
            {
                using DirectoryDescriptor? directory = top.TryOpenDirectory(path);
                if (directory?.GetStatus().Identity == identity)
                    directory.SetModifiedAt(modifiedAt);
            }
            catch (LinuxException error) when (error.Error is Errno.EXDEV or Errno.ENOTDIR or Errno.ELOOP)
            {
                // The same: a link or a file is in its place.
            }
        }
    }

    private void ThrowIfUnsupported(TarEntry entry)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice when !options.MakesDevices:
                throw Refused(entry, $"is a device node, and {nameof(CopyInOptions)}.{nameof(CopyInOptions.MakesDevices)} is not set");
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo or TarEntryType.SymbolicLink or TarEntryType.HardLink or TarEntryType.Directory:
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile
                when entry is not PaxTarEntry pax || !pax.ExtendedAttributes.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal)):
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.SparseFile:
                throw Refused(entry, "is a sparse file, which is not supported yet");
            default:
                throw Refused(entry, $"is of the kind {entry.EntryType}, which is not supported yet");
        }
    }

    private static EntryAttributes Attributes(TarEntry entry)
        => entry is { Uid: >= 0, Gid: >= 0 } // -1 would be no change: chown(2)
            ? new EntryAttributes(entry.Mode, entry.Uid, entry.Gid, entry.ModificationTime)
            : throw Refused(entry, $"belongs to {entry.Uid}:{entry.Gid}, which is nobody");

    private static string LinkName(TarEntry entry)
        => entry.LinkName is { Length: > 0 } target && !target.Contains('\0', StringComparison.Ordinal) ? target : throw Refused(entry, "is a link to nothing");

    private static string[] Parts(TarEntry entry, string path)
    {
        string[] parts = [.. path.Split('/').Where(part => part is not ("" or "."))];
        if (parts.Contains(".."))
            throw Refused(entry, path == entry.Name ? "climbs with .." : $"is a link to {path}, which climbs with ..");
        return parts.Any(part => part.Contains('\0', StringComparison.Ordinal)) ? throw Refused(entry, "has a NUL in its name") : parts;
    }

    private static InvalidDataException Refused(TarEntry entry, string reason, Exception? inner = null) => new($"entry {entry.Name} {reason}", inner);
}
