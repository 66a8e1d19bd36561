using System.Diagnostics;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>A process that sleeps, and the name of a unit for it. Both go with the test.</summary>
internal sealed class TestUnit : IDisposable
{
    internal const string Slice = "libcontainer-test.slice";

    private static int s_last;

    private readonly SystemdManager _manager;

    private readonly Process _process = Command.Start("sleep", "1000");

    internal TestUnit(SystemdManager manager)
    {
        Requires.Host(Directory.Exists(SystemdAvailability.BootedDirectory), "systemd as process 1");
        _manager = manager;
        Name = $"libcontainer-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}.scope";
    }

    internal string Name { get; }

    internal int ProcessId => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>The cgroup that the process is in.</summary>
    internal string OwnCgroup => File.ReadAllText($"/proc/{_process.Id}/cgroup").TrimEnd()["0::".Length..];

    internal string Start(params IEnumerable<SystemdProperty> properties) => _manager.StartScope(Name, Slice, ProcessId, "a test", properties);

    internal static CgroupDirectory DirectoryOf(string cgroup) => new(new(CgroupVersion.V2, "/sys/fs/cgroup", "/", [], null, "/"), $"/sys/fs/cgroup{cgroup}");

    internal void WaitForEnd() => _process.WaitForExit(TimeSpan.FromMinutes(1)).Should().BeTrue();

    internal void Kill()
    {
        _process.Kill();
        WaitForEnd();
    }

    internal static string Show(string unit, string property)
        => Command.Run("systemctl", [.. Environment.IsPrivilegedProcess ? Array.Empty<string>() : ["--user"], "show", "-P", property, unit]).Output.TrimEnd();

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _manager.StopUnit(Name);
    }
}
