using LibContainer.Cgroups;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Why a container ended.</summary>
public enum ContainerExitReason
{
    /// <summary>Nobody knows: who had started it was gone by then, and the kernel (before Linux 6.15) keeps no copy.</summary>
    Unknown,

    /// <summary>Its program has ended by itself: <see cref="ContainerExitStatus.ExitCode"/>.</summary>
    Exited,

    /// <summary>A signal ended it: <see cref="ContainerExitStatus.Signal"/>.</summary>
    Signaled,

    /// <summary>The kernel killed it for lack of memory.</summary>
    OutOfMemory,

    /// <summary>It ran for longer than <see cref="ContainerRunOptions.TimeLimit"/>, and was killed.</summary>
    TimeLimit,

    /// <summary>The caller cancelled it, and it was killed.</summary>
    Canceled,

    /// <summary>A step of its start failed: <see cref="ContainerExitStatus.FailedStep"/>. The program never ran.</summary>
    StartFailed,
}

/// <summary>How a container ended, and what it had used by then. Stays when the container is deleted.</summary>
public sealed record ContainerExitStatus
{
    /// <summary>Why.</summary>
    public required ContainerExitReason Reason { get; init; }

    /// <summary>What the program passed to exit(3), or 128 plus the number of the signal that ended it, as shells count; -1 when it is not known or the program never ran.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it. Null: none did.</summary>
    public Signal? Signal { get; init; }

    /// <summary>The step of the start that failed, in words. Null: none did.</summary>
    public string? FailedStep { get; init; }

    /// <summary>When the program began to run. Null: it never did.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it had ended.</summary>
    public DateTimeOffset ExitedAt { get; init; }

    /// <summary>What it had used.</summary>
    public CgroupUsage Usage { get; init; } = CgroupUsage.Unknown;

    /// <summary>The program has ended by itself, with 0.</summary>
    public bool IsSuccess => Reason == ContainerExitReason.Exited && ExitCode == 0;

    /// <summary>How long the program ran.</summary>
    public TimeSpan Duration => StartedAt is { } started ? ExitedAt - started : TimeSpan.Zero;

    /// <summary><c>exit code 3</c>, <c>killed by SIGKILL: out of memory</c>, <c>killed by SIGKILL: time limit</c>, <c>start failed at: …</c>.</summary>
    public override string ToString() => Reason switch
    {
        ContainerExitReason.Exited => $"exit code {ExitCode}",
        ContainerExitReason.Signaled => $"killed by {Signal}",
        ContainerExitReason.OutOfMemory => $"killed by {Signal}: out of memory",
        ContainerExitReason.TimeLimit => $"killed by {Signal}: time limit",
        ContainerExitReason.Canceled => $"killed by {Signal}: cancelled",
        ContainerExitReason.StartFailed => $"start failed at: {FailedStep ?? "its beginning"}",
        _ => "exit status unknown",
    };
}
