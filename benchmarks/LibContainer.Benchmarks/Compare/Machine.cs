using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Where and when something was measured.</summary>
internal static class Machine
{
    internal static string Describe()
    {
        string cgroups = File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "v2"
            : Directory.Exists("/sys/fs/cgroup/unified") ? "v1 and v2 (hybrid)" : "v1";
        string peers = string.Concat(new[] { "crun", "runc", "bwrap" }.Select(Version));
        return $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} processors ({Processor()}), Linux {KernelVersion.Current}, "
            + $"cgroup {cgroups}, {RuntimeInformation.FrameworkDescription}{peers}";
    }

    /// <summary>Of the last minute: above the number of processors others worked here, too.</summary>
    internal static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Version(string program)
        => Programs.Find(program) is { } path
            ? $", {Programs.FirstLine(path, "--version").Replace(" version", "", StringComparison.Ordinal)}"
            : $", no {program}";

    private static string Processor() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();
}
