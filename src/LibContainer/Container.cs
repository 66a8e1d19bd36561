using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>What can be done to a container, whoever has started it.</summary>
internal abstract class Container(ContainerRuntime runtime, string id, ContainerConfiguration configuration) : IContainer
{
    private int _disposed;

    public string Id => id;

    public ContainerConfiguration Configuration => configuration;

    public abstract ContainerStatus Status { get; }

    public int? ProcessId => Live?.ProcessId;

    public abstract ContainerExitStatus? ExitStatus { get; }

    protected ContainerRuntime Runtime => runtime;

    protected ContainerWatches Watches { get; } = new();

    /// <summary>Null: it was not started yet, or had ended before this object knew it.</summary>
    protected abstract LiveContainer? Live { get; }

    public abstract Task<ContainerProcess> StartAsync(ProcessConfiguration process, ContainerStartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Done when it has ended and all is undone.</summary>
    protected abstract Task<ContainerExitStatus> WhenEndedAsync();

    /// <summary>Kills all of it.</summary>
    protected abstract void Kill();

    public Task<ContainerProcess> ExecAsync(ProcessConfiguration process, ExecInOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(process);
        options ??= new ExecInOptions();
        return DoAsync("a program", () =>
        {
            using IDisposable? scope = runtime.Logger.BeginContainer(id);
            LiveContainer live = Started("only in one that runs can be a program more");
            live.ThrowIfEnded("only in one that runs can be a program more");
            if (!options.WaitsWhilePaused)
                live.ThrowIfNot(ContainerStatus.Running, "only in one that runs can be a program more");
            return Namespaces.StartIn(live.Running, process, options with { Logger = options.Logger ?? runtime.Logger }, cancellationToken);
        }, cancellationToken);
    }

    public bool TrySendSignal(Signal signal)
    {
        ThrowIfDisposed();
        LiveContainer live = Started("only one that was started has a process to send a signal to");
        try
        {
            return live.TrySendSignal(signal);
        }
        catch (LinuxException error)
        {
            throw ErrorTranslation.Translate(error, id);
        }
    }

    public async Task<ContainerExitStatus> StopAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        TimeSpan patience = timeout ?? runtime.StopTimeout;
        if (patience < TimeSpan.Zero && patience != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), patience, "a time is not below zero");
        await DoAsync("the stop", () =>
        {
            LiveContainer live = Started("only one that was started can be stopped");
            live.TrySendSignal(Signal.SIGTERM);
            live.LetGoOn();
            return true;
        }, cancellationToken).ConfigureAwait(false);
        Task<ContainerExitStatus> ended = WhenEndedAsync();
        try
        {
            return await ended.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!ended.IsCompleted)
        {
            return await KillAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (Translated(error, "the stop", cancellationToken) is var translated && translated != error)
        {
            throw translated;
        }
    }

    public async Task<ContainerExitStatus> KillAsync(CancellationToken cancellationToken = default)
    {
        await DoAsync("the kill", () =>
        {
            Started("only one that was started can be killed");
            Kill();
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return await WaitForExitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<ContainerExitStatus> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        try
        {
            return await WhenEndedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (Translated(error, "the wait for the end", cancellationToken) is var translated && translated != error)
        {
            throw translated;
        }
    }

    public Task PauseAsync(CancellationToken cancellationToken = default) => DoAsync("the pause", () =>
    {
        Started("only one that runs can be paused").Pause();
        Watches.Tell(ContainerEventKind.Paused);
        return true;
    }, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken = default) => DoAsync("the resumption", () =>
    {
        Started("only one that is paused can be resumed").Resume();
        Watches.Tell(ContainerEventKind.Resumed);
        return true;
    }, cancellationToken);

    public Task UpdateAsync(ResourceConfiguration resources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resources);
        return DoAsync("the update", () =>
        {
            Started("only one that runs has limits that can be changed").Update(resources);
            Watches.Tell(ContainerEventKind.Updated);
            return true;
        }, cancellationToken);
    }

    public Task<ContainerStats> GetStatsAsync(CgroupStatistics what = CgroupStatistics.All, CancellationToken cancellationToken = default)
        => DoAsync("the look at its statistics", () => Started("only one that runs uses something").GetStats(what), cancellationToken);

    public Task<IReadOnlyList<ContainerProcessInformation>> GetProcessesAsync(CancellationToken cancellationToken = default)
        => DoAsync("the look at its processes", () => Started("nothing runs in it yet").GetProcesses(), cancellationToken);

    public IAsyncEnumerable<ContainerEvent> WatchAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return Watches.Add().ReadAsync(cancellationToken);
    }

    public virtual Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return runtime.DeleteAsync(id, force: false, cancellationToken);
    }

    /// <summary>Does something on a thread that may wait, and tells its errors as this library does.</summary>
    protected Task<T> DoAsync<T>(string what, Func<T> act, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return runtime.DoAsync(id, what, act, cancellationToken);
    }

    protected Exception Translated(Exception error, string what, CancellationToken cancellationToken) => ErrorTranslation.Translate(error, id, what, cancellationToken);

    /// <exception cref="ContainerStatusException">It was not started, or has ended long ago.</exception>
    protected LiveContainer Started(string wanted) => Live ?? throw new ContainerStatusException(id, Status, wanted);

    protected void ThrowIfDisposed()
    {
        if (Volatile.Read(ref _disposed) != 0)
            throw new ContainerDisposedException($"container '{id}'");
        runtime.ThrowIfDisposed();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            await UndoAsync().ConfigureAwait(false);
    }

    /// <summary>Once.</summary>
    protected abstract ValueTask UndoAsync();
}
