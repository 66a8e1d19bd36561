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
        long found = Open(path, followLast: true, Uapi.RESOLVE_BENEATH);
        if (found < 0)
            return Walk(path);
        Close(found);
        return null;
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
            long found = Open(here, followLast: false, Uapi.RESOLVE_IN_ROOT);
            if (found < 0)
                return found == -LibC.ENOENT && link is null ? null
                    : link is null ? $"{here}: {LinuxException.Name((Errno)(-found))}"
                    : $"symbolic link {link} leads to {target}, which does not exist in the root";

            string? next = ReadLink((int)found);
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
    private long Open(string path, bool followLast, int resolve)
    {
        fixed (byte* start = NullTerminated.From("." + path)) // "./proc": relative to the root
        {
            open_how how = new()
            {
                flags = (ulong)(LibC.O_PATH | LibC.O_CLOEXEC | (followLast ? 0 : LibC.O_NOFOLLOW)),
                resolve = (ulong)(resolve | Uapi.RESOLVE_NO_MAGICLINKS),
            };
            using Borrowed root = new(_root);
            return SystemCall.Invoke(SystemCallNumber.openat2, root.Number, (long)start, (long)(&how), sizeof(open_how));
        }
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
