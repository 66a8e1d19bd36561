using System.Collections.Immutable;
using System.Globalization;
using LibContainer.Linux;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>A cgroup of the kernel's in each hierarchy of this host, below the one that the test is in. It has no process, and goes with the test.</summary>
internal sealed class HostCgroups : IDisposable
{
    private static int _count;
    private readonly List<string> _made = [];

    internal HostCgroups()
    {
        string name = $"libcontainer-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        string[] own = File.ReadAllLines("/proc/self/cgroup");
        try
        {
            foreach (MountEntry mount in MountTable.Read().Where(mount => mount.Type is "cgroup" or "cgroup2"))
            {
                if (mount.MountPoint.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal))
                    Add(mount, own, name);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal List<CgroupDirectory> Directories { get; } = [];

    internal CgroupDirectory? With(string controller) => Directories.FirstOrDefault(directory => directory.Hierarchy.Controllers.Contains(controller));

    internal CgroupDirectory? V2 => Directories.FirstOrDefault(directory => directory.Hierarchy.Version == CgroupVersion.V2);

    /// <summary>The number in a file; null when it is not there.</summary>
    internal static ulong? Number(CgroupDirectory directory, string file)
        => directory.TryRead(file) is { } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;

    public void Dispose()
    {
        for (int i = _made.Count - 1; i >= 0; i--)
            Directory.Delete(_made[i]);
        _made.Clear();
    }

    private void Add(MountEntry mount, string[] own, string name)
    {
        CgroupVersion version = mount.Type == "cgroup2" ? CgroupVersion.V2 : CgroupVersion.V1;
        string[] line = own.Select(text => text.Split(':', 3)).Single(
            fields => version == CgroupVersion.V2 ? fields[0] == "0" : fields[1].Length > 0 && fields[1].Split(',').All(mount.SuperOptions.Split(',').Contains));
        string parent = line[2] == "/" ? mount.MountPoint : mount.MountPoint + line[2];
        ImmutableArray<string> controllers = version == CgroupVersion.V2
            ? [.. File.ReadAllText(Path.Combine(mount.MountPoint, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)]
            : [.. line[1].Split(',').Where(controller => !controller.StartsWith("name=", StringComparison.Ordinal))];
        foreach (string path in new[] { Path.Combine(parent, name), Path.Combine(parent, name, "x") })
        {
            Directory.CreateDirectory(path);
            _made.Add(path);
        }
        Directories.Add(new(new(version, mount.MountPoint, mount.Root, controllers, Name: null, line[2]), _made[^1]));
    }
}
