using System.Diagnostics;
using System.Globalization;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Benchmarks;

/// <summary>
/// Times a start to its exit status against the kernel's floor and against other runtimes, in one interleaved run: in each round every
/// candidate once, in random order, after a fixed pause. Quote ratios; absolute times belong to the machine.
/// </summary>
internal static class Comparison
{
    private sealed record Candidate(string Name, Func<int> Run)
    {
        internal List<double> Milliseconds { get; } = [];
    }

    internal static int Run(string[] arguments)
    {
        int rounds = arguments is [{ } count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 200;
        TimeSpan pause = TimeSpan.FromMilliseconds(arguments is [_, { } gap, ..] ? int.Parse(gap, CultureInfo.InvariantCulture) : 15);

        using BenchmarkRoot root = new();
        using OciBundle bundle = new(root.Container);
        List<Candidate> candidates = Candidates(root, bundle);
        foreach (Candidate candidate in candidates)
            for (int i = 0; i < 5; i++)
                if (candidate.Run() is not 0 and int code)
                    throw new InvalidOperationException($"{candidate.Name} answered {code}: there is nothing to compare");

        Random random = new(1);
        for (int round = 0; round < rounds; round++)
        {
            Candidate[] order = [.. candidates];
            random.Shuffle(order);
            foreach (Candidate candidate in order)
            {
                Thread.Sleep(pause); // the gap between two starts is part of the measurement: it decides how warm the kernel's locks are
                long start = Stopwatch.GetTimestamp();
                candidate.Run();
                candidate.Milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        (double launcher, double plain) = HelperStart(rounds);
        Print(candidates, rounds, pause, launcher / plain, Allocation(root));
        return 0;
    }

    private static List<Candidate> Candidates(BenchmarkRoot root, OciBundle bundle)
    {
        LaunchPlan.Builder bare = new((ulong)NamespaceKinds.Default);
        bare.Add(new ExecuteStep([root.Program], [BenchmarkRoot.Command], []));
        LaunchPlan floor = bare.Build();

        List<Candidate> candidates =
        [
            new("floor", () =>
            {
                using LaunchedProcess process = Launcher.Shared.Start(floor, new LaunchOptions());
                return process.WaitForExit().ExitCode;
            }),
            new("Exec", () => Namespaces.Exec(root.Container, BenchmarkRoot.Process).ExitCode),
        ];
        int id = 0;
        AddIfInstalled("crun", () => ["--cgroup-manager=disabled", "run", "-b", bundle.Directory, $"libcontainer-bench-{Environment.ProcessId}-{id++}"]);
        AddIfInstalled("runc", () => ["run", "-b", bundle.Directory, $"libcontainer-bench-{Environment.ProcessId}-{id++}"]);
        AddIfInstalled("bwrap", () =>
            ["--unshare-all", "--ro-bind", root.Directory, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm", "--mqueue", "/dev/mqueue", "--hostname", "bench", BenchmarkRoot.Command]);
        return candidates;

        void AddIfInstalled(string program, Func<string[]> command)
        {
            if (FindProgram(program) is { } path)
                candidates.Add(new Candidate(program, () => RunProgram(path, command())));
        }
    }

    private static string? FindProgram(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static int RunProgram(string path, string[] arguments)
    {
        using Process process = Process.Start(path, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static long Allocation(BenchmarkRoot root)
    {
        const int Count = 100;
        ContainerConfiguration container = root.Container;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Count; i++)
            Namespaces.Exec(container, BenchmarkRoot.Process);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
    }

    /// <summary>Medians of posix_spawn to exit: the launcher, which leaves at once when descriptor 3 is no socket, and /bin/true, in turn.</summary>
    private static (double Launcher, double Plain) HelperStart(int rounds)
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        int descriptor = (int)nothing.DangerousGetHandle();
        Candidate launcher = new("launcher", () => SpawnAndWait($"/proc/self/fd/{(int)LauncherImage.File.DangerousGetHandle()}", descriptor));
        Candidate plain = new("/bin/true", () => SpawnAndWait("/bin/true", descriptor));
        for (int round = 0; round < rounds; round++)
        {
            foreach (Candidate candidate in new[] { launcher, plain })
            {
                long start = Stopwatch.GetTimestamp();
                candidate.Run();
                candidate.Milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        return (Percentile(launcher, 50), Percentile(plain, 50));
    }

    private static int SpawnAndWait(string path, int descriptor)
    {
        using PidFd process = PidFd.Open(Spawn.Start(path, path, [descriptor, descriptor, descriptor, descriptor]));
        return process.WaitForExit().ExitCode;
    }

    private static void Print(List<Candidate> candidates, int rounds, TimeSpan pause, double launcherOverTrue, long allocation)
    {
        Console.WriteLine($"{rounds} rounds, {pause.TotalMilliseconds} ms apart, Linux {KernelVersion.Current}, {Environment.ProcessorCount} processors");
        Console.WriteLine();
        Console.WriteLine("| candidate | min ms | p50 ms | p90 ms | p50 / floor | p50 / Exec |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        double floor = Percentile(candidates[0], 50), exec = Percentile(candidates[1], 50);
        foreach (Candidate candidate in candidates)
        {
            double median = Percentile(candidate, 50);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {candidate.Name} | {Percentile(candidate, 0):0.00} | {median:0.00} | {Percentile(candidate, 90):0.00} | {median / floor:0.00} | {median / exec:0.00} |"));
        }
        Console.WriteLine();
        Goal("Exec over the floor", exec / floor, goal: 1.8, contract: 2.2, atMost: true);
        if (candidates.FirstOrDefault(candidate => candidate.Name == "crun") is { } crun)
            Goal("crun over Exec", Percentile(crun, 50) / exec, goal: 4, contract: 3.5, atMost: false);
        Goal("launcher's start over that of /bin/true", launcherOverTrue, goal: 0.5, contract: 0.5, atMost: true);
        Goal("bytes of the launcher", LauncherImage.Read().Length, goal: 64 * 1024, contract: 64 * 1024, atMost: true);
        Goal("bytes allocated by one Exec", allocation, goal: 4096, contract: 16384, atMost: true);
    }

    private static void Goal(string name, double figure, double goal, double contract, bool atMost)
    {
        string Verdict(double limit) => (atMost ? figure <= limit : figure >= limit) ? "met" : "missed";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {figure:0.##}, contract {contract:0.##} {Verdict(contract)}, goal {goal:0.##} {Verdict(goal)}"));
    }

    private static double Percentile(Candidate candidate, int percent)
    {
        double[] sorted = [.. candidate.Milliseconds.Order()];
        return sorted[(sorted.Length - 1) * percent / 100];
    }
}
