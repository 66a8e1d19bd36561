using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LibContainer.Launch;

/// <summary>What a start needs beside its plan.</summary>
public sealed record LaunchOptions
{
    /// <summary>Becomes descriptor 0. Null: the host's own.</summary>
    public SafeHandle? StandardInput { get; init; }

    /// <summary>Becomes descriptor 1. Null: the host's own.</summary>
    public SafeHandle? StandardOutput { get; init; }

    /// <summary>Becomes descriptor 2. Null: the host's own.</summary>
    public SafeHandle? StandardError { get; init; }

    /// <summary>Become descriptors 3, 4, and so on, 10 at most. A plan that closes others has to begin behind them.</summary>
    public ImmutableArray<SafeHandle> MoreDescriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Times the start. Null: nobody does.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>
    /// The host's part of the start, at a <see cref="Steps.SynchronizeStep"/>: the process exists, in its namespaces, and waits. What this returns takes
    /// the place of the rest of the plan; null leaves it. When this throws, the process ends and the exception goes to the caller of the start.
    /// </summary>
    public Func<LaunchedProcess, LaunchPlan?>? Synchronized { get; init; }
}
