using System.Diagnostics;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests;

/// <summary>A new cgroup directly below the top of a hierarchy of this host, which goes with the test. Nothing else is touched.</summary>
internal sealed class TestCgroup : IDisposable
{
    private TestCgroup(CgroupHierarchy hierarchy) => Directory = Make(hierarchy, $"{hierarchy.MountPoint}/{NewName()}");

    internal CgroupDirectory Directory { get; }

    /// <summary>A process id alone may be that of a process in another namespace.</summary>
    internal static string NewName() => $"libcontainer-test-{Environment.ProcessId}-{Random.Shared.Next():x8}";

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

    /// <summary>In that of version 2, or in that of version 1 that has this controller.</summary>
    internal static TestCgroup Of(CgroupVersion version, string controller) => version == CgroupVersion.V2 ? V2() : V1(controller);

    /// <summary>One below.</summary>
    internal CgroupDirectory Child(string name) => Make(Directory.Hierarchy, Below(name).Path);

    /// <summary>The same, not made.</summary>
    internal CgroupDirectory Below(string name) => new(Directory.Hierarchy, $"{Directory.Path}/{name}");

    /// <summary>What a shell says that goes into the cgroup by itself and then runs a script.</summary>
    internal static Command.Result Run(CgroupDirectory cgroup, string script)
        => Command.Run("sh", "-c", $"echo 0 > {cgroup.Path}/cgroup.procs && {{ {script}\n}}");

    public void Dispose() => CgroupTree.Remove(Directory);

    private static CgroupDirectory Make(CgroupHierarchy hierarchy, string path)
    {
        System.IO.Directory.CreateDirectory(path);
        return new(hierarchy, path);
    }
}

/// <summary>A shell in a cgroup, which ends with the test.</summary>
internal sealed class TestProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Waits until it is in there.</summary>
    /// <param name="cgroup">Where it goes.</param>
    /// <param name="script">What it does then.</param>
    internal TestProcess(CgroupDirectory cgroup, string script = "exec cat")
    {
        _process = Command.Start("sh", "-c", $"echo 0 > {cgroup.Path}/cgroup.procs && echo in && {{ {script}\n}}");
        if (ReadLine() != "in")
            throw new InvalidOperationException(_process.StandardError.ReadToEnd());
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Of a <c>cat</c>: that it runs.</summary>
    internal bool Answers()
    {
        _process.StandardInput.WriteLine("there?");
        _process.StandardInput.Flush();
        return ReadLine() == "there?";
    }

    /// <summary>For what comes at once, or is broken.</summary>
    internal void WaitForEnd() => _process.WaitForExit(TimeSpan.FromMinutes(1)).Should().BeTrue("it was killed");

    internal void Kill()
    {
        _process.Kill();
        WaitForEnd();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
