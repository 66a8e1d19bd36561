namespace LibContainer.Linux;

/// <summary>How a process ended. Source: wait(2).</summary>
public readonly record struct ExitStatus
{
    private ExitStatus(int waitStatus, bool known)
    {
        WaitStatus = waitStatus;
        IsKnown = known;
    }

    /// <summary>The status as wait(2) gives it.</summary>
    public static ExitStatus FromWaitStatus(int waitStatus) => new(waitStatus, known: true);

    /// <summary>
    /// Somebody else in this program reaped the process, and the kernel (before Linux 6.15) keeps no copy. Never guessed: an unknown status is
    /// neither success nor failure.
    /// </summary>
    public static ExitStatus Unknown { get; }

    /// <summary>False for <see cref="Unknown"/>.</summary>
    public bool IsKnown { get; }

    /// <summary>The status as wait(2) gives it.</summary>
    public int WaitStatus { get; }

    /// <summary>The signal that ended the process, or null when it exited.</summary>
    public Signal? Signal => IsKnown && (WaitStatus & 0x7F) != 0 ? (Signal)(WaitStatus & 0x7F) : null;

    /// <summary>The process left a core dump.</summary>
    public bool CoreDumped => (WaitStatus & 0x80) != 0;

    /// <summary>What the process passed to exit(3), or 128 plus the number of the signal that ended it, as shells count; -1 when unknown.</summary>
    public int ExitCode => !IsKnown ? -1 : Signal is { } signal ? 128 + (int)signal : (WaitStatus >> 8) & 0xFF;

    /// <summary>The process exited with 0.</summary>
    public bool Success => IsKnown && WaitStatus == 0;

    /// <summary><c>exit code 3</c>, <c>killed by SIGKILL</c>, <c>exit status unknown</c>.</summary>
    public override string ToString()
        => !IsKnown ? "exit status unknown" : Signal is { } signal ? $"killed by {signal}{(CoreDumped ? " (core dumped)" : "")}" : $"exit code {ExitCode}";
}
