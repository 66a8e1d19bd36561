using System.IO.Pipes;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Compare;

/// <summary>One that runs until this is disposed: until the end of its input.</summary>
internal sealed class KeptContainer : IDisposable
{
    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly Task _run;

    /// <exception cref="AggregateException">It does not run.</exception>
    internal KeptContainer(ContainerConfiguration container)
    {
        TaskCompletionSource<RunningContainer> runs = new();
        ExecOptions options = new() { StandardInput = StandardStream.FromHandle(_input.ClientSafePipeHandle), Started = process => runs.SetResult(RunningContainer.Of(process)) };
        _run = Task.Factory.StartNew(
            () => Namespaces.Exec(container, new ProcessConfiguration(BenchmarkRoot.Command[0], "wait"), options), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task.WaitAny(_run, runs.Task);
        if (_run.IsFaulted)
            _run.Wait();
        Container = runs.Task.Result;
    }

    internal RunningContainer Container { get; }

    public void Dispose()
    {
        Container.Dispose();
        _input.DisposeLocalCopyOfClientHandle();
        _input.Dispose();
        _run.Wait();
    }
}
