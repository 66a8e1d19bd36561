using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A directory that is somebody's root, looked into without ever leaving it. Source: openat2(2).</summary>
/// <remarks>What is found can change at once after: use it to explain, not to decide. The decision is the kernel's, when a path is opened for use.</remarks>
public sealed unsafe class RootDirectory : IDisposable
{
    private const int MaxLinks = 40; // MAXSYMLINKS of the kernel
    private readonly SafeFileHandle _root;

    private RootDirectory(SafeFileHandle root) => _root = root;

    /// <summary>The root of a process, in whatever mount namespace it lives.</summary>
    /// <exception cref="LinuxException">ENOENT: the process is gone.</exception>
    public static RootDirectory OfProcess(int processId) => Open($"/proc/{processId}/root");

    /// <summary>The directory behind a descriptor, which stays its owner's.</summary>
    internal static RootDirectory OfDescriptor(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: false));

    /// <summary>Opens a directory of the host.</summary>
    /// <exception cref="LinuxException">ENOENT, ENOTDIR: there is none.</exception>
    public static RootDirectory Open(string path)
    {
        fixed (byte* start = NullTerminated.From(path))
        {
            int descriptor = LibC.open(start, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
            return descriptor >= 0
                ? new RootDirectory(new SafeFileHandle(descriptor, ownsHandle: true))
                : throw LinuxException.FromLastError("open", path, "O_PATH|O_DIRECTORY");
        }
    }

    /// <summary>Says why a path inside the root should not be written to, or mounted onto.</summary>
    /// <param name="path">Absolute path inside the root.</param>
    /// <returns>
    /// <c>symbolic link /x leads to ../../y, out of the root</c>, or that a link leads to nothing; null when there is no objection. That the path
    /// itself does not exist is none.
    /// </returns>
    public string? ExplainBadDestination(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // One look for what is usual: no link, or links that stay below.
        int found = Open(path, LibC.O_PATH, Uapi.RESOLVE_BENEATH);
        if (found < 0)
            return Walk(path);
        Close(found);
        return null;
    }

    /// <summary>Reads a small regular file inside the root, links resolved inside it.</summary>
    /// <param name="path">Absolute path inside the root.</param>
    /// <param name="maxLength">Most bytes that are taken: a container could offer a file without end.</param>
    /// <returns>Its content, or null when there is none.</returns>
    /// <exception cref="InvalidDataException">It is no regular file (opening a FIFO could wait for ever, so it is opened without waiting), or too long.</exception>
    /// <exception cref="LinuxException">It cannot be opened or read.</exception>
    public byte[]? ReadFile(string path, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(path);
        int opened = Open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY, Uapi.RESOLVE_IN_ROOT);
        if (opened == -LibC.ENOENT)
            return null;
        if (opened < 0)
            throw new LinuxException("openat2", (Errno)(-opened), path);

        using SafeFileHandle file = new(opened, ownsHandle: true);
        stat found;
        if (LibC.fstat(opened, &found) != 0)
            throw LinuxException.FromLastError("fstat", path);
        if (((int)(uint)found.st_mode & Uapi.S_IFMT) != Uapi.S_IFREG)
            throw new InvalidDataException($"{path} is not a regular file");

        byte[] content = new byte[maxLength + 1]; // the size that stat tells can be a lie: /proc files say 0
        int length = 0;
        while (length < content.Length && Descriptor.Read(file, content.AsSpan(length)) is > 0 and int count)
            length += count;
        return length <= maxLength ? content[..length] : throw new InvalidDataException($"{path} is longer than {maxLength} bytes");
    }

    /// <summary>Opens what is at a path without touching it: links on the way are resolved inside the root, and the last one is not followed unless a slash stands behind it.</summary>
    /// <param name="path">Absolute path inside the root.</param>
    /// <exception cref="LinuxException">ENOENT, ENOTDIR, ELOOP: there is nothing. EAGAIN: what is inside is moved faster than it can be resolved.</exception>
    public EntryDescriptor OpenEntry(string path) => new(OpenOrThrow(path, LibC.O_PATH | LibC.O_NOFOLLOW), path);

    /// <summary>Opens a directory, links resolved inside the root.</summary>
    /// <param name="path">Absolute path inside the root.</param>
    /// <exception cref="LinuxException">As of <see cref="OpenEntry"/>.</exception>
    public DirectoryDescriptor OpenDirectory(string path)
    {
        using EntryDescriptor root = new(OpenOrThrow("/", LibC.O_PATH), "/");
        return new DirectoryDescriptor(OpenOrThrow(path, LibC.O_RDONLY | LibC.O_DIRECTORY), path, root.GetStatus().Identity);
    }

    private string? Walk(string path)
    {
        List<string> resolved = [];
        Stack<string> rest = new();
        Push(rest, path);
        string? link = null; // the last link taken, as long as its target is being walked
        string target = "";
        int targetDepth = 0;

        for (int links = 0; rest.TryPop(out string? name);)
        {
            if (rest.Count < targetDepth)
                link = null;
            if (name == "..")
            {
                if (resolved.Count == 0)
                    return link is null ? $"{path} climbs out of the root" : $"symbolic link {link} leads to {target}, out of the root";
                resolved.RemoveAt(resolved.Count - 1);
                continue;
            }

            string here = $"/{string.Join('/', resolved.Append(name))}";
            int found = Open(here, LibC.O_PATH | LibC.O_NOFOLLOW, Uapi.RESOLVE_IN_ROOT);
            if (found < 0)
                return found == -LibC.ENOENT && link is null ? null
                    : link is null ? $"{here}: {LinuxException.Name((Errno)(-found))}"
                    : $"symbolic link {link} leads to {target}, which does not exist in the root";

            string? next = ReadLink(found);
            Close(found);
            if (next is null)
            {
                resolved.Add(name);
                continue;
            }
            if (++links > MaxLinks)
                return $"symbolic link {here} leads in a circle";
            (link, target, targetDepth) = (here, next, rest.Count);
            if (next.StartsWith('/'))
                resolved.Clear(); // a root directory's own "/"
            Push(rest, next);
        }
        return null;
    }

    private static void Push(Stack<string> rest, string path)
    {
        foreach (string part in path.Split('/').Reverse())
            if (part.Length > 0 && part != ".")
                rest.Push(part);
    }

    /// <returns>A descriptor, or a negative errno.</returns>
    private int Open(string path, int flags, int resolve) => PathResolution.Open(_root, "." + path, flags, resolve); // "./proc": relative to the root

    private int OpenOrThrow(string path, int flags)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/'))
            throw new ArgumentException($"'{path}' is not an absolute path", nameof(path));
        int opened = Open(path, flags, Uapi.RESOLVE_IN_ROOT);
        return opened >= 0 ? opened : throw new LinuxException("openat2", (Errno)(-opened), path, "RESOLVE_IN_ROOT");
    }

    private static void Close(long descriptor) => SystemCall.Invoke(SystemCallNumber.close, descriptor);

    private static string? ReadLink(int descriptor)
    {
        const int PathMax = 4096;
        byte* buffer = stackalloc byte[PathMax];
        byte nothing = 0;
        long length = LibC.readlinkat(descriptor, &nothing, buffer, PathMax);
        return length < 0 ? null : Marshal.PtrToStringUTF8((nint)buffer, (int)length); // EINVAL, ENOENT: it is no link
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();
}
