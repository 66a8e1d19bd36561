using System.Collections.Immutable;
using System.Diagnostics;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>A container of this program's making: it is started, watched to its end, and undone.</summary>
internal sealed class OwnContainer : Container
{
    private readonly SemaphoreSlim _starting = new(1);

    /// <summary>
    /// Set as the last thing that a thread of the pool does: who waits goes on by that, and not by one that has to wake first. Of several only the first does: the others are handed on by .NET itself.
    /// </summary>
    private readonly TaskCompletionSource<ContainerExitStatus> _ended = new();

    private readonly FileLock _mark;
    private readonly bool _isShortLived;
    private ContainerState _state;
    private CgroupUsage _usage = CgroupUsage.Unknown;
    private ContainerProcess? _process;

    /// <summary>Until the first start.</summary>
    private ContainerCgroup? _cgroup;

    private volatile LiveContainer? _live;

    /// <summary>How it ended: known before whoever waits for <see cref="_ended"/> goes on, since its events are told before that.</summary>
    private volatile ContainerExitStatus? _exit;

    private volatile bool _isStarting;
    private ContainerExitReason? _killedFor;

    /// <param name="runtime">Whose it is.</param>
    /// <param name="configuration">With a cgroup of its own, where this host has any.</param>
    /// <param name="state">As it is on disk.</param>
    /// <param name="mark">Says to all other programs that this one lives.</param>
    /// <param name="cgroup">Where its cgroup will be. Null: this host has none.</param>
    /// <param name="isShortLived">It is deleted as soon as it has ended, by who has made it: how it ended is written nowhere.</param>
    internal OwnContainer(ContainerRuntime runtime, ContainerConfiguration configuration, ContainerState state, FileLock mark, ContainerCgroup? cgroup, bool isShortLived)
        : base(runtime, state.Id, configuration) => (_state, _mark, _cgroup, _isShortLived) = (state, mark, cgroup, isShortLived);

    public override ContainerStatus Status => _exit is not null || _ended.Task.IsCompleted ? ContainerStatus.Stopped : _live?.Status ?? ContainerStatus.Created;

    public override ContainerExitStatus? ExitStatus => _exit;

    protected override LiveContainer? Live => _live;

    public override async Task<ContainerProcess> StartAsync(ProcessConfiguration process, ContainerStartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(process);
        ThrowIfDisposed();
        using Activity? activity = Telemetry.BeginStart(Id);
        using IDisposable? scope = Runtime.Logger.BeginContainer(Id);
        long began = Stopwatch.GetTimestamp();
        try
        {
            await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
            _isStarting = true;
            try
            {
                if (Status != ContainerStatus.Created)
                    throw new ContainerStatusException(Id, Status, "only one that was never started can be");
                ContainerProcess started = await DoAsync("the start", () => Start(process, options ?? ContainerStartOptions.Default, activity, cancellationToken), cancellationToken).ConfigureAwait(false);
                Runtime.Telemetry.Started(Id, _live!, Stopwatch.GetElapsedTime(began));
                Runtime.Logger.ContainerStarted(Id, process.Arguments[0], started.Id);
                Watches.Tell(ContainerEventKind.Started); // before whatever its cgroup has to tell
                Watches.Follow(_live!);
                _ = ObserveAsync(started);
                return started;
            }
            finally
            {
                _isStarting = false;
                _starting.Release();
            }
        }
        catch (Exception error) when (Translated(error, "the start", cancellationToken) is var translated)
        {
            Runtime.Telemetry.Failed(activity, translated);
            Runtime.Logger.ContainerStartFailed(Id, translated.Message);
            if (translated == error)
                throw;
            throw translated;
        }
    }

    private ContainerProcess Start(ProcessConfiguration process, ContainerStartOptions options, Activity? activity, CancellationToken cancellationToken)
    {
        using StateFolder folder = Runtime.Store.Lock(Id); // whoever wants to delete it waits until it is started
        using StepClock? own = options.Clock is null ? Telemetry.ClockFor(activity) : null;
        StepClock? clock = options.Clock ?? own;
        ContainerCgroup? cgroup = null;
        ContainerState before = _state;
        LaunchStep? failed = null;
        ContainerCgroup? found = _cgroup;
        _cgroup = null; // a second start looks anew
        try
        {
            ContainerProcess started = Namespaces.Start(Configuration, process, new ExecOptions
            {
                StandardInput = options.StandardInput,
                StandardOutput = options.StandardOutput,
                StandardError = options.StandardError,
                ListenDescriptors = options.ListenDescriptors,
                Descriptors = options.Descriptors,
                Notified = options.Notified,
                Detached = options.Detached,
                Clock = clock,
                Logger = Runtime.Logger,
                CgroupBackend = Runtime.CgroupHome.BackendOf(_state.IsCgroupGiven),
                NetworkStrategies = Runtime.NetworkStrategies,
                IsContainerChecked = true,
                Cgroup = found,
                CgroupCreated = created => cgroup = created,
                CgroupEmptied = emptied => _usage = emptied.GetUsage(),
                Started = launched => Record(folder, launched.Id, process, options.Detached),
            }, cancellationToken);
            _process = started;
            _live = new LiveContainer(Id, started, cgroup);
            return started;
        }
        catch (Exception error)
        {
            failed = (error as LaunchException)?.Step;
            if (Translated(error, "the start", cancellationToken) is ContainerException { Code: not (ContainerErrorCode.InvalidConfiguration or ContainerErrorCode.NotPermitted or ContainerErrorCode.StateUnavailable) } failure)
                Fail(folder, failure);
            else
                Reset(folder, before);
            throw;
        }
        finally
        {
            Telemetry.AddSteps(activity, clock, failed);
        }
    }

    private void Record(StateFolder folder, int processId, ProcessConfiguration process, bool isDetached)
        => folder.Write(_state = _state with { Process = new FirstProcess(processId, ProcessStartTime.Read(processId) ?? "", DateTimeOffset.UtcNow, process.Arguments, isDetached) });

    /// <summary>Writes down that somebody has started it who does without this object for the rest.</summary>
    internal void Record(int processId, ProcessConfiguration process)
    {
        using StateFolder folder = Runtime.Store.Lock(Id);
        Record(folder, processId, process, isDetached: false);
    }

    /// <summary>It can be started again.</summary>
    private void Reset(StateFolder folder, ContainerState before)
    {
        if (_state != before)
            folder.Write(before);
        (_state, _usage) = (before, CgroupUsage.Unknown);
    }

    /// <summary>It could not be started, and never will be.</summary>
    private void Fail(StateFolder folder, ContainerException failure)
    {
        ContainerExitStatus status = new() { Reason = ContainerExitReason.StartFailed, ExitCode = -1, FailedStep = failure.Step ?? failure.Message, ExitedAt = DateTimeOffset.UtcNow, Usage = _usage };
        folder.Write(_state = _state with { Exit = status });
        _exit = status;
        _ended.TrySetResult(status); // nobody waits: only one that was started ends
        Watches.End(status, isRemoved: true);
        _mark.Dispose();
    }

    /// <summary>From its start to its end, whether somebody waits or not. What it logs is in the scopes that the start was in, its own among them.</summary>
    private async Task ObserveAsync(ContainerProcess process)
    {
        ContainerExitStatus? status = null;
        Exception? failure = null;
        try
        {
            status = Describe(await process.WaitForExitAsync().ConfigureAwait(false));
            Finish(status);
        }
        catch (Exception error)
        {
            failure = await GiveUpAsync(process, error).ConfigureAwait(false);
        }
        _live!.Dispose();
        _mark.Dispose();
        if (_isStarting) // it has ended already, and this is inside the start, which has to return first
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (failure is null)
            _ended.TrySetResult(status!);
        else if (_ended.TrySetException(failure))
            _ = _ended.Task.Exception; // nobody need wait
    }

    /// <summary>A stream of the caller's failed, or something is left that cannot be removed: whoever waits for the end is told.</summary>
    private async Task<Exception> GiveUpAsync(ContainerProcess process, Exception error)
    {
        try
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception second)
        {
            error = new AggregateException(error, second);
        }
        Runtime.Telemetry.Ended(Id, _usage);
        Runtime.Logger.ContainerEndFailed(Id, error.Message);
        return ErrorTranslation.Translate(error, Id);
    }

    private void Finish(ContainerExitStatus status)
    {
        Runtime.Telemetry.Ended(Id, _usage);
        Runtime.Logger.ContainerEnded(Id, status);
        if (!_isShortLived)
            Save(status);
        _exit = status;
        Watches.End(status, isRemoved: true);
    }

    private void Save(ContainerExitStatus status)
    {
        try
        {
            using StateFolder folder = Runtime.Store.Lock(Id);
            folder.Write(_state = _state with { Exit = status });
        }
        catch (ContainerNotFoundException)
        {
            // Somebody has deleted it meanwhile.
        }
        catch (ContainerException error)
        {
            Runtime.Logger.ExitNotSaved(Id, error.Message);
        }
    }

    private ContainerExitStatus Describe(ExitStatus status)
        => ContainerExit.Describe(status, Configuration.InitProcess, _killedFor, _usage, _state.Process!.StartedAt);

    protected override Task<ContainerExitStatus> WhenEndedAsync()
        => _live is null && !_ended.Task.IsCompleted ? throw new ContainerStatusException(Id, ContainerStatus.Created, "only one that was started ends") : _ended.Task;

    /// <summary>Others take this program for dead from here on, as when the kernel takes its locks from one that was killed. For tests.</summary>
    internal void LoseOwnership() => _mark.Dispose();

    protected override void Kill() => _process!.Kill();

    /// <summary>Kills it, for a reason that is told as that of its end, if it ends by that.</summary>
    internal void KillFor(ContainerExitReason reason)
    {
        _killedFor ??= reason;
        _process?.Kill();
    }

    public override async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        await base.DeleteAsync(cancellationToken).ConfigureAwait(false);
        Runtime.Forget(this);
        _mark.Dispose();
    }

    protected override async ValueTask UndoAsync()
    {
        Runtime.Forget(this);
        await _starting.WaitAsync().ConfigureAwait(false); // a start that is under way
        bool isLeft = _process is { } process && await EndAsync(process).ConfigureAwait(false);
        _mark.Dispose();
        if (!isLeft)
            await Task.Run(Remove).ConfigureAwait(false);
    }

    /// <returns>It is detached, and lives on.</returns>
    private async ValueTask<bool> EndAsync(ContainerProcess process)
    {
        if (_state.Process is { IsDetached: true } && !_ended.Task.IsCompleted)
        {
            process.Dispose();
            return true;
        }
        process.Kill();
        await ((Task)_ended.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await process.DisposeAsync().ConfigureAwait(false);
        return false;
    }

    private void Remove()
    {
        try
        {
            Runtime.Delete(Id, force: true, keepsCgroup: _process is null); // what a start makes that fails, it has removed
        }
        catch (ContainerNotFoundException)
        {
            // Somebody has deleted it, or its state is somebody else's by now.
        }
    }
}
