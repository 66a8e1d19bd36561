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

    [LoggerMessage(EventId = 3005, Level = LogLevel.Debug, Message = "process {ProcessId} runs {Command} in container {Container}")]
    internal static partial void ProgramStarted(this ILogger logger, int processId, int container, string command);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Debug, Message = "process {ProcessId} in container {Container} has ended: {Status}")]
    internal static partial void ProgramEnded(this ILogger logger, int processId, int container, LibContainer.Linux.ExitStatus status);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "{Command} could not be started in container {Container}: {Reason}")]
    internal static partial void ProgramFailed(this ILogger logger, int container, string command, string reason);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "an interface of a container that has ended is still there: {Reason}")]
    internal static partial void NetworkLeft(this ILogger logger, string reason);
}
