using System.Globalization;
using System.Text.Json;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>The states of all containers of a state directory, which any number of programs share: a folder for each.</summary>
/// <remarks>
/// <code>
/// containers/ID/state.json           replaced whole, by a rename, under the lock of the folder
/// containers/ID/configuration.json   written once
/// containers/ID/owner                empty; its lock is held by the program that the container lives and dies with
/// containers/.new-…  .old-…          on their way in or out, under the lock of the folder: one without is a leftover
/// </code>
/// </remarks>
internal sealed class StateStore(string directory)
{
    internal const string StateFile = "state.json", ConfigurationFile = "configuration.json", OwnerFile = "owner";

    private const char Hidden = '.';

    /// <summary>Where the folders are.</summary>
    internal string Folder { get; } = Path.Combine(directory, "containers");

    /// <summary>Takes an id: of two programs that race for it, one gets it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="configuration">As <see cref="ConfigurationJson"/> writes it.</param>
    /// <returns>The mark that the container's host lives, which this program holds until it ends or lets go of it.</returns>
    /// <exception cref="ContainerExistsException">Another container has it.</exception>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.StateUnavailable"/>.</exception>
    internal FileLock Create(ContainerState state, ReadOnlySpan<byte> configuration)
    {
        try
        {
            FileLock held = FileLock.TakeNewDirectory(() => HiddenPath("new"), out string path);
            FileLock? owner = null;
            try
            {
                using (held)
                {
                    HostFile.Create(Path.Combine(path, StateFile), Serialize(state));
                    HostFile.Create(Path.Combine(path, ConfigurationFile), configuration);
                    owner = FileLock.Take(Path.Combine(path, OwnerFile), creates: true);
                    if (!HostPath.TryRename(path, PathOf(state.Id)))
                        throw new ContainerExistsException(state.Id, Folder);
                    return owner;
                }
            }
            catch
            {
                owner?.Dispose();
                Directory.Delete(path, recursive: true);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(error, state.Id);
        }
    }

    /// <summary>Has a container for this program alone, for a moment.</summary>
    /// <exception cref="ContainerNotFoundException">There is none of this id.</exception>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.StateUnavailable"/>.</exception>
    internal StateFolder Lock(string id)
    {
        try
        {
            return new StateFolder(this, id, FileLock.Take(PathOf(id)));
        }
        catch (LinuxException error) when (error.Error == Errno.ENOENT)
        {
            throw new ContainerNotFoundException(id, Folder, error);
        }
        catch (IOException error)
        {
            throw Unavailable(error, id);
        }
    }

    /// <summary>The same without waiting.</summary>
    /// <returns>Null: somebody else has it, or it is gone.</returns>
    internal StateFolder? TryLock(string id)
    {
        try
        {
            return FileLock.TryTake(PathOf(id)) is { } held ? new StateFolder(this, id, held) : null;
        }
        catch (IOException error)
        {
            throw Unavailable(error, id);
        }
    }

    /// <summary>All ids, in order.</summary>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.StateUnavailable"/>.</exception>
    internal string[] Ids() => [.. Names().Where(name => name[0] != Hidden).Order(StringComparer.Ordinal)];

    /// <exception cref="ContainerNotFoundException">There is none of this id.</exception>
    /// <exception cref="ContainerException">It cannot be read: <see cref="ContainerErrorCode.StateUnreadable"/>, <see cref="ContainerErrorCode.StateTooNew"/>.</exception>
    internal ContainerState Read(string id) => Parse(id, ReadFile(id, StateFile));

    /// <summary>What it was made with.</summary>
    /// <inheritdoc cref="Read"/>
    internal ContainerConfiguration ReadConfiguration(string id)
    {
        byte[] content = ReadFile(id, ConfigurationFile);
        try
        {
            return ConfigurationJson.Read(content).Container;
        }
        catch (ConfigurationException error)
        {
            throw Unreadable(id, ConfigurationFile, error.Message, error);
        }
    }

    /// <summary>The program that a container lives and dies with is there.</summary>
    internal bool HasOwner(string id)
    {
        string path = Path.Combine(PathOf(id), OwnerFile);
        using FileLock? free = FileLock.TryTake(path);
        return free is null && File.Exists(path);
    }

    /// <summary>Waits until that has written down how it ended, or is gone.</summary>
    internal void AwaitOwner(string id)
    {
        try
        {
            FileLock.Take(Path.Combine(PathOf(id), OwnerFile)).Dispose();
        }
        catch (LinuxException error) when (error.Error == Errno.ENOENT)
        {
            // It is deleted.
        }
    }

    /// <summary>Removes folders whose program was killed while it made or removed them.</summary>
    /// <returns>How many.</returns>
    internal int RemoveHidden()
    {
        int removed = 0;
        foreach (string name in Names().Where(name => name[0] == Hidden))
        {
            using StateFolder? folder = TryLock(name);
            if (folder is null)
                continue;
            Directory.Delete(PathOf(name), recursive: true);
            removed++;
        }
        return removed;
    }

    /// <summary>Takes a container's folder away. The caller has its lock.</summary>
    internal void Remove(string id)
    {
        string path = HiddenPath("old");
        try
        {
            HostPath.TryRename(PathOf(id), path); // the name is free from here on; nobody else has such a one
            Directory.Delete(path, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(error, id);
        }
    }

    /// <summary>Puts another state in the place of one. The caller has its lock.</summary>
    internal void Write(ContainerState state)
    {
        try
        {
            HostFile.Replace(Path.Combine(PathOf(state.Id), StateFile), Serialize(state));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(error, state.Id);
        }
    }

    private string PathOf(string id) => Path.Combine(Folder, id);

    private string HiddenPath(string kind) => PathOf($"{Hidden}{kind}-{Guid.NewGuid():N}");

    private IEnumerable<string> Names()
    {
        try
        {
            return Directory.Exists(Folder) ? Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)!) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(error);
        }
    }

    private byte[] ReadFile(string id, string name)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(PathOf(id), name));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Directory.Exists(PathOf(id)) ? Unreadable(id, name, "there is no such file", error) : new ContainerNotFoundException(id, Folder, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(error, id);
        }
    }

    private static byte[] Serialize(ContainerState state) => JsonSerializer.SerializeToUtf8Bytes(state, ContainerStateJson.Default.ContainerState);

    private ContainerState Parse(string id, byte[] content)
    {
        try
        {
            ContainerState? state = JsonSerializer.Deserialize(content, ContainerStateJson.Default.ContainerState);
            return state is { Version: ContainerState.CurrentVersion } && state.Id == id ? state
                : state is { Version: > ContainerState.CurrentVersion } ? throw TooNew(id, state.Version)
                : throw Unreadable(id, StateFile, state is null ? "it is null" : $"it is version {state.Version} of '{state.Id}'");
        }
        catch (JsonException error)
        {
            throw VersionOf(content) is > ContainerState.CurrentVersion and int version ? TooNew(id, version, error) : Unreadable(id, StateFile, error.Message, error);
        }
    }

    /// <summary>A later version may have other members: its number is all that is read.</summary>
    private static int? VersionOf(byte[] content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("version", out JsonElement version) && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out int number) ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ContainerException TooNew(string id, int version, Exception? inner = null) => new(
        ContainerErrorCode.StateTooNew,
        string.Create(CultureInfo.InvariantCulture, $"{Path.Combine(PathOf(id), StateFile)} is of version {version}, and this library knows {ContainerState.CurrentVersion}"), inner)
    { ContainerId = id, Object = PathOf(id) };

    private ContainerException Unreadable(string id, string name, string why, Exception? inner = null)
        => new(ContainerErrorCode.StateUnreadable, $"{Path.Combine(PathOf(id), name)} is no state of a container: {why}", inner) { ContainerId = id, Object = PathOf(id) };

    private ContainerException Unavailable(Exception error, string? id = null)
        => new(ContainerErrorCode.StateUnavailable, $"states of containers cannot be kept in {Folder}: {error.Message}", error) { ContainerId = id, Object = Folder, Error = error is LinuxException kernel ? kernel.Error : 0 };
}

/// <summary>One container's folder, under its lock.</summary>
internal sealed class StateFolder(StateStore store, string id, FileLock held) : IDisposable
{
    /// <inheritdoc cref="StateStore.Read"/>
    internal ContainerState Read() => store.Read(id);

    /// <summary>Puts another state in its place.</summary>
    internal void Write(ContainerState state) => store.Write(state);

    /// <summary>Takes it away.</summary>
    internal void Remove() => store.Remove(id);

    public void Dispose() => held.Dispose();
}
