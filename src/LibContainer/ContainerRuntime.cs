using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.Network;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibContainer;

/// <summary>Containers of this program and of others that share a state directory.</summary>
/// <remarks>The containers that it makes die with this process, however this process ends, unless they are detached. What a killed process has left is removed by <see cref="CollectLeftoversAsync"/>.</remarks>
public sealed class ContainerRuntime : IContainerRuntime
{
    private readonly ConcurrentDictionary<OwnContainer, bool> _own = new();
    private int _disposed;

    /// <summary>Of the last container: most programs make all of theirs of one configuration, and writing that takes 0.05 to 0.1 ms of a life of 4.5.</summary>
    private volatile WrittenConfiguration? _written;

    private ContainerRuntime(LibContainerOptions options, ILogger logger, IMeterFactory? meters)
    {
        Store = new StateStore(options.StateDirectory);
        Logger = logger;
        Telemetry = new Telemetry(meters);
        CgroupHome = new CgroupHome(options.CgroupParent, options.CgroupBackend);
        NetworkStrategies = options.NetworkStrategies.ToImmutableDictionary(StringComparer.Ordinal);
        StopTimeout = options.StopTimeout;
    }

    /// <summary>Makes one. It costs nothing until it is used: no process, no thread, no file.</summary>
    /// <param name="options">Where states are, and who makes cgroups. Null: as they are by themselves. Later changes are without effect.</param>
    /// <param name="loggers">Who is told what happens, in the category <c>LibContainer</c>. Null: nobody.</param>
    /// <param name="meters">Who makes the meter <c>LibContainer</c>. Null: it is the runtime's own.</param>
    /// <exception cref="ContainerConfigurationException">All that is wrong with the options.</exception>
    public static ContainerRuntime Create(LibContainerOptions? options = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        options ??= new LibContainerOptions();
        if (options.Validate() is { IsEmpty: false } findings)
            throw new ContainerConfigurationException(ContainerErrorCode.InvalidConfiguration, findings);
        return new ContainerRuntime(options, loggers?.CreateLogger(nameof(LibContainer)) ?? NullLogger.Instance, meters);
    }

    internal StateStore Store { get; }

    internal ILogger Logger { get; }

    internal Telemetry Telemetry { get; }

    internal CgroupHome CgroupHome { get; }

    internal ImmutableDictionary<string, INetworkStrategy> NetworkStrategies { get; }

    internal TimeSpan StopTimeout { get; }

    /// <inheritdoc/>
    public async Task<IContainer> CreateAsync(string id, ContainerConfiguration configuration, CancellationToken cancellationToken = default)
    {
        ContainerId.ThrowIfBad(id);
        ArgumentNullException.ThrowIfNull(configuration);
        return await DoAsync(id, "its creation", () => Create(id, configuration, isShortLived: false), cancellationToken, isShort: !CgroupHome.WaitsForSystemd).ConfigureAwait(false);
    }

    internal OwnContainer Create(string id, ContainerConfiguration configuration, bool isShortLived)
    {
        using IDisposable? scope = Logger.BeginContainer(id);
        bool isGiven = configuration.CgroupPath is not null;
        CgroupBackend backend = CgroupHome.BackendOf(isGiven);
        ExecOptions options = new() { CgroupBackend = backend, NetworkStrategies = NetworkStrategies };
        if (!isGiven && CgroupHome.WaitsForSystemd)
            Namespaces.Check(configuration, options); // bad input is answered before systemd makes the scope that the path is in
        ContainerConfiguration whole = WithCgroup(configuration, () => CgroupHome.PathOf($"{id}-{Guid.NewGuid().ToString("N")[..8]}")); // others may have the same id in another directory
        Namespaces.Check(whole, options);
        ContainerCgroup? cgroup = ContainerCgroup.IsAskedFor(whole) ? ContainerCgroup.At(whole.CgroupPath, backend) : null;
        if (isGiven && cgroup is { Exists: true })
            throw new ContainerConfigurationException(ContainerErrorCode.InvalidConfiguration, [new("cgroupPath", $"'{whole.CgroupPath}' is there already, and a container's own is made and removed with it")]);
        ContainerState state = new()
        {
            Version = ContainerState.CurrentVersion,
            Id = id,
            CreatedAt = DateTimeOffset.UtcNow,
            PidNamespace = PidNamespaces.Current,
            Cgroup = cgroup?.Paths ?? ImmutableSortedDictionary<string, string>.Empty,
            CgroupPath = isGiven ? null : whole.CgroupPath,
        };
        FileLock mark = Store.Create(state, Write(configuration));
        OwnContainer container = new(this, whole, state, mark, cgroup, isShortLived);
        _own.TryAdd(container, true);
        Logger.Created(id);
        return container;
    }

    private byte[] Write(ContainerConfiguration configuration)
    {
        WrittenConfiguration? written = _written;
        if (!ReferenceEquals(written?.Configuration, configuration))
            _written = written = new(configuration, ConfigurationJson.WriteLine(configuration, new ProcessConfiguration()));
        return written.Text;
    }

    /// <summary>Every container has one, where this host has any: what it uses is counted by that, and it is paused by that.</summary>
    private static ContainerConfiguration WithCgroup(ContainerConfiguration configuration, Func<string> path)
        => configuration.CgroupPath is not null || ContainerCgroup.Hierarchies.IsEmpty ? configuration : configuration with { CgroupPath = path() };

    /// <inheritdoc/>
    public Task<ContainerRunResult> RunAsync(ContainerConfiguration configuration, ProcessConfiguration process, ContainerRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(process);
        options ??= ContainerRunOptions.Default;
        string id = options.Id ?? ContainerId.NewFor("run");
        ContainerId.ThrowIfBad(id);
        return new ContainerRun(this, id, options).RunAsync(configuration, process, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ContainerInformation> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (string id in await DoAsync("", "the list", Store.Ids, cancellationToken).ConfigureAwait(false))
        {
            if (cancellationToken.IsCancellationRequested)
                throw new ContainerCanceledException(id, "the list", cancellationToken);
            ContainerInformation found;
            try
            {
                found = StateView.Describe(id, Store);
            }
            catch (ContainerNotFoundException)
            {
                continue; // it was deleted meanwhile
            }
            yield return found;
        }
    }

    /// <inheritdoc/>
    public async Task<IContainer> OpenAsync(string id, CancellationToken cancellationToken = default)
    {
        ContainerId.ThrowIfBad(id);
        return await DoAsync(id, "its opening", () => Open(Store.ReadConfiguration(id), Store.Read(id)), cancellationToken).ConfigureAwait(false);
    }

    private OpenedContainer Open(ContainerConfiguration configuration, ContainerState state)
        => new(this, state.CgroupPath is { } path ? configuration with { CgroupPath = path } : configuration, state);

    /// <inheritdoc/>
    public Task DeleteAsync(string id, bool force = false, CancellationToken cancellationToken = default)
    {
        ContainerId.ThrowIfBad(id);
        return DoAsync(id, "its deletion", () =>
        {
            Delete(id, force);
            return true;
        }, cancellationToken);
    }

    /// <param name="id">The container.</param>
    /// <param name="force">Even if it runs.</param>
    /// <param name="keepsCgroup">As of <see cref="Removal.Remove"/>.</param>
    internal void Delete(string id, bool force, bool keepsCgroup = false)
    {
        using IDisposable? scope = Logger.BeginContainer(id);
        using StateFolder folder = Store.Lock(id);
        ContainerState state = folder.Read();
        if (!force && StateView.StatusOf(state, Store) is (ContainerStatus.Running or ContainerStatus.Paused) and var status)
            throw new ContainerStatusException(id, status, "only one that does not run can be deleted, unless by force");
        Removal.Remove(state, keepsCgroup);
        folder.Remove();
        Logger.Deleted(id);
    }

    /// <inheritdoc/>
    public LaunchPlan Explain(ContainerConfiguration configuration, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(process);
        ThrowIfDisposed();
        HostChecks.ThrowIfNotLinux();
        try
        {
            return Namespaces.Plan(WithCgroup(configuration, static () => "/ID"), process);
        }
        catch (ConfigurationException error)
        {
            throw ErrorTranslation.Translate(error, "ID");
        }
    }

    /// <inheritdoc/>
    public Task<CollectedLeftovers> CollectLeftoversAsync(CancellationToken cancellationToken = default)
        => DoAsync("", "the collection", () => new Leftovers(Store, Logger).Collect(cancellationToken), cancellationToken);

    /// <summary>Does something on a thread that may wait, and tells its errors as this library does.</summary>
    /// <param name="id">Of which container.</param>
    /// <param name="what">For the error of a caller that has cancelled it.</param>
    /// <param name="act">What.</param>
    /// <param name="cancellationToken">Looked at before it is done.</param>
    /// <param name="isShort">On the caller's own thread: it waits for nobody, and to wake another thread takes longer (0.1 to 0.3 ms on two processors, while that looks for more to do).</param>
    internal async Task<T> DoAsync<T>(string id, string what, Func<T> act, CancellationToken cancellationToken, bool isShort = false)
        => isShort ? Do(id, what, act, cancellationToken) : await Task.Run(() => Do(id, what, act, cancellationToken), CancellationToken.None).ConfigureAwait(false);

    /// <exception cref="PlatformNotSupportedException">This is not Linux: said here, before anything looks at what other systems have not.</exception>
    private T Do<T>(string id, string what, Func<T> act, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        HostChecks.ThrowIfNotLinux();
        if (cancellationToken.IsCancellationRequested)
            throw new ContainerCanceledException(id, what, cancellationToken);
        try
        {
            return act();
        }
        catch (Exception error) when (ErrorTranslation.Translate(error, id, what, cancellationToken) is var translated && translated != error)
        {
            throw translated;
        }
    }

    /// <summary>It is no longer this runtime's to undo.</summary>
    internal void Forget(OwnContainer container) => _own.TryRemove(container, out _);

    internal void ThrowIfDisposed()
    {
        if (Volatile.Read(ref _disposed) != 0)
            throw new ContainerDisposedException("the runtime of containers");
    }

    /// <summary>Kills and removes every container of its making that is not detached.</summary>
    /// <exception cref="AggregateException">Something of some could not be removed.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Task all = Task.WhenAll(_own.Keys.Select(container => container.DisposeAsync().AsTask()));
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        CgroupHome.Dispose();
        Telemetry.Dispose();
        if (all.Exception is { } failures)
            throw failures;
    }

    private sealed record WrittenConfiguration(ContainerConfiguration Configuration, byte[] Text);
}
