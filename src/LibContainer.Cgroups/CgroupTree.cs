using System.Globalization;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>Makes and removes the directories of cgroups.</summary>
internal static class CgroupTree
{
    private const int Mode = 0x1ED; // 0755

    private static readonly string[] CpusetFiles = ["cpuset.cpus", "cpuset.mems"];

    /// <summary>
    /// Cgroups above those of containers, made by this process, and what it has made directly below each: whoever is the last to end below one removes it, and that need not be who made it. Those
    /// before the last do not try: an rmdir for nothing in each of ten hierarchies takes 0.2 ms.
    /// </summary>
    private static readonly Dictionary<string, HashSet<string>> MadeParents = [];

    /// <summary>Of the parents, which have to agree with what is there.</summary>
    private static readonly Lock Gate = new();

    /// <summary>A container that ends beside this one may remove the parent that both are in, at any moment.</summary>
    private const int Attempts = 10;

    /// <summary>
    /// How long a cgroup may stay busy. Each process tells its end, and then it is looked again. That the kernel has done with it nobody tells: version 2's cgroup.events does,
    /// but at most every 10 ms (CGROUP_FILE_NOTIFY_MIN_INTV), and a container that was born in it that short ago would be waited for by so much longer.
    /// </summary>
    internal static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Makes the cgroup, and those above it that are missing. One that is there already has to be empty, and is made anew: limits of an earlier container would still be in it.</summary>
    /// <param name="cgroup">The container's.</param>
    /// <exception cref="CgroupException">It cannot be made, or is in use. Nothing is left.</exception>
    /// <param name="others">The same container's in other hierarchies: whoever is in one of them uses them all. Null: there are none.</param>
    internal static void Make(CgroupDirectory cgroup, IEnumerable<CgroupDirectory>? others = null)
    {
        try
        {
            MakeAll(cgroup, others ?? []);
        }
        catch (CgroupException)
        {
            RemoveParents(cgroup);
            throw;
        }
    }

    private static void MakeAll(CgroupDirectory cgroup, IEnumerable<CgroupDirectory> others)
    {
        for (int attempt = 1; ; attempt++)
        {
            Errno error = TryMake(cgroup.Path);
            switch (error)
            {
                case 0:
                    Prepare(cgroup);
                    lock (Gate)
                        NoteBelowParent(cgroup.Path);
                    return;
                case Errno.ENOENT when attempt < Attempts:
                    lock (Gate)
                        MakeParents(cgroup, Path.GetDirectoryName(cgroup.Path)!);
                    break;
                case Errno.EEXIST when attempt < Attempts:
                    ThrowIfInUse(others);
                    if (!TryRemove(cgroup.Path))
                        throw InUse(cgroup, CgroupProcesses.Read(cgroup));
                    break;
                default:
                    throw Failed("mkdir", cgroup.Path, error);
            }
        }
    }

    /// <summary>Removes the cgroup, all below it, and those above that were made for it and its likes and nobody uses. What is not there is removed already.</summary>
    /// <exception cref="CgroupException">It cannot be removed, or somebody is still in it after <see cref="RemovalTimeout"/>: the sentence says who.</exception>
    internal static void Remove(CgroupDirectory cgroup)
    {
        long deadline = Environment.TickCount64 + (long)RemovalTimeout.TotalMilliseconds;
        for (int pause = 1; !TryRemove(cgroup.Path); pause = Math.Min(pause * 2, 100))
        {
            if (Environment.TickCount64 > deadline)
                throw new CgroupException($"rmdir {cgroup.Path}: {LinuxException.Name(Errno.EBUSY)}: {Users(CgroupProcesses.Read(cgroup))}", Errno.EBUSY);
            CgroupProcesses.AwaitEnd(cgroup, TimeSpan.FromMilliseconds(pause));
        }
        RemoveParents(cgroup);
    }

    private static void RemoveParents(CgroupDirectory cgroup)
    {
        lock (Gate)
        {
            string ended = cgroup.Path;
            for (string path = Path.GetDirectoryName(ended)!; MadeParents.TryGetValue(path, out HashSet<string>? below); path = Path.GetDirectoryName(path)!)
            {
                below.Remove(ended);
                if (below.Count > 0)
                    return;
                switch (RemoveDirectory(path))
                {
                    case 0 or Errno.ENOENT:
                        MadeParents.Remove(path);
                        ended = path;
                        break;
                    case Errno.EBUSY or Errno.ENOTEMPTY:
                        return; // the next one that ends below it
                    case var error:
                        throw Failed("rmdir", path, error);
                }
            }
        }
    }

    private static void ThrowIfInUse(IEnumerable<CgroupDirectory> cgroups)
    {
        foreach (CgroupDirectory cgroup in cgroups)
            if (CgroupProcesses.Read(cgroup) is { Count: > 0 } users)
                throw InUse(cgroup, users);
    }

    private static CgroupException InUse(CgroupDirectory cgroup, IEnumerable<int> users)
        => new($"mkdir {cgroup.Path}: {LinuxException.Name(Errno.EEXIST)}, and it is in use: {Users(users)}", Errno.EEXIST);

    /// <summary>A directory that was just made, and goes again when it cannot be made ready.</summary>
    private static void Prepare(CgroupDirectory cgroup)
    {
        try
        {
            PrepareCpuset(cgroup);
        }
        catch (CgroupException)
        {
            TryRemove(cgroup.Path);
            throw;
        }
    }

    /// <returns>False: it is in use.</returns>
    private static bool TryRemove(string path)
    {
        Errno error = RemoveDirectory(path);
        if (error is Errno.EBUSY or Errno.ENOTEMPTY)
        {
            // Cgroups below it, made from inside. Or processes, which nothing here helps against.
            foreach (string below in PathsBelow(path))
                if (!TryRemove(below))
                    return false;
            error = RemoveDirectory(path);
        }
        return error switch
        {
            0 or Errno.ENOENT => true,
            Errno.EBUSY or Errno.ENOTEMPTY => false,
            _ => throw Failed("rmdir", path, error),
        };
    }

    /// <summary>The cgroups directly below one. None when it is gone.</summary>
    internal static IEnumerable<CgroupDirectory> Below(CgroupDirectory cgroup) => PathsBelow(cgroup.Path).Select(path => new CgroupDirectory(cgroup.Hierarchy, path));

    private static string[] PathsBelow(string path)
    {
        try
        {
            return Directory.GetDirectories(path);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static void MakeParents(CgroupDirectory cgroup, string path)
    {
        if (path.Length <= cgroup.Hierarchy.MountPoint.Length)
            throw Failed("mkdir", cgroup.Path, Errno.ENOENT); // not even the mount point is there
        Errno error = TryMake(path);
        if (error == Errno.ENOENT)
        {
            MakeParents(cgroup, Path.GetDirectoryName(path)!);
            error = TryMake(path);
        }
        if (error == 0)
        {
            MadeParents[path] = [];
            NoteBelowParent(path);
        }
        else if (error is not (Errno.EEXIST or Errno.ENOENT)) // ENOENT: somebody removed it again; the caller's next attempt sees that
            throw Failed("mkdir", path, error);
    }

    private static void NoteBelowParent(string path)
    {
        if (MadeParents.TryGetValue(Path.GetDirectoryName(path)!, out HashSet<string>? below))
            below.Add(path);
    }

    /// <summary>
    /// A new cpuset of version 1 has no CPU and no memory, and refuses every process with ENOSPC: it gets those of the cgroup above, which may have to get its own first. Source:
    /// the kernel's cgroup-v1/cpusets.rst.
    /// </summary>
    private static void PrepareCpuset(CgroupDirectory cgroup)
    {
        if (cgroup.Hierarchy.Version != CgroupVersion.V1 || !cgroup.Hierarchy.Controllers.Contains("cpuset"))
            return;
        string above = Path.GetDirectoryName(cgroup.Path)!;
        foreach (string file in CpusetFiles)
            cgroup.Write(file, Prepared(new CgroupDirectory(cgroup.Hierarchy, above), file)); // not read before: a new one has nothing, or by cgroup.clone_children just that
    }

    /// <returns>What a file of a cgroup above says, once it says anything.</returns>
    private static string Prepared(CgroupDirectory cgroup, string file)
    {
        string present = cgroup.Read(file);
        if (present.Length > 0 || cgroup.Path.Length <= cgroup.Hierarchy.MountPoint.Length)
            return present;
        string above = Prepared(new CgroupDirectory(cgroup.Hierarchy, Path.GetDirectoryName(cgroup.Path)!), file);
        cgroup.Write(file, above);
        return above;
    }

    /// <summary><c>processes 12 (sh), 13 (sleep) are in it</c>.</summary>
    internal static string Users(IEnumerable<int> processIds)
    {
        string[] users = [.. processIds.Take(10).Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}{NameOf(id)}"))];
        return users.Length == 0 ? "no process of this PID namespace is in it" : $"process{(users.Length == 1 ? "" : "es")} {string.Join(", ", users)} {(users.Length == 1 ? "is" : "are")} in it";
    }

    private static string NameOf(int processId)
    {
        try
        {
            return $" ({File.ReadAllText($"/proc/{processId}/comm").TrimEnd('\n')})";
        }
        catch (IOException)
        {
            return ""; // it has ended meanwhile
        }
    }

    private static Errno TryMake(string path) => (Errno)(-KernelFile.MakeDirectory(NullTerminated.From(path), Mode));

    private static Errno RemoveDirectory(string path) => (Errno)(-KernelFile.RemoveDirectory(NullTerminated.From(path)));

    private static CgroupException Failed(string call, string path, Errno error) => new($"{call} {path}: {LinuxException.Name(error)}", error);
}
