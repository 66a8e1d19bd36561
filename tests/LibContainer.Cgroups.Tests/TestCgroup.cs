using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>A new cgroup directly below the top of a hierarchy of this host, which goes with the test. Nothing else is touched.</summary>
internal sealed class TestCgroup : IDisposable
{
    private static int s_last;

    private readonly List<string> _paths = [];

    private TestCgroup(CgroupHierarchy hierarchy)
    {
        string path = $"{hierarchy.MountPoint}/libcontainer-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}";
        Directory = Make(hierarchy, path);
    }

    internal CgroupDirectory Directory { get; }

    /// <summary>In the hierarchy of version 1 that has this controller, or the test is left out.</summary>
    internal static TestCgroup V1(string controller)
    {
        Requires.Root();
        MountEntry? mount = MountTable.Read().LastOrDefault(entry => entry.Type == "cgroup" && entry.SuperOptions.Split(',').Contains(controller));
        Requires.Host(mount is not null, $"cgroup version 1 with {controller}");
        return new(new(CgroupVersion.V1, mount!.MountPoint, mount.Root, [controller], null, "/"));
    }

    /// <summary>In the hierarchy of version 2, or the test is left out.</summary>
    internal static TestCgroup V2()
    {
        Requires.Root();
        MountEntry? mount = MountTable.Read().LastOrDefault(entry => entry.Type == "cgroup2");
        Requires.Host(mount is not null, "cgroup version 2");
        return new(new(CgroupVersion.V2, mount!.MountPoint, mount.Root, [], null, "/"));
    }

    /// <summary>One below.</summary>
    internal CgroupDirectory Child(string name) => Make(Directory.Hierarchy, $"{Directory.Path}/{name}");

    /// <summary>What a shell says that goes into the cgroup by itself and then runs a script.</summary>
    internal static Command.Result Run(CgroupDirectory cgroup, string script)
        => Command.Run("sh", "-c", $"echo 0 > {cgroup.Path}/cgroup.procs && {{ {script}\n}}");

    public void Dispose()
    {
        foreach (string path in _paths.AsEnumerable().Reverse())
            System.IO.Directory.Delete(path);
        _paths.Clear();
    }

    private CgroupDirectory Make(CgroupHierarchy hierarchy, string path)
    {
        System.IO.Directory.CreateDirectory(path);
        _paths.Add(path);
        return new(hierarchy, path);
    }
}
