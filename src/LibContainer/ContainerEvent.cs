namespace LibContainer;

/// <summary>What can happen to a container.</summary>
public enum ContainerEventKind
{
    /// <summary>Its program runs.</summary>
    Started,

    /// <summary>Its processes were stopped, by this object.</summary>
    Paused,

    /// <summary>They were let go on, by this object.</summary>
    Resumed,

    /// <summary>Its limits were changed, by this object.</summary>
    Updated,

    /// <summary>Its limit of memory was reached, and an allocation was about to fail. As of <see cref="Cgroups.CgroupEventKind.OutOfMemory"/>.</summary>
    OutOfMemory,

    /// <summary>A process of it was killed for lack of memory. As of <see cref="Cgroups.CgroupEventKind.OutOfMemoryKill"/>.</summary>
    OutOfMemoryKill,

    /// <summary>It has ended: the last event.</summary>
    Exited,
}

/// <summary>Something has happened to a container.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When it was taken note of.</param>
public sealed record ContainerEvent(ContainerEventKind Kind, DateTimeOffset At)
{
    /// <summary>How often since the last event of this kind; more than 1 when it happens faster than it is read.</summary>
    public ulong Count { get; init; } = 1;

    /// <summary>Of <see cref="ContainerEventKind.Exited"/>: how it ended.</summary>
    public ContainerExitStatus? ExitStatus { get; init; }
}
