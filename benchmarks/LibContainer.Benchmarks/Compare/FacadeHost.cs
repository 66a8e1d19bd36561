using System.Diagnostics;
using System.IO.Pipes;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Compare;

/// <summary>A runtime with a state directory of its own, in memory, as /run is on a host that systemd has started (file-hierarchy(7)): on a disk each replaced file is written out at once.</summary>
internal sealed class FacadeHost : IDisposable
{
    private readonly string _states = $"/dev/shm/libcontainer-bench-{Environment.ProcessId}";
    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly ContainerRuntime _runtime;
    private int _last;

    internal FacadeHost(BenchmarkCgroups cgroups)
    {
        Directory.CreateDirectory(_states);
        _runtime = ContainerRuntime.Create(new LibContainerOptions { StateDirectory = _states, CgroupParent = cgroups.Parent });
    }

    /// <summary>From nothing to an exit status; what is left of it is removed when the clock has stopped.</summary>
    internal Start OneLife(ContainerConfiguration container) => Task.Run(() => OneLifeAsync(container)).GetAwaiter().GetResult();

    private async Task<Start> OneLifeAsync(ContainerConfiguration configuration)
    {
        long start = Stopwatch.GetTimestamp(); // on a thread of the pool, as in any program that awaits
        await using IContainer container = await _runtime.CreateAsync($"life-{_last++}", configuration);
        await container.StartAsync(BenchmarkRoot.Process);
        ContainerExitStatus status = await container.WaitForExitAsync();
        return new Start(Stopwatch.GetElapsedTime(start).TotalMilliseconds, status.ExitCode);
    }

    /// <summary>As a program has to that awaits: on a thread that may wait.</summary>
    internal static Start AwaitExec(ContainerConfiguration container) => Task.Run(() => AwaitExecAsync(container)).GetAwaiter().GetResult();

    private static async Task<Start> AwaitExecAsync(ContainerConfiguration container)
    {
        long start = Stopwatch.GetTimestamp();
        int exitCode = (await Task.Run(() => Namespaces.Exec(container, BenchmarkRoot.Process))).ExitCode;
        return new Start(Stopwatch.GetElapsedTime(start).TotalMilliseconds, exitCode);
    }

    /// <returns>Its exit code.</returns>
    internal int Run(ContainerConfiguration container)
        => _runtime.RunAsync(container, BenchmarkRoot.Process, new ContainerRunOptions { StandardInput = StandardStream.Inherit, StandardOutput = StandardStream.Inherit, StandardError = StandardStream.Inherit })
            .GetAwaiter().GetResult().ExitStatus.ExitCode;

    /// <summary>Starts so many that wait for the end of their input.</summary>
    /// <returns>Managed bytes of each.</returns>
    internal long Hold(ContainerConfiguration container, int count)
    {
        HoldAsync(container, 1).GetAwaiter().GetResult(); // what is made once is made
        long before = GC.GetTotalMemory(forceFullCollection: true);
        HoldAsync(container, count - 1).GetAwaiter().GetResult();
        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (count - 1);
    }

    private async Task HoldAsync(ContainerConfiguration configuration, int count)
    {
        ContainerStartOptions options = new() { StandardInput = StandardStream.FromHandle(_input.ClientSafePipeHandle) };
        for (int i = 0; i < count; i++)
        {
            IContainer container = await _runtime.CreateAsync($"held-{_last++}", configuration);
            await container.StartAsync(new ProcessConfiguration(BenchmarkRoot.Command[0], "wait"), options);
        }
    }

    /// <summary>Milliseconds of a list.</summary>
    /// <param name="count">How many containers run.</param>
    /// <exception cref="InvalidOperationException">Others were found.</exception>
    internal double List(int count)
    {
        long start = Stopwatch.GetTimestamp();
        int found = ListAsync().GetAwaiter().GetResult();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return found == count ? milliseconds : throw new InvalidOperationException($"the list has {found} that run in place of {count}: an error is not measured");
    }

    private async Task<int> ListAsync()
    {
        int found = 0;
        await foreach (ContainerInformation container in _runtime.ListAsync())
            if (container.Status == ContainerStatus.Running)
                found++;
        return found;
    }

    /// <summary>Kills and removes them all.</summary>
    public void Dispose()
    {
        _runtime.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _input.DisposeLocalCopyOfClientHandle();
        _input.Dispose();
        Directory.Delete(_states, recursive: true);
    }
}
