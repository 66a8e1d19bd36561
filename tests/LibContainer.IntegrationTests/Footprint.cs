using System.Globalization;
using LibContainer.Launch;

namespace LibContainer.IntegrationTests;

/// <summary>What this process holds of the machine: compared before and after, it shows a leak.</summary>
internal sealed record Footprint(int Descriptors, string Children, int Mounts, string Files)
{
    /// <summary>After one container, so that what is made once (launcher, image, shared words) is there already.</summary>
    internal static Footprint Take()
    {
        // A finalizer may still be closing what an earlier test forgot; that is not this test's leak.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new Footprint(
            // Assemblies stay open once loaded, and an exception that is caught for the first time loads some.
            Directory.GetFileSystemEntries("/proc/self/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal)),
            ChildrenButLauncher(),
            File.ReadLines("/proc/self/mountinfo").Count(),
            string.Join('\n', Directory.GetFileSystemEntries(Path.GetTempPath(), "libcontainer-*").Order()));
    }

    private static string ChildrenButLauncher()
    {
        IEnumerable<string> children = Directory.GetDirectories("/proc/self/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return string.Join(' ', children.Where(id => id != Launcher.Shared.ProcessId?.ToString(CultureInfo.InvariantCulture)).Order());
    }
}
