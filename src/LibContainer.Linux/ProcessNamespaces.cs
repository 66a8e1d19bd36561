using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>The namespaces that a process is in. Source: namespaces(7), /proc/PID/ns.</summary>
public static unsafe class ProcessNamespaces
{
    private static readonly (string File, ulong Kind)[] Kinds =
    [
        ("user", Uapi.CLONE_NEWUSER), ("mnt", Uapi.CLONE_NEWNS), ("cgroup", Uapi.CLONE_NEWCGROUP), ("uts", Uapi.CLONE_NEWUTS),
        ("ipc", Uapi.CLONE_NEWIPC), ("pid", Uapi.CLONE_NEWPID), ("net", Uapi.CLONE_NEWNET), ("time", Uapi.CLONE_NEWTIME),
    ];

    /// <summary>Which of them are others than those of this program's main thread.</summary>
    /// <returns>CLONE_NEW*; kinds that this kernel does not have are not among them.</returns>
    /// <exception cref="LinuxException">ENOENT: there is no such process. EACCES: it may not be looked into.</exception>
    public static ulong FindDifferent(int processId)
    {
        ulong different = 0;
        foreach ((string file, ulong kind) in Kinds)
            if (IdOf($"/proc/self/ns/{file}", isOptional: true) is { } own && own != IdOf($"/proc/{processId}/ns/{file}"))
                different |= kind;
        return different;
    }

    /// <summary>The inode: two files with the same one are one namespace.</summary>
    private static ulong? IdOf(string path, bool isOptional = false)
    {
        stat found;
        fixed (byte* start = NullTerminated.From(path))
            if (LibC.stat(start, &found) == 0)
                return found.st_ino;
        Errno error = (Errno)Marshal.GetLastPInvokeError();
        return isOptional && error == Errno.ENOENT ? null : throw new LinuxException("stat", error, path);
    }
}
