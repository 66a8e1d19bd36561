using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Files in and out of a container that runs, as tar, without trusting anything in it.</summary>
/// <remarks>
/// Nothing of the container is run, loaded or asked. Paths are resolved by the kernel inside the container's root, and everything below by descriptor: who swaps directories and links
/// meanwhile can spoil the copy, and never has a file of the host read or written. What is mounted in the container is a part of it.
/// Owners are numbers, as this program's user namespace has them; extended attributes and access control lists are not copied.
/// Calls to the kernel are made on threads of the pool, and wait as long as a file system does. Thread-safe.
/// </remarks>
public static class ContainerFiles
{
    /// <summary>Unpacks a tar below a directory of the container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="directory">Absolute path in the container of a directory that is there. Links are resolved inside the container's root.</param>
    /// <param name="tar">Is read to the end of the tar, and stays the caller's. Any format that <see cref="System.Formats.Tar.TarReader"/> knows.</param>
    /// <param name="options">Null: no devices.</param>
    /// <param name="cancellationToken">Cancelling stops between two pieces.</param>
    /// <remarks>
    /// Slashes at the beginning of a name are passed over; a name with <c>..</c> is refused. A symbolic link in the container, or of the tar, that a name passes through is followed as long as it leads
    /// below <paramref name="directory"/>, and refused when it leads out of it; where that is the container's root, all are followed as inside of it.
    /// A directory that is there keeps what is in it, and gets mode, owner and time of its entry, unless it is <paramref name="directory"/> itself. Anything else is replaced as a whole: whoever opens it finds the old
    /// file or the new one, and other names of the old one keep that. A directory is not replaced by something else, nor something else by a directory, nor a file that is mounted. Directories without an
    /// entry are made, for this program's user, with permissions 0755 of which its mask takes away.
    /// After a failure all entries before that one are in place, directories possibly without their time, and nothing of that one but directories.
    /// </remarks>
    /// <exception cref="ContainerStateException">The container does not run any more, or has no files of its own.</exception>
    /// <exception cref="InvalidDataException">An entry is refused, with the reason, or this is no tar.</exception>
    /// <exception cref="EndOfStreamException">The tar ends too early.</exception>
    /// <exception cref="LinuxException">ENOENT: there is no such directory. Or what else the kernel has against an entry, with its path in the container.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task CopyInAsync(RunningContainer container, string directory, Stream tar, CopyInOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfBad(container, directory, tar);
        return RunAsync(
            container,
            async root =>
            {
                using DirectoryDescriptor top = root.OpenDirectory(directory);
                await new TarUnpacker(top, options ?? CopyInOptions.Default).UnpackAsync(tar, cancellationToken).ConfigureAwait(false);
                container.ThrowIfEnded(); // its mounts went with it, and some of the files may be where they were
            },
            cancellationToken);
    }

    /// <summary>Packs a file, or a directory with all that is below it, into a tar.</summary>
    /// <param name="container">The container.</param>
    /// <param name="path">Absolute path in the container. Links on the way are resolved inside the container's root; a link at its end is copied as one, unless a slash stands behind it.</param>
    /// <param name="tar">Where the tar is written. It stays the caller's.</param>
    /// <param name="options">Null: nobody is told what is left out.</param>
    /// <param name="cancellationToken">Cancelling stops between two pieces.</param>
    /// <remarks>
    /// The tar is in the pax format, with modes, owners in numbers and times of change; names in it begin with the last part of the path (<c>./</c> for <c>/</c>, and for what ends in <c>/.</c>).
    /// Symbolic links, FIFOs and device nodes are entries of that kind, and are not opened; the second name of a file is a hard link to the first. A socket is left out, and so is what is below a procfs
    /// or sysfs that is mounted there, unless the path leads into it.
    /// A file that is written to meanwhile is as long as it was when it was opened; of one whose length the kernel does not know 64 KB can be copied. What is removed before its turn is not in the tar.
    /// After a failure the tar has no end.
    /// </remarks>
    /// <exception cref="ContainerStateException">The container does not run any more, or has no files of its own.</exception>
    /// <exception cref="InvalidDataException">A tar cannot have it: a file that was cut while it was read, or whose length cannot be known; a name that is not UTF-8; more than 256 directories in one another; a socket.</exception>
    /// <exception cref="LinuxException">ENOENT: there is nothing at that path. Or what else the kernel has against it, with the path in the container.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task CopyOutAsync(RunningContainer container, string path, Stream tar, CopyOutOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfBad(container, path, tar);
        return RunAsync(
            container,
            async root =>
            {
                using EntryDescriptor top = root.OpenEntry(path);
                await new TarPacker(options ?? CopyOutOptions.Default).PackAsync(top, tar, container.ThrowIfEnded, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    private static void ThrowIfBad(RunningContainer container, string path, Stream tar)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(tar);
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/'))
            throw new ArgumentException($"'{path}' is not an absolute path in the container", nameof(path));
    }

    private static Task RunAsync(RunningContainer container, Func<RootDirectory, Task> copy, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            container.ThrowIfEnded();
            if ((container.Different & NamespaceKinds.Mount) == 0)
                throw new ContainerStateException($"the container of process {container.ProcessId} has no files of its own: its mount namespace is this program's");
            try
            {
                using RootDirectory root = RootDirectory.OfProcess(container.ProcessId);
                container.ThrowIfEnded(); // else it might be another's
                await copy(root).ConfigureAwait(false);
            }
            catch (LinuxException)
            {
                container.ThrowIfEnded(); // that explains whatever went wrong
                throw;
            }
        },
        cancellationToken);
}
