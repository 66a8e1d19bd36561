using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>Messages of this assembly: 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "container {ProcessId} runs {Command}")]
    internal static partial void Started(this ILogger logger, int processId, string command);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Debug, Message = "container {ProcessId} has ended: {Status}")]
    internal static partial void Ended(this ILogger logger, int processId, LibContainer.Linux.ExitStatus status);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "a container that was to run {Command} could not be started: {Reason}")]
    internal static partial void StartFailed(this ILogger logger, string command, string reason);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "an interface of a container that has ended is still there: {Reason}")]
    internal static partial void NetworkLeft(this ILogger logger, string reason);
}
