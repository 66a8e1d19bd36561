using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LibContainer.Tests;

/// <summary>What was logged.</summary>
/// <param name="Category">By whom.</param>
/// <param name="Id">Which message.</param>
/// <param name="Text">The message.</param>
/// <param name="Scopes">The values of all scopes that it was in, outermost first.</param>
internal sealed record RecordedLog(string Category, EventId Id, string Text, IReadOnlyList<KeyValuePair<string, object?>> Scopes)
{
    /// <summary>The containers whose scope it was in.</summary>
    internal IEnumerable<object?> ContainerIds => Scopes.Where(value => value.Key == "ContainerId").Select(value => value.Value);
}

/// <summary>Keeps everything that is logged.</summary>
internal sealed class RecordedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<RecordedLog> _all = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>That of the library, in order.</summary>
    internal IReadOnlyList<RecordedLog> OfLibrary => [.. _all.Where(log => log.Category == "LibContainer")];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    private sealed class Logger(RecordedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<KeyValuePair<string, object?>> values = [];
            logs._scopes.ForEachScope((scope, all) => all.AddRange(scope as IEnumerable<KeyValuePair<string, object?>> ?? []), values);
            logs._all.Enqueue(new RecordedLog(category, eventId, formatter(state, exception), values));
        }
    }
}
