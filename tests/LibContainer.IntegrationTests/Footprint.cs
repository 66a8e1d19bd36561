using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LibContainer.Launch;

namespace LibContainer.IntegrationTests;

/// <summary>What this process holds of the machine: compared before and after, it shows a leak, and of what.</summary>
internal sealed partial record Footprint(string Descriptors, string Children, int Mounts, string Files)
{
    [GeneratedRegex(@":\[\d+\]$")]
    private static partial Regex Inode { get; }

    /// <summary>The runtime makes a pipe of its own when somebody first asks for signals, and that may be the runner, at any time.</summary>
    static Footprint() => PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { }).Dispose();

    /// <summary>After one container, so that what is made once (launcher, image, shared words) is there already.</summary>
    internal static Footprint Take()
    {
        // The runner writes to the console when it likes, and the console copies its descriptor the first time: with a pipe behind it, that looked like a leak.
        Console.Out.Flush();
        Console.Error.Flush();
        // A finalizer may still be closing what an earlier test forgot; that is not this test's leak.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // And it copies them when it likes all the same: those are the runner's, however many.
        string?[] console = [.. Enumerable.Range(0, 3).Select(number => new FileInfo($"/proc/self/fd/{number}").LinkTarget)];
        return new Footprint(
            // Assemblies stay open once loaded, and an exception that is caught for the first time loads some.
            string.Join('\n', Directory.GetFileSystemEntries("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget)
                .Where(target => target is not null && !target.EndsWith(".dll", StringComparison.Ordinal) && !(target.StartsWith("pipe:", StringComparison.Ordinal) && console.Contains(target))).Select(target => Inode.Replace(target!, "")).Order()),
            CurrentChildren(),
            File.ReadLines("/proc/self/mountinfo").Count(),
            // The tests' own are those of other tests, too, which may run at the same time.
            string.Join('\n', Directory.GetFileSystemEntries(Path.GetTempPath(), "libcontainer-*").Where(path => !path.Contains("libcontainer-test-")).Order()));
    }

    /// <summary>Ids of this process's children that are not the shared launcher's processes.</summary>
    internal static string CurrentChildren()
    {
        string[] launchers = [.. Launcher.Shared.ProcessIds.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        return string.Join(' ', Directory.GetDirectories("/proc/self/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Except(launchers).Order());
    }
}
