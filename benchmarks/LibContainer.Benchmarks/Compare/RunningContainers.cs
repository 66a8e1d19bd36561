using System.IO.Pipes;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer.Benchmarks.Compare;

/// <summary>
/// Containers that run beside what is measured. Each waits for the end of its input, a pipe that this process holds: they end when it does,
/// however it does.
/// </summary>
internal sealed class RunningContainers : IDisposable
{
    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly List<LaunchedProcess> _processes = [];
    private readonly LaunchPlan _plan;

    internal RunningContainers(ContainerConfiguration container)
        => _plan = Namespaces.Plan(container, new ProcessConfiguration(BenchmarkRoot.Command[0], "wait"));

    /// <summary>The one that was started last.</summary>
    internal int LastId => _processes[^1].Id;

    internal void StartUntil(int count)
    {
        while (_processes.Count < count)
            _processes.Add(Launcher.Shared.Start(_plan, new LaunchOptions { StandardInput = _input.ClientSafePipeHandle }));
    }

    /// <summary>Ends them all and waits for each.</summary>
    /// <exception cref="InvalidOperationException">One had not run until now: what was measured beside them counts for nothing.</exception>
    internal void End()
    {
        _input.DisposeLocalCopyOfClientHandle();
        _input.Dispose();
        foreach (LaunchedProcess process in _processes)
            if (process.WaitForExit() is { Success: false } status)
                throw new InvalidOperationException($"a container that was to run beside others ended with {status}");
    }

    /// <summary>Kills and reaps whatever <see cref="End"/> has not.</summary>
    public void Dispose()
    {
        _input.Dispose();
        foreach (LaunchedProcess process in _processes)
            process.TrySendSignal(Signal.SIGKILL); // all at once, and then the wait for each
        foreach (LaunchedProcess process in _processes)
            process.Dispose();
    }
}
