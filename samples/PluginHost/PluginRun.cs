using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LibContainer;
using LibContainer.Configuration;

namespace PluginHost;

/// <summary>The plug-in from one start to its end.</summary>
internal sealed class PluginRun : IAsyncDisposable
{
    private const int LongestAnswer = 1 << 20, LongestError = 1000;
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly IContainer _container;
    private readonly ContainerProcess _process;
    private readonly Action<string> _log;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<string>> _underWay = new();
    private readonly SemaphoreSlim _writing = new(1);
    private string? _end;
    private int _killed;

    private PluginRun(IContainer container, ContainerProcess process, Action<string> log) => (_container, _process, _log) = (container, process, log);

    /// <exception cref="ContainerException">It could not be started.</exception>
    internal static async Task<PluginRun> StartAsync(IContainerRuntime runtime, ContainerConfiguration container, ProcessConfiguration process, Action<string> log, CancellationToken cancellationToken)
    {
        IContainer created = await runtime.CreateAsync($"plugin-{Guid.NewGuid():N}", container, cancellationToken);
        try
        {
            return new PluginRun(created, await created.StartAsync(process, ContainerStartOptions.Pipes, cancellationToken), log);
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
    }

    internal int ProcessId => _process.Id;

    /// <exception cref="PluginException">It answered with an error, or ended, or took too long and was killed.</exception>
    internal async Task<string> AskAsync(Request request, TimeSpan patience)
    {
        TaskCompletionSource<string> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay[request.Id] = answer;
        if (Volatile.Read(ref _end) is { } end)
            answer.TrySetException(new PluginException(end)); // it has ended between the look at it and the line above
        using CancellationTokenSource late = new(patience);
        using CancellationTokenRegistration killed = late.Token.Register(() => Kill($"no answer in {patience.TotalSeconds} s"));
        try
        {
            await WriteAsync(request);
            return await answer.Task;
        }
        finally
        {
            _underWay.TryRemove(request.Id, out _);
        }
    }

    /// <summary>A pipe that is full is waited for; one whose reader is gone is told by the end of the plug-in.</summary>
    private async Task WriteAsync(Request request)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(request, Messages.Default.Request), (byte)'\n'];
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteAsync(line);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Kill("it does not read its input");
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Hears what it says, until it has ended.</summary>
    /// <param name="answered">It has answered something.</param>
    /// <returns>How it ended.</returns>
    internal async Task<ContainerExitStatus> ListenAsync(Action answered)
    {
        Task errors = ReadErrorsAsync();
        await ReadAnswersAsync(answered);
        ContainerExitStatus status = await EndAsync();
        await errors;
        return status;
    }

    /// <summary>Tells whoever still waits for an answer that there will be none.</summary>
    internal void Fail(string end)
    {
        Volatile.Write(ref _end, end);
        foreach (TaskCompletionSource<string> request in _underWay.Values)
            request.TrySetException(new PluginException(end));
    }

    private async Task ReadAnswersAsync(Action answered)
    {
        LineReader lines = new(_process.StandardOutput, LongestAnswer);
        while (await lines.ReadAsync() is { } line)
        {
            if (Parse(line.Span) is not { } answer)
            {
                Kill("it wrote what is no answer");
                return;
            }
            if (!_underWay.TryGetValue(answer.Id, out TaskCompletionSource<string>? request))
                continue; // nobody waits for it any more
            answered();
            if (answer.Result is { } result)
                request.TrySetResult(result);
            else
                request.TrySetException(new PluginException(answer.Error ?? "it says neither what came of it nor why"));
        }
    }

    private static Answer? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Messages.Default.Answer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whoever writes errors that nobody reads stands still as soon as the pipe is full.</summary>
    private async Task ReadErrorsAsync()
    {
        LineReader lines = new(_process.StandardError, LongestError);
        while (await lines.ReadAsync() is { } line)
            _log($"plug-in: {string.Concat(Encoding.UTF8.GetString(line.Span).Select(character => char.IsControl(character) ? '?' : character))}");
    }

    /// <summary>Its output has ended, and with it usually the plug-in; it can have closed it and run on.</summary>
    private async Task<ContainerExitStatus> EndAsync()
    {
        using CancellationTokenSource late = new(TimeToEnd);
        try
        {
            return await _container.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Kill("it has closed its output and runs on");
            return await _container.WaitForExitAsync();
        }
    }

    /// <summary>Ends its input, which asks it to end, and kills it when it does not.</summary>
    internal async Task StopAsync()
    {
        if (!await _writing.WaitAsync(TimeToEnd))
        {
            Kill("it does not read its input");
            return;
        }
        await _process.StandardInput.DisposeAsync();
        _writing.Release();
        using CancellationTokenSource late = new(TimeToEnd);
        try
        {
            await _container.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Kill("it does not end with its input");
        }
    }

    private void Kill(string why)
    {
        if (Interlocked.Exchange(ref _killed, 1) != 0)
            return;
        _log($"killing the plug-in: {why}");
        _process.Kill();
    }

    /// <summary>Kills it, if it still runs, and removes what is left of it.</summary>
    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
