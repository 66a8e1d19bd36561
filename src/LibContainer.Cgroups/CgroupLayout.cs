using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>One line of /proc/PID/cgroup: where a process is in one hierarchy. Source: cgroups(7).</summary>
/// <param name="Names">Controllers, or <c>name=systemd</c>. Empty: the hierarchy of version 2.</param>
/// <param name="Path">The cgroup, from the top of the reader's cgroup namespace.</param>
internal sealed record CgroupMembership(ImmutableArray<string> Names, string Path)
{
    /// <summary>The kernel's word for a cgroup that was removed under a process that has not been waited for yet.</summary>
    private const string Deleted = " (deleted)";

    internal bool IsVersion2 => Names.IsEmpty;

    /// <returns>Null when there is no such process.</returns>
    internal static ImmutableArray<CgroupMembership>? Read(string process)
    {
        try
        {
            return ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(KernelText.ReadLines($"/proc/{process}/cgroup"), Parse));
        }
        catch (LinuxException error) when (error.Error is Errno.ENOENT or Errno.ESRCH)
        {
            return null; // ESRCH: it ended while the file was open
        }
    }

    /// <exception cref="FormatException">The line is not one of the kernel's.</exception>
    internal static CgroupMembership Parse(string line)
    {
        // A path may hold colons; the two fields before it hold none.
        string[] fields = line.Split(':', 3);
        if (fields.Length != 3 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) || !fields[2].StartsWith('/'))
            throw new FormatException($"'{line}' is not a line of /proc/PID/cgroup");
        string path = fields[2].EndsWith(Deleted, StringComparison.Ordinal) ? fields[2][..^Deleted.Length] : fields[2];
        return new CgroupMembership([.. fields[1].Split(',', StringSplitOptions.RemoveEmptyEntries)], path);
    }
}

/// <summary>Every hierarchy of cgroups that is mounted on this host. Source: cgroups(7), proc_pid_mountinfo(5).</summary>
/// <param name="Hierarchies">In the order of /proc/self/cgroup: that of version 2 last.</param>
internal sealed record CgroupLayout(ImmutableArray<CgroupHierarchy> Hierarchies)
{
    private const string NamePrefix = "name=";

    private static readonly Lazy<CgroupLayout> OfHost = new(() => Parse(MountTable.Read(), CgroupMembership.Read("self") ?? [], ReadControllers));

    /// <summary>That of this process when it was asked for first: mounts of cgroups do not come and go, and no start should read all mounts of a host.</summary>
    internal static CgroupLayout Host => OfHost.Value;

    /// <summary>No controller is in a hierarchy of version 1.</summary>
    internal bool IsVersion2 => Hierarchies is [{ Version: CgroupVersion.V2 }, ..] || (!Hierarchies.IsEmpty && Hierarchies.All(hierarchy => hierarchy.Version == CgroupVersion.V2 || hierarchy.Controllers.IsEmpty));

    /// <summary>The hierarchy of version 2. Null: none is mounted.</summary>
    internal CgroupHierarchy? Version2 => Hierarchies.FirstOrDefault(hierarchy => hierarchy.Version == CgroupVersion.V2);

    /// <summary>The hierarchy that has a controller, by its name there. Null: none.</summary>
    internal CgroupHierarchy? Find(CgroupVersion version, string controller)
        => Hierarchies.FirstOrDefault(hierarchy => hierarchy.Version == version && hierarchy.Controllers.Contains(controller));

    /// <param name="mounts">Of /proc/self/mountinfo.</param>
    /// <param name="memberships">Of /proc/self/cgroup.</param>
    /// <param name="controllersOfVersion2">Reads cgroup.controllers at a mount point of version 2.</param>
    internal static CgroupLayout Parse(
        IReadOnlyList<MountEntry> mounts, IEnumerable<CgroupMembership> memberships, Func<string, ImmutableArray<string>> controllersOfVersion2)
    {
        MountEntry[] visible = [.. mounts.Where((mount, index) => mount.Type is "cgroup" or "cgroup2" && !IsCovered(mounts, index))];
        ImmutableArray<CgroupHierarchy>.Builder hierarchies = ImmutableArray.CreateBuilder<CgroupHierarchy>();
        foreach (CgroupMembership membership in memberships)
        {
            MountEntry[] candidates = [.. visible.Where(mount => IsOf(mount, membership))];
            // Of several mounts the one in which this process can find itself: a container's may show another's part of the tree.
            MountEntry? mount = candidates.FirstOrDefault(candidate => Below(candidate.Root, membership.Path) is not null) ?? candidates.FirstOrDefault();
            if (mount is null)
                continue;
            string? name = membership.Names.FirstOrDefault(word => word.StartsWith(NamePrefix, StringComparison.Ordinal))?[NamePrefix.Length..];
            ImmutableArray<string> controllers = membership.IsVersion2
                ? controllersOfVersion2(mount.MountPoint)
                : membership.Names.RemoveAll(word => word.StartsWith(NamePrefix, StringComparison.Ordinal));
            hierarchies.Add(new CgroupHierarchy(membership.IsVersion2 ? CgroupVersion.V2 : CgroupVersion.V1, mount.MountPoint, mount.Root, controllers, name, membership.Path));
        }
        return new CgroupLayout(hierarchies.ToImmutable());
    }

    /// <summary>
    /// What is left of a path below a directory: empty, or with a slash in front. Null: it is not below. Both may begin with <c>/..</c>, by which the kernel names what is outside the reader's
    /// cgroup namespace.
    /// </summary>
    internal static string? Below(string directory, string path)
    {
        string start = directory == "/" ? "" : directory;
        if (path == directory)
            return "";
        if (!path.StartsWith(start + "/", StringComparison.Ordinal))
            return null;
        string below = path[start.Length..];
        return below == "/.." || below.StartsWith("/../", StringComparison.Ordinal) ? null : below;
    }

    private static bool IsOf(MountEntry mount, CgroupMembership membership)
    {
        if (membership.IsVersion2)
            return mount.Type == "cgroup2";
        string[] options = mount.SuperOptions.Split(',');
        return mount.Type == "cgroup" && membership.Names.All(options.Contains);
    }

    /// <summary>A later mount is on top of it, or of a directory that it is in.</summary>
    private static bool IsCovered(IReadOnlyList<MountEntry> mounts, int index)
    {
        for (int i = index + 1; i < mounts.Count; i++)
            if (Below(mounts[i].MountPoint, mounts[index].MountPoint) is not null)
                return true;
        return false;
    }

    private static ImmutableArray<string> ReadControllers(string mountPoint)
        => [.. (new CgroupDirectory(new(CgroupVersion.V2, mountPoint, "/", [], null, "/"), mountPoint).TryRead("cgroup.controllers") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
