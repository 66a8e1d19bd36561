using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>Controllers of version 2, which a cgroup has only as far as each one above passes them down. Source: the kernel's cgroup-v2.rst, "Controlling Controllers".</summary>
internal static class CgroupDelegation
{
    private const string ControllersFile = "cgroup.controllers", SubtreeFile = "cgroup.subtree_control";

    /// <summary>Has the controllers passed down to a cgroup, from the mount point on.</summary>
    /// <param name="cgroup">Of version 2.</param>
    /// <param name="needed">Those without which a limit cannot be kept.</param>
    /// <param name="all">The others as well, as far as they can be had: for the statistics.</param>
    /// <exception cref="CgroupException">One that is needed cannot be had.</exception>
    internal static void Enable(CgroupDirectory cgroup, IReadOnlyCollection<string> needed, bool all)
    {
        if (needed.Count == 0 && !all)
            return;
        foreach (string path in Above(cgroup))
        {
            CgroupDirectory above = new(cgroup.Hierarchy, path);
            HashSet<string> enabled = Words(above, SubtreeFile);
            string[] missing = [.. Words(above, ControllersFile).Where(controller => (all || needed.Contains(controller)) && !enabled.Contains(controller))];
            if (missing.Length == 0)
                continue;
            if (HasProcesses(above))
            {
                if (missing.FirstOrDefault(needed.Contains) is { } refused)
                    throw new CgroupException($"controller {refused} cannot be passed down to {cgroup.Path}, since processes are in {path}", Errno.EBUSY);
                continue;
            }
            if (TryEnable(above, missing) is not null)
                foreach (string controller in missing)
                    if (TryEnable(above, [controller]) is { } error && needed.Contains(controller))
                        throw new CgroupException($"{error.Message}: controller {controller} cannot be passed down to {cgroup.Path}{(error.Error == Errno.EBUSY ? $", since processes are in {path}" : "")}", error.Error, error);
        }
        if (needed.Count == 0)
            return;
        HashSet<string> present = Words(cgroup, ControllersFile);
        foreach (string controller in needed)
            if (!present.Contains(controller))
                throw new CgroupException($"controller {controller} is not delegated to {Path.GetDirectoryName(cgroup.Path)}: {ControllersFile} there has '{string.Join(' ', Words(new(cgroup.Hierarchy, Path.GetDirectoryName(cgroup.Path)!), ControllersFile))}'", Errno.ENOENT);
    }

    private static IEnumerable<string> Above(CgroupDirectory cgroup)
    {
        string top = cgroup.Hierarchy.MountPoint;
        yield return top;
        for (int end = cgroup.Path.IndexOf('/', top.Length + 1); end > 0; end = cgroup.Path.IndexOf('/', end + 1))
            yield return cgroup.Path[..end];
    }

    /// <summary>
    /// The kernel refuses to pass memory down from a cgroup with processes, and does so with cpu and pids: from then on nobody can be born below it (EOPNOTSUPP, "domain invalid"). The top of all
    /// has no type, and may have processes.
    /// </summary>
    private static bool HasProcesses(CgroupDirectory cgroup) => cgroup.TryRead("cgroup.type") is not null && cgroup.TryRead("cgroup.procs") is { Length: > 0 };

    private static HashSet<string> Words(CgroupDirectory cgroup, string file) => [.. (cgroup.TryRead(file) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static CgroupException? TryEnable(CgroupDirectory cgroup, string[] controllers)
    {
        try
        {
            cgroup.Write(SubtreeFile, string.Join(' ', controllers.Select(controller => $"+{controller}")));
            return null;
        }
        catch (CgroupException error)
        {
            return error;
        }
    }
}
