using LibContainer.Cgroups;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>A program in a container, from its start to its end: by <see cref="Namespaces.Start"/> the first of a new one, by <see cref="Namespaces.StartIn"/> one more.</summary>
/// <remarks>
/// Disposal is undo: what runs is killed. What the start has made beside the process (cgroup, network, files) is undone as soon as somebody has waited for the end, or by disposal. Thread-safe.
/// </remarks>
public sealed class ContainerProcess : IDisposable, IAsyncDisposable
{
    private readonly LaunchedProcess _process;
    private readonly IProgramStreams _streams;
    private readonly ContainerEnd _end;

    private ContainerProcess(LaunchedProcess process, IProgramStreams streams, ContainerEnd end)
        => (_process, _streams, _end) = (process, streams, end);

    /// <summary>Takes over what runs. When this fails it is still the caller's.</summary>
    internal static ContainerProcess Begin(LaunchedProcess process, IProgramStreams streams, ContainerEnd end, ProgramOptions options, CancellationToken cancellationToken)
    {
        using (cancellationToken.Register(static state => ((LaunchedProcess)state!).Kill(), process))
        {
            streams.Started(process);
            end.Begin(process);
            options.Started?.Invoke(process);
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (options is ExecOptions { Detached: true })
        {
            process.Detach();
            end.Detach();
        }
        return new ContainerProcess(process, streams, end);
    }

    /// <summary>Its id in the host's namespace. For display, and as of <see cref="LaunchedProcess.Id"/>.</summary>
    public int Id => _process.Id;

    /// <summary>The process, by descriptor.</summary>
    public PidFd PidFd => _process.PidFd;

    /// <summary>What the program reads.</summary>
    /// <exception cref="InvalidOperationException">It is no <see cref="StandardStream.Pipe"/>.</exception>
    public Stream StandardInput => _streams.Input ?? throw NoPipe(nameof(StandardInput));

    /// <summary>What it writes. With a terminal, or with <see cref="StandardStream.SameAsOutput"/>, also its errors.</summary>
    /// <exception cref="InvalidOperationException">As of <see cref="StandardInput"/>.</exception>
    public Stream StandardOutput => _streams.Output ?? throw NoPipe(nameof(StandardOutput));

    /// <summary>What it writes as errors.</summary>
    /// <exception cref="InvalidOperationException">As of <see cref="StandardInput"/>.</exception>
    public Stream StandardError => _streams.Error ?? throw NoPipe(nameof(StandardError));

    /// <summary>Its terminal, which is its input and output in one. Null: it has none of its own.</summary>
    public TerminalStream? Terminal => _streams.Terminal;

    /// <summary>Sends a signal.</summary>
    /// <returns>False when it has ended.</returns>
    public bool TrySendSignal(Signal signal) => _process.TrySendSignal(signal);

    /// <summary>Kills it, even if it is frozen: the container with it, if that is its first process and it has process ids of its own.</summary>
    /// <returns>False when it has ended.</returns>
    public bool Kill() => _process.Kill();

    /// <summary>Waits until it has ended and is undone. Can be called again. What it wrote into pipes is there still.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="CgroupException">The container's cgroup could not be removed, because others are in it.</exception>
    /// <exception cref="IOException">A stream that was to be copied could not be read.</exception>
    /// <remarks>An exception of a stream that was to be written comes as it is.</remarks>
    public ExitStatus WaitForExit()
    {
        ExitStatus status = _streams.CopyUntilExit(_process);
        _end.Finish(_process.Id, status);
        return status;
    }

    /// <summary>The same without a thread that waits.</summary>
    /// <param name="cancellationToken">Ends the wait, and not the program.</param>
    /// <inheritdoc cref="WaitForExit"/>
    public async Task<ExitStatus> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        ExitStatus status = await _streams.CopyUntilExitAsync(_process).WaitAsync(cancellationToken).ConfigureAwait(false);
        _end.Finish(_process.Id, status);
        return status;
    }

    /// <summary>Waits until it has ended, and disposes it.</summary>
    /// <param name="cancellationToken">Kills it.</param>
    internal ExitStatus RunToEnd(CancellationToken cancellationToken)
    {
        ExitStatus status;
        try
        {
            using (cancellationToken.Register(static state => ((LaunchedProcess)state!).Kill(), _process))
                status = WaitForExit();
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception error)
        {
            _end.DisposeAfter(error, _process, _streams);
            throw;
        }
        Dispose();
        return status;
    }

    /// <summary>A container of this program's, for more programs in it.</summary>
    internal LaunchedProcess Launched => _process;

    private static InvalidOperationException NoPipe(string stream) => new($"{stream} is no StandardStream.Pipe");

    /// <summary>Kills it if it runs, closes its streams, and undoes the rest; of one that is <see cref="ExecOptions.Detached"/>, only the streams are closed while it runs.</summary>
    /// <exception cref="CgroupException">As of <see cref="WaitForExit"/>.</exception>
    public void Dispose()
    {
        _process.Dispose();
        _streams.Dispose();
        _end.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        if (_process.IsAttached && _process.Kill())
            await _process.WaitForExitAsync().ConfigureAwait(false);
        Dispose();
    }
}
