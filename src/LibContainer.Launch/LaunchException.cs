using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>A start failed. The process is gone, and with it its namespaces and mounts; directories that it made in a root as mount points stay, since another container may use them.</summary>
public sealed class LaunchException : IOException
{
    internal LaunchException(string message, LaunchStep? step, Errno error, ExitStatus? exitStatus = null)
        : base(message, (int)error)
    {
        Step = step;
        Error = error;
        ExitStatus = exitStatus;
    }

    /// <summary>The step that failed, or null when there was no process yet.</summary>
    public LaunchStep? Step { get; }

    /// <summary>What the kernel answered; 0 when the process ended without a word, killed by a limit perhaps.</summary>
    public Errno Error { get; }

    /// <summary>How the process ended, when that is all that is known.</summary>
    public ExitStatus? ExitStatus { get; }

    /// <summary><c>mount proc on /proc (nosuid,nodev,noexec): EPERM (Operation not permitted)</c>.</summary>
    internal static LaunchException AtStep(LaunchStep step, Errno error, string systemCall)
    {
        // Where the words begin with the call that failed, they name it already.
        string call = step.Description.StartsWith(systemCall, StringComparison.Ordinal) ? "" : $": {systemCall}";
        string hint = step.Hint(error, systemCall) is { } words ? $": {words}" : "";
        return new LaunchException($"{step.Description}{call}: {LinuxException.Name(error)}{hint}", step, error);
    }

    /// <summary>An init of the host's own says which step failed.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="step">The step, if it is one that is known here.</param>
    /// <param name="error">What the kernel answered it.</param>
    public static LaunchException OfInit(string message, LaunchStep? step, Errno error) => new(message, step, error);

    /// <summary>An init of the host's own has ended without running the program, and without a word.</summary>
    public static LaunchException InitEnded(string path, ExitStatus status) => new($"the init {path} ended before it ran the program ({status})", null, 0, status);

    internal static LaunchException Ended(LaunchStep? step, ExitStatus status)
        => new($"the container ended while it was being set up ({status}), at: {step?.Description ?? "its first step"}", step, 0, status);
}
