using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>What each code means, and what helps: the hints of errors, and the page of the documentation.</summary>
internal static class ContainerErrorHints
{
    /// <param name="Code">The code.</param>
    /// <param name="Meaning">One sentence.</param>
    /// <param name="Hint">What helps. Null: that depends.</param>
    internal sealed record Entry(ContainerErrorCode Code, string Meaning, string? Hint)
    {
        /// <summary>What helps against one answer of the kernel in particular.</summary>
        internal ImmutableSortedDictionary<Errno, string> ByErrno { get; init; } = ImmutableSortedDictionary<Errno, string>.Empty;
    }

    private static readonly KeyValuePair<Errno, string> NoDescriptors = new(Errno.EMFILE, "raise the limit of open files (ulimit -n) of this process");
    private static readonly KeyValuePair<Errno, string> NoSpace = new(Errno.ENOSPC, "a file system is full, or a limit in /proc/sys/user (max_*_namespaces) is reached");
    private static readonly KeyValuePair<Errno, string> TooManyProcesses = new(Errno.EAGAIN, "a limit on the number of processes is reached: that of the container, of the user (ulimit -u), or pid_max");

    internal static ImmutableArray<Entry> All { get; } =
    [
        new(ContainerErrorCode.InvalidConfiguration, "The configuration contradicts itself, or asks for what this host does not have. Every finding is told at once, with its path, before anything is made.", "correct each finding; its path is that of the JSON format"),
        new(ContainerErrorCode.InvalidId, "An id has 1 to 128 letters, digits, '_', '-' and '.' of ASCII, and begins with a letter or digit.", "choose another id"),
        new(ContainerErrorCode.NotFound, "No container of this id is in the state directory: it was deleted, or made by a runtime with another StateDirectory.", "list the containers; compare LibContainerOptions.StateDirectory"),
        new(ContainerErrorCode.AlreadyExists, "A container of this id is in the state directory, whoever has made it. Of two that race for an id, one gets it.", "choose another id, or delete that container"),
        new(ContainerErrorCode.WrongStatus, "The container is in a state in which that cannot be done: one is started once, only a running one can be paused, only one that does not run can be deleted without force.", "look at the container's status first"),
        new(ContainerErrorCode.Disposed, "The container or the runtime was disposed; with it went what it held.", "open the container again if it is detached"),
        new(ContainerErrorCode.Canceled, "The caller's token was cancelled, and what had been begun is undone.", null),
        new(ContainerErrorCode.StartFailed, "A step of the start failed. The message names step, system call, object, arguments and errno; nothing is left.", "IContainerRuntime.Explain shows every step of a start")
        {
            ByErrno = ImmutableSortedDictionary.CreateRange(
            [
                NoDescriptors, NoSpace, TooManyProcesses,
                new(Errno.EPERM, "this host does not allow that step, even to root: in another container it needs CAP_SYS_ADMIN and a seccomp profile that lets clone3 and mount pass"),
                new(Errno.ENOMEM, "the container's limit of memory is too small for its start, or the host has none left"),
            ]),
        },
        new(ContainerErrorCode.ProgramNotFound, "The program is not in the container: a name without a slash is looked up in the container's PATH, and files of the host are only there when they are mounted.", "look at the root and the mounts: a sandbox sees /usr, /bin, /lib and /opt of the host, and no homes"),
        new(ContainerErrorCode.ProgramNotExecutable, "The program is there and cannot be run: no permission for the user of the container, a directory, another machine's, or a script without a first line.", "look at the file's mode and at the user that the program runs as"),
        new(ContainerErrorCode.CgroupFailed, "The container's cgroup could not be made, limited, read or removed. The message names file, value and errno.", null)
        {
            ByErrno = ImmutableSortedDictionary.CreateRange(
            [
                new KeyValuePair<Errno, string>(Errno.EBUSY, "processes are in it that do not end, or a program of another that has put itself there"),
                new(Errno.EROFS, "cgroups are mounted read-only here: in another container, it needs to be a privileged one"),
                new(Errno.EACCES, "the cgroups are another user's: delegate one to this one"),
            ]),
        },
        new(ContainerErrorCode.NetworkFailed, "The container could not be connected. The message names the entry, the interface and what the kernel says.", null)
        {
            ByErrno = ImmutableSortedDictionary.CreateRange(
            [
                new KeyValuePair<Errno, string>(Errno.EOPNOTSUPP, "this kernel has no such kind of interface: load its module (modprobe veth)"),
                new(Errno.EADDRNOTAVAIL, "every address of the subnet is in use: choose a larger one"),
            ]),
        },
        new(ContainerErrorCode.StateUnavailable, "The state directory cannot be read or written.", "LibContainerOptions.StateDirectory has to be a directory that this process can write, on a file system that takes locks (/run)"),
        new(ContainerErrorCode.StateUnreadable, "A file in the state directory is none of this library's: damaged, or written by somebody else.", "when no process of that container runs, remove its folder"),
        new(ContainerErrorCode.StateTooNew, "The state was written by a later version of this library, which may have made what this one does not know.", "use that version, or a later one"),
        new(ContainerErrorCode.NotPermitted, "This process may not start containers.", "run it as root: user namespaces are not supported yet"),
        new(ContainerErrorCode.SystemCallFailed, "A system call failed. The message names call, object, arguments and errno.", null)
        {
            ByErrno = ImmutableSortedDictionary.CreateRange([NoDescriptors, NoSpace, TooManyProcesses]),
        },
        new(ContainerErrorCode.InputOutputFailed, "A file of this library's, or a stream that the caller gave, could not be read or written; a program that was at the stream's other end was killed.", "look at the inner exception"),
        new(ContainerErrorCode.LeftoverRemains, "Something of a container that has ended could not be removed; the message says what.", "collect leftovers again once what holds it has ended"),
    ];

    private static readonly Dictionary<ContainerErrorCode, Entry> ByCode = All.ToDictionary(entry => entry.Code);

    internal static string? Of(ContainerErrorCode code, Errno error)
        => !ByCode.TryGetValue(code, out Entry? entry) ? null : entry.ByErrno.TryGetValue(error, out string? hint) ? hint : entry.Hint;

    /// <summary><c>LC0003</c>.</summary>
    internal static string ToText(this ContainerErrorCode code) => string.Create(CultureInfo.InvariantCulture, $"LC{(int)code:0000}");

    /// <summary>docs/errors.md.</summary>
    internal static string ToMarkdown()
    {
        StringBuilder page = new("# Error codes\n\nWhat `ContainerErrorCode` means, and what helps. A code never changes its meaning. This page is made from `ContainerErrorHints`, and a test keeps it so.\n");
        foreach (Entry entry in All)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {entry.Code.ToText()} {entry.Code}\n\n{entry.Meaning}\n");
            if (entry.Hint is not null)
                page.Append(CultureInfo.InvariantCulture, $"\nWhat helps: {entry.Hint}.\n");
            if (entry.ByErrno.Count > 0)
                page.Append("\n| errno | what helps |\n| --- | --- |\n");
            foreach ((Errno error, string hint) in entry.ByErrno)
                page.Append(CultureInfo.InvariantCulture, $"| `{error}` | {hint} |\n");
        }
        return page.ToString();
    }
}
