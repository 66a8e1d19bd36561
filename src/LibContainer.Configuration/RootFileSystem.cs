namespace LibContainer.Configuration;

/// <summary>What a container sees as its root.</summary>
public abstract record RootFileSystem
{
    private protected RootFileSystem() { }

    /// <summary>A directory of the host, with all that is mounted below it.</summary>
    /// <param name="path">Absolute path on the host.</param>
    public static RootFileSystem Directory(string path) => new DirectoryRoot(path);

    /// <summary>
    /// The programs and libraries of this host, read-only: no image is needed. /tmp is empty, private and writable, and so are the directories in between (in memory) unless the root is read-only; there are no homes; /etc holds
    /// what programs need and no secrets.
    /// </summary>
    public static RootFileSystem HostUserland() => new HostUserlandRoot();
}

/// <summary>A directory of the host.</summary>
/// <param name="Path">Absolute path on the host.</param>
public sealed record DirectoryRoot(string Path) : RootFileSystem;

/// <summary>The programs and libraries of this host.</summary>
public sealed record HostUserlandRoot : RootFileSystem;
