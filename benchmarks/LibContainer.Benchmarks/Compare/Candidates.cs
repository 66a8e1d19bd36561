using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Benchmarks.Compare;

/// <summary>All that start the same program in the same root directory. What this machine does not have is null, or left out.</summary>
internal sealed class Candidates : IDisposable
{
    private static int _lastId;

    private readonly BenchmarkRoot _root;
    private readonly OciBundle _bundle;
    private readonly KernelFloor? _kernelFloor;

    internal Candidates(BenchmarkRoot root)
    {
        _root = root;
        _bundle = new OciBundle(root.Container);
        _kernelFloor = File.Exists(Repository.KernelFloor) ? new KernelFloor(root) : null;
        Floor = LauncherFloor(root);
        Modes = [.. StartMode.All.Select(mode => OfExec(mode.Name, root.Container, mode.Options))];
        Crun = OfPeer("crun", () => CrunArguments(_bundle));
        Runc = OfPeer("runc", () => ["run", "-b", _bundle.Directory, NewId()]);
        Bwrap = OfPeer("bwrap", BwrapArguments);
        Peers = [.. new[] { Crun, Runc, Bwrap }.OfType<Candidate>()];
    }

    internal Candidate? Kernel => _kernelFloor;

    /// <summary>The launcher's floor.</summary>
    internal Candidate Floor { get; }

    /// <summary>In the way that every caller gets who asks for no other.</summary>
    internal Candidate Exec => Modes[0];

    internal IReadOnlyList<Candidate> Modes { get; }

    internal IReadOnlyList<Candidate> Peers { get; }

    internal Candidate? Crun { get; }

    internal Candidate? Runc { get; }

    private Candidate? Bwrap { get; }

    /// <summary>Everything, from the least on.</summary>
    internal IReadOnlyList<Candidate> All => [.. Kernel is null ? [] : new[] { Kernel }, Floor, .. Modes, .. Peers];

    internal static Candidate OfExec(string name, ContainerConfiguration container, ExecOptions? options = null)
        => new TimedCandidate(name, () => Namespaces.Exec(container, BenchmarkRoot.Process, options).ExitCode);

    internal static Candidate? OfCrun(string name, OciBundle bundle) => OfPeer("crun", () => CrunArguments(bundle), name);

    /// <summary>The runtimes that make cgroups, and manage them themselves: both do unless they are told to ask systemd.</summary>
    internal static (Candidate? Crun, Candidate? Runc) WithCgroups(OciBundle bundle) => (
        OfPeer("crun", () => ["--cgroup-manager=cgroupfs", "run", "-b", bundle.Directory, NewId()], "crun, cgroups"),
        OfPeer("runc", () => ["run", "-b", bundle.Directory, NewId()], "runc, cgroups"));

    /// <summary>Same launcher, same message, same namespaces, and no step but execve.</summary>
    private static TimedCandidate LauncherFloor(BenchmarkRoot root) => OfPlan("launcher's floor", BarePlan(root));

    internal static LaunchPlan BarePlan(BenchmarkRoot root)
    {
        LaunchPlan.Builder bare = new((ulong)NamespaceKinds.Default);
        bare.Add(new ExecuteStep([root.Program], BenchmarkRoot.Command, []));
        return bare.Build();
    }

    internal static TimedCandidate OfPlan(string name, LaunchPlan plan) => new(name, () =>
    {
        using LaunchedProcess process = Launcher.Shared.Start(plan, new LaunchOptions());
        return process.WaitForExit().ExitCode;
    });

    private static TimedCandidate? OfPeer(string program, Func<string[]> arguments, string? name = null)
        => Programs.Find(program) is { } path ? new TimedCandidate(name ?? program, () => Programs.Run(path, arguments())) : null;

    private static string[] CrunArguments(OciBundle bundle) => ["--cgroup-manager=disabled", "run", "-b", bundle.Directory, NewId()];

    private string[] BwrapArguments() =>
    [
        "--unshare-all", "--ro-bind", _root.Directory, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm",
        "--mqueue", "/dev/mqueue", "--hostname", "bench", .. BenchmarkRoot.Command,
    ];

    private static string NewId() => $"libcontainer-bench-{Environment.ProcessId}-{Interlocked.Increment(ref _lastId)}";

    public void Dispose()
    {
        _kernelFloor?.Dispose();
        _bundle.Dispose();
    }
}
