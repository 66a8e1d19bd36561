using LibContainer.Configuration;

namespace LibContainer;

/// <summary>How a program is run to its end.</summary>
public sealed record ContainerRunOptions
{
    internal static ContainerRunOptions Default { get; } = new();

    /// <summary>What the container is called. Null: a new name.</summary>
    public string? Id { get; init; }

    /// <summary>How long the program may run; then all of it is killed, and the reason is <see cref="ContainerExitReason.TimeLimit"/>. Null: as long as it likes.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What the program reads. Nothing by default.</summary>
    public StandardStream StandardInput { get; init; } = StandardStream.Null;

    /// <summary>Where its output goes. Null: into <see cref="ContainerRunResult.StandardOutput"/>.</summary>
    public StandardStream? StandardOutput { get; init; }

    /// <summary>Where its errors go. Null: into <see cref="ContainerRunResult.StandardError"/>.</summary>
    public StandardStream? StandardError { get; init; }

    /// <summary>Most bytes that are kept of each of the two; what is more is read and thrown away, so that the program does not stop for it.</summary>
    public int OutputLimitBytes { get; init; } = 16 << 20;

    /// <exception cref="ConfigurationException">All that is wrong.</exception>
    internal void ThrowIfBad()
    {
        List<ConfigurationFinding> findings = [];
        if (TimeLimit is { } limit && (limit <= TimeSpan.Zero || limit.TotalMilliseconds > int.MaxValue))
            findings.Add(new("timeLimit", $"{limit} is no time that a program can run: more than zero, {TimeSpan.FromMilliseconds(int.MaxValue).Days} days at most"));
        if (OutputLimitBytes < 0)
            findings.Add(new("outputLimitBytes", $"{OutputLimitBytes} is below zero"));
        if (findings.Count > 0)
            throw new ConfigurationException([.. findings]);
    }
}

/// <summary>What came of a program that was run to its end.</summary>
/// <param name="ExitStatus">How it ended, and what it had used.</param>
/// <param name="StandardOutput">What it wrote, as UTF-8. Empty: it went elsewhere.</param>
/// <param name="StandardError">What it wrote as errors, likewise.</param>
/// <param name="IsTruncated">It wrote more than <see cref="ContainerRunOptions.OutputLimitBytes"/>.</param>
public sealed record ContainerRunResult(ContainerExitStatus ExitStatus, string StandardOutput, string StandardError, bool IsTruncated);
