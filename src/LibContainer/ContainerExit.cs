using LibContainer.Cgroups;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Why a container has ended, from how its first process has.</summary>
internal static class ContainerExit
{
    private const int FirstSignalCode = 128, LastSignalCode = FirstSignalCode + 64;

    /// <param name="status">Of its first process.</param>
    /// <param name="hasInit">That is an init of the library's, which ends with the code that stands for the signal of the program.</param>
    /// <param name="killedFor">Why this library has killed it. Null: it has not.</param>
    /// <param name="usage">What it had used.</param>
    /// <param name="startedAt">When the program ran.</param>
    internal static ContainerExitStatus Describe(ExitStatus status, bool hasInit, ContainerExitReason? killedFor, CgroupUsage usage, DateTimeOffset startedAt)
    {
        Signal? signal = status.Signal ?? (hasInit && status.ExitCode is > FirstSignalCode and <= LastSignalCode ? (Signal)(status.ExitCode - FirstSignalCode) : null);
        return new ContainerExitStatus
        {
            Reason = !status.IsKnown ? ContainerExitReason.Unknown
                : signal == Signal.SIGKILL && killedFor is { } reason ? reason
                : signal == Signal.SIGKILL && usage.OutOfMemoryKills is > 0 ? ContainerExitReason.OutOfMemory
                : status.Signal is not null ? ContainerExitReason.Signaled
                : ContainerExitReason.Exited,
            ExitCode = status.ExitCode,
            Signal = signal,
            StartedAt = startedAt,
            ExitedAt = DateTimeOffset.UtcNow,
            Usage = usage,
        };
    }
}
