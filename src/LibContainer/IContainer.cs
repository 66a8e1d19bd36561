using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>A container: of this program's making, or opened from another's.</summary>
/// <remarks>
/// Disposal is undo: of a container that this program has created it kills what runs and removes all that is left, unless it is detached. Of one that was opened it lets go, and nothing else. Thread-safe. Errors are
/// <see cref="IContainerError"/>: mostly <see cref="ContainerException"/>.
/// </remarks>
public interface IContainer : IAsyncDisposable
{
    /// <summary>What it is called.</summary>
    string Id { get; }

    /// <summary>What it was made with; of limits, what <see cref="UpdateAsync"/> made of them is in its statistics.</summary>
    ContainerConfiguration Configuration { get; }

    /// <summary>What it is doing now. Looks at its cgroup and its first process.</summary>
    /// <exception cref="ContainerException">Its cgroup cannot be read.</exception>
    ContainerStatus Status { get; }

    /// <summary>Its first process, for display. Null: it was not started yet.</summary>
    int? ProcessId { get; }

    /// <summary>How it ended. Null: it has not, or not as far as this object knows.</summary>
    ContainerExitStatus? ExitStatus { get; }

    /// <summary>Starts its program, once.</summary>
    /// <param name="process">The program, and as whom it runs.</param>
    /// <param name="options">Streams. Null: the host's own.</param>
    /// <param name="cancellationToken">Cancelling undoes the start: the container is as it was before. Once the program runs it does nothing.</param>
    /// <returns>The program. It need not be disposed: that goes with the container. Disposing it kills the container.</returns>
    /// <exception cref="ContainerConfigurationException">The configuration, or this host for it. The container is as it was before.</exception>
    /// <exception cref="ContainerStartException">A step failed. Nothing is left of it but its state, which is <see cref="ContainerStatus.Stopped"/>.</exception>
    /// <exception cref="ContainerStatusException">It was started before, or by another program is to be.</exception>
    /// <exception cref="ContainerCanceledException">It was cancelled.</exception>
    Task<ContainerProcess> StartAsync(ProcessConfiguration process, ContainerStartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Runs one more program in it.</summary>
    /// <param name="process">The program.</param>
    /// <param name="options">Streams and the like. Null: the host's own.</param>
    /// <param name="cancellationToken">Cancelling undoes the start. Once the program runs it does nothing.</param>
    /// <returns>The program, which the caller has to dispose: it dies with that, with this program, and with the container.</returns>
    /// <exception cref="ContainerStatusException">The container does not run, or is paused.</exception>
    /// <exception cref="ContainerStartException">A step failed. Nothing is left of it; the container is unharmed.</exception>
    /// <exception cref="ContainerCanceledException">It was cancelled.</exception>
    Task<ContainerProcess> ExecAsync(ProcessConfiguration process, ExecInOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Sends a signal to its first process. One that has process ids of its own ignores what it has no handler for, but <see cref="Signal.SIGKILL"/>; <see cref="ContainerConfiguration.InitProcess"/> helps.</summary>
    /// <returns>False: it has ended.</returns>
    /// <exception cref="ContainerStatusException">It was not started yet.</exception>
    bool TrySendSignal(Signal signal);

    /// <summary>Asks its program to end (SIGTERM), and kills all of it when that takes too long.</summary>
    /// <param name="timeout">How long it may take. Null: <see cref="LibContainerOptions.StopTimeout"/>; <see cref="Timeout.InfiniteTimeSpan"/>: it is never killed.</param>
    /// <param name="cancellationToken">Ends the wait; what was asked stays asked.</param>
    /// <returns>How it ended.</returns>
    Task<ContainerExitStatus> StopAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Kills all of it, and waits until it has ended.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How it ended.</returns>
    Task<ContainerExitStatus> KillAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until its first process has ended, and all that belongs to it is undone.</summary>
    /// <param name="cancellationToken">Ends the wait, and not the container.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ContainerStatusException">It was not started yet.</exception>
    /// <exception cref="ContainerException">A stream of the caller's failed, or something could not be removed.</exception>
    Task<ContainerExitStatus> WaitForExitAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops all of its processes where they are, and waits until they are stopped.</summary>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    Task PauseAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets them go on.</summary>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    Task ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>Changes limits: all that are given or, when one is refused, none.</summary>
    /// <param name="resources">The new limits; what is null or empty stays as it is.</param>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    Task UpdateAsync(ResourceConfiguration resources, CancellationToken cancellationToken = default);

    /// <summary>What it uses now.</summary>
    /// <param name="what">Groups of figures.</param>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    Task<ContainerStats> GetStatsAsync(CgroupStatistics what = CgroupStatistics.All, CancellationToken cancellationToken = default);

    /// <summary>What runs in it now.</summary>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    Task<IReadOnlyList<ContainerProcessInformation>> GetProcessesAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells what happens to it from this call on, to its end. A container that was not started yet is waited for.</summary>
    /// <param name="cancellationToken">Ends the stream with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A stream that is read once.</returns>
    IAsyncEnumerable<ContainerEvent> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes what is left of it, its state too. It must not run.</summary>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    /// <exception cref="ContainerStatusException">It runs.</exception>
    /// <exception cref="ContainerNotFoundException">Somebody else has deleted it.</exception>
    Task DeleteAsync(CancellationToken cancellationToken = default);
}
