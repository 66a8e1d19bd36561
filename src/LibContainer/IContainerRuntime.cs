using LibContainer.Configuration;
using LibContainer.Launch;

namespace LibContainer;

/// <summary>Makes containers, finds them again, and removes what is left of them. Thread-safe.</summary>
/// <remarks>Disposal kills and removes every container of this runtime's making that is not detached. Errors are <see cref="IContainerError"/>: mostly <see cref="ContainerException"/>. On any other system than Linux all that is asked of it is answered by a <see cref="PlatformNotSupportedException"/>.</remarks>
public interface IContainerRuntime : IAsyncDisposable
{
    /// <summary>Takes an id for a container, and has its configuration judged. Nothing of it runs yet.</summary>
    /// <param name="id">What it is called: 1 to 128 letters, digits, <c>_</c>, <c>-</c>, <c>.</c> of ASCII, a letter or digit first.</param>
    /// <param name="configuration">What it is.</param>
    /// <param name="cancellationToken">Cancelled, there is no such container.</param>
    /// <returns>The container, which the caller has to dispose.</returns>
    /// <exception cref="ContainerConfigurationException">All that is wrong with the configuration, or with this host for it.</exception>
    /// <exception cref="ContainerExistsException">Another container has the id.</exception>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.InvalidId"/>, <see cref="ContainerErrorCode.StateUnavailable"/>.</exception>
    Task<IContainer> CreateAsync(string id, ContainerConfiguration configuration, CancellationToken cancellationToken = default);

    /// <summary>Runs a program in a container of its own to its end, and leaves nothing of it.</summary>
    /// <param name="configuration">What the container is.</param>
    /// <param name="process">The program.</param>
    /// <param name="options">Limit of time, and streams. Null: no limit, no input, and output is kept.</param>
    /// <param name="cancellationToken">Kills all of it.</param>
    /// <returns>How it ended, what it had used, and what it wrote. A program that failed is no exception.</returns>
    /// <exception cref="ContainerConfigurationException">As of <see cref="CreateAsync"/>.</exception>
    /// <exception cref="ContainerStartException">It could not be started.</exception>
    /// <exception cref="ContainerCanceledException">It was cancelled; if its start was through by then, with its <see cref="ContainerCanceledException.ExitStatus"/>.</exception>
    Task<ContainerRunResult> RunAsync(ContainerConfiguration configuration, ProcessConfiguration process, ContainerRunOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>All containers of the state directory, whoever has made them, in the order of their ids.</summary>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <returns>Each as it was when the list came to it. One that cannot be read is in it, as <see cref="ContainerStatus.Unknown"/>.</returns>
    IAsyncEnumerable<ContainerInformation> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a container that another program has made, or this one before.</summary>
    /// <param name="id">What it is called.</param>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    /// <returns>The container, which the caller has to dispose: that does nothing to it.</returns>
    /// <exception cref="ContainerNotFoundException">There is none.</exception>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.StateUnreadable"/>, <see cref="ContainerErrorCode.StateTooNew"/>.</exception>
    Task<IContainer> OpenAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Removes what is left of a container, its state too. Of two who do that at once, one does.</summary>
    /// <param name="id">What it is called.</param>
    /// <param name="force">One that runs is killed. Otherwise that is an error.</param>
    /// <param name="cancellationToken">Cancelled before it has begun, it is not begun.</param>
    /// <exception cref="ContainerNotFoundException">There is none, or somebody else has deleted it.</exception>
    /// <exception cref="ContainerStatusException">It runs.</exception>
    Task DeleteAsync(string id, bool force = false, CancellationToken cancellationToken = default);

    /// <summary>Everything that a start would do in the container's process, in order, without doing it. Needs no rights.</summary>
    /// <param name="configuration">What the container is.</param>
    /// <param name="process">The program.</param>
    /// <exception cref="ContainerConfigurationException">As of <see cref="CreateAsync"/>.</exception>
    LaunchPlan Explain(ContainerConfiguration configuration, ProcessConfiguration process);

    /// <summary>
    /// Removes what is left of containers of this state directory whose program was killed, and only that: processes, cgroups, states; addresses on bridges of this network; directories of a start. Mounts and cables go by themselves.
    /// </summary>
    /// <param name="cancellationToken">Ends it between two containers.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.LeftoverRemains"/>: all else was removed.</exception>
    Task<CollectedLeftovers> CollectLeftoversAsync(CancellationToken cancellationToken = default);
}
