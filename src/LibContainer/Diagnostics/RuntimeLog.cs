using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>Messages of this assembly: 5000 to 5999. Each is in a scope that has the container's id.</summary>
internal static partial class RuntimeLog
{
    private static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("container {ContainerId}");

    /// <summary>What is logged until its disposal is about this container.</summary>
    internal static IDisposable? BeginContainer(this ILogger logger, string containerId) => Scope(logger, containerId);

    [LoggerMessage(EventId = 5001, Level = LogLevel.Debug, Message = "container {ContainerId} is created")]
    internal static partial void Created(this ILogger logger, string containerId);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "container {ContainerId} runs {Command} as process {ProcessId}")]
    internal static partial void ContainerStarted(this ILogger logger, string containerId, string command, int processId);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "container {ContainerId} could not be started: {Reason}")]
    internal static partial void ContainerStartFailed(this ILogger logger, string containerId, string reason);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Information, Message = "container {ContainerId} has ended: {ExitStatus}")]
    internal static partial void ContainerEnded(this ILogger logger, string containerId, ContainerExitStatus exitStatus);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Warning, Message = "container {ContainerId} has ended, and not as it should: {Reason}")]
    internal static partial void ContainerEndFailed(this ILogger logger, string containerId, string reason);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Debug, Message = "container {ContainerId} is deleted")]
    internal static partial void Deleted(this ILogger logger, string containerId);

    [LoggerMessage(EventId = 5007, Level = LogLevel.Information, Message = "removed what was left of container {ContainerId}")]
    internal static partial void Collected(this ILogger logger, string containerId);

    [LoggerMessage(EventId = 5008, Level = LogLevel.Warning, Message = "what is left of container {ContainerId} cannot be removed: {Reason}")]
    internal static partial void CollectFailed(this ILogger logger, string containerId, string reason);

    [LoggerMessage(EventId = 5009, Level = LogLevel.Warning, Message = "how container {ContainerId} has ended cannot be written down: {Reason}")]
    internal static partial void ExitNotSaved(this ILogger logger, string containerId, string reason);
}
