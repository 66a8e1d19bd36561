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

    /// <summary>So many descriptors can be passed beside the streams.</summary>
    public const int MaxMoreDescriptors = LaunchRequest.MaxMoreDescriptors;

    /// <summary>Become descriptors 3, 4, and so on, 10 at most. A plan that closes others has to begin behind them.</summary>
    public ImmutableArray<SafeHandle> MoreDescriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The directory of a cgroup of version 2, which the process is born in. Null: that of the host. Source: clone(2), CLONE_INTO_CGROUP.</summary>
    public SafeHandle? Cgroup { get; init; }

    /// <summary>Times the start. Null: nobody does.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>
    /// What the host does while the process sets itself up: the process exists, and goes on. When this throws, the process ends and the exception goes to the caller of the start. Null: nothing.
    /// </summary>
    public Action<LaunchedProcess>? Cloned { get; init; }

    /// <summary>
    /// What the host does with the socket of an <see cref="Steps.OpenNetlinkStep"/>, while the process goes on. The socket is closed then: as long as one is open, so is the network namespace.
    /// When this throws, the process ends and the exception goes to the caller of the start. Null: nothing.
    /// </summary>
    public Action<LaunchedProcess, SafeHandle>? NetlinkOpened { get; init; }

    /// <summary>
    /// The host's part of the start, at a <see cref="Steps.SynchronizeStep"/>: the process exists, in its namespaces, and waits. When this throws, the process ends and the exception goes
    /// to the caller of the start. Null: it goes on at once.
    /// </summary>
    public Func<LaunchedProcess, GoAhead>? Synchronized { get; init; }
}
