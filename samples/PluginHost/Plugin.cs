using System.Globalization;
using LibContainer;
using LibContainer.Configuration;

namespace PluginHost;

/// <summary>A plug-in that is started again when it dies.</summary>
internal sealed class Plugin : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IContainerRuntime _runtime;
    private readonly ContainerConfiguration _container;
    private readonly ProcessConfiguration _process;
    private readonly Action<string> _log;
    private readonly Backoff _backoff = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _supervision;
    private TaskCompletionSource<PluginRun> _running = NewRunning();
    private long _lastId;

    private Plugin(IContainerRuntime runtime, (ContainerConfiguration Container, ProcessConfiguration Process) configuration, Action<string> log)
    {
        (_runtime, (_container, _process), _log) = (runtime, configuration, log);
        _supervision = SuperviseAsync();
    }

    /// <param name="runtime">Who makes its containers.</param>
    /// <param name="assembly">Path of the plug-in on the host.</param>
    /// <param name="log">Is told what becomes of it, and what it writes as errors.</param>
    /// <exception cref="ContainerConfigurationException">It is no program.</exception>
    internal static Plugin Start(IContainerRuntime runtime, string assembly, Action<string> log) => new(
        runtime,
        Sandbox.ForDotnet(assembly).ToConfiguration(configure: options => options
            .Memory(Bytes.Mega(64)).Cpus(0.5).Pids(32).TemporarySpace(Bytes.Mega(8))
            .Container(container => container with { InitProcess = true })), // else it would be process 1, which is spared the signals that it sends itself
        log);

    /// <summary>Asks it. While it is being started again, that is waited for.</summary>
    /// <exception cref="PluginException">It answered with an error, or ended meanwhile. What it had done by then nobody knows, so nothing is asked twice.</exception>
    internal async Task<string> AskAsync(string method, string text)
        => await (await WhenRunningAsync()).AskAsync(new Request(Interlocked.Increment(ref _lastId), method, text), Patience);

    internal async Task<int> GetProcessIdAsync() => (await WhenRunningAsync()).ProcessId;

    private async Task<PluginRun> WhenRunningAsync()
    {
        try
        {
            return await Volatile.Read(ref _running).Task.WaitAsync(Patience, _stop.Token);
        }
        catch (TimeoutException)
        {
            throw new PluginException("the plug-in does not run");
        }
        catch (OperationCanceledException)
        {
            throw new PluginException("the plug-in is being stopped");
        }
    }

    private async Task SuperviseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            string end = await RunOnceAsync();
            if (_stop.IsCancellationRequested)
            {
                _log($"plug-in stopped: {end}");
                return;
            }
            TimeSpan wait = _backoff.Next();
            _log(string.Create(CultureInfo.InvariantCulture, $"plug-in ended: {end}; started again in {wait.TotalSeconds} s"));
            await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How it ended, or why it could not be started.</returns>
    private async Task<string> RunOnceAsync()
    {
        try
        {
            await using PluginRun run = await PluginRun.StartAsync(_runtime, _container, _process, _log, _stop.Token);
            _running.SetResult(run);
            string end = await EndOfAsync(run);
            Volatile.Write(ref _running, NewRunning()); // first: who asks again when his request has failed is to wait for the next one
            run.Fail($"the plug-in has ended: {end}");
            return end;
        }
        catch (Exception error) when (error is IContainerError)
        {
            return error.Message; // it could not be started, or something of it could not be removed
        }
    }

    private async Task<string> EndOfAsync(PluginRun run)
    {
        try
        {
            Task stopped = Task.CompletedTask;
            ContainerExitStatus status;
            using (_stop.Token.Register(() => stopped = run.StopAsync()))
                status = await run.ListenAsync(answered: _backoff.Reset);
            await stopped;
            return status.ToString();
        }
        catch (Exception error) when (error is IContainerError)
        {
            return error.Message;
        }
    }

    private static TaskCompletionSource<PluginRun> NewRunning() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends its input and waits for its end; one that does not end by that is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervision;
        _stop.Dispose();
    }
}
