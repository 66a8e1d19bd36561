using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Benchmarks.Compare;

/// <summary>What the start of the launcher itself costs, against that of the least that a distribution has.</summary>
internal static class LauncherStart
{
    /// <summary>
    /// posix_spawn to exit, in turn: median of the launcher over that of /bin/true. The launcher gets its memory of step words, as from a
    /// host, and no socket: it sets itself up, finds that no host is there, and ends well.
    /// </summary>
    internal static double OverTrue(int rounds, TimeSpan pause)
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using SharedWords words = new("libcontainer-steps", StepWord.Count);
        int[] descriptors = [.. Enumerable.Repeat((int)nothing.DangerousGetHandle(), 4), (int)words.File.DangerousGetHandle()];
        Candidate launcher = Spawned($"/proc/self/fd/{(int)LauncherImage.File.DangerousGetHandle()}", descriptors);
        Candidate least = Spawned("/bin/true", descriptors);

        List<double> launcherTimes = [], leastTimes = [];
        for (int round = 0; round < rounds; round++)
        {
            Thread.Sleep(pause);
            launcherTimes.Add(launcher.StartChecked());
            Thread.Sleep(pause);
            leastTimes.Add(least.StartChecked());
        }
        return new Sample(launcherTimes).P50 / new Sample(leastTimes).P50;
    }

    private static TimedCandidate Spawned(string path, int[] descriptors) => new(path, () =>
    {
        using PidFd process = PidFd.Open(Spawn.Start(path, path, descriptors));
        return process.WaitForExit().ExitCode;
    }, programs: 0); // neither writes anything
}
