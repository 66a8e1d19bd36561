using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Which events to watch for. What the host's version of cgroups does not have is an error and not silence.</summary>
public sealed record CgroupEventOptions
{
    /// <summary><see cref="CgroupEventKind.OutOfMemory"/> and <see cref="CgroupEventKind.OutOfMemoryKill"/>.</summary>
    public bool OutOfMemory { get; init; } = true;

    /// <summary><see cref="CgroupEventKind.MemoryHigh"/> and <see cref="CgroupEventKind.MemoryMax"/>. Version 2.</summary>
    public bool MemoryLimits { get; init; }

    /// <summary><see cref="CgroupEventKind.MemoryThreshold"/>: bytes in use, which the kernel rounds down to whole pages. Version 1.</summary>
    public ImmutableArray<ulong> MemoryThresholds { get; init; } = [];

    /// <summary><see cref="CgroupEventKind.MemoryPressure"/>, from this level on. Null: not at all. Version 1.</summary>
    public MemoryPressureLevel? MemoryPressure { get; init; }

    /// <summary><see cref="CgroupEventKind.Pressure"/>. Version 2, Linux 5.2.</summary>
    public ImmutableArray<PressureTrigger> PressureTriggers { get; init; } = [];

    /// <summary><see cref="CgroupEventKind.Populated"/> and <see cref="CgroupEventKind.Empty"/>. Version 2.</summary>
    public bool Populated { get; init; }
}

/// <summary>How hard it is to take memory back. Source: Documentation/admin-guide/cgroup-v1/memory.rst, "Memory Pressure".</summary>
public enum MemoryPressureLevel
{
    /// <summary><c>low</c>: memory is being taken back for new allocations.</summary>
    Low,

    /// <summary><c>medium</c>: memory goes to swap, and files that are in use are dropped.</summary>
    Medium,

    /// <summary><c>critical</c>: memory is about to run out.</summary>
    Critical,
}

/// <summary>What tasks can wait for.</summary>
public enum PressureResource
{
    /// <summary>A CPU: cpu.pressure.</summary>
    Cpu,

    /// <summary>Memory: memory.pressure.</summary>
    Memory,

    /// <summary>Input and output: io.pressure.</summary>
    IO,
}

/// <summary>How long tasks may wait for something. There is one event in a window at most.</summary>
/// <param name="Resource">What they wait for.</param>
/// <param name="Stall">How long in all, in a window; whole microseconds, at most the window.</param>
/// <param name="Window">Of time; at most ten seconds. Without CAP_SYS_RESOURCE it has to be a multiple of two seconds.</param>
/// <param name="IsFull">All tasks that are not idle have to wait at once (<c>full</c>), and not one at least (<c>some</c>).</param>
/// <remarks>Source: Documentation/accounting/psi.rst.</remarks>
public sealed record PressureTrigger(PressureResource Resource, TimeSpan Stall, TimeSpan Window, bool IsFull = false)
{
    /// <summary>Of <see cref="Resource"/>.</summary>
    internal string File => Resource switch
    {
        PressureResource.Cpu => "cpu.pressure",
        PressureResource.Memory => "memory.pressure",
        PressureResource.IO => "io.pressure",
        _ => throw new ArgumentOutOfRangeException(nameof(Resource), Resource, "there is no such resource"),
    };

    /// <summary><c>some 150000 2000000</c>: what is written to the file.</summary>
    internal string Value => FormattableString.Invariant($"{(IsFull ? "full" : "some")} {Stall.Ticks / TimeSpan.TicksPerMicrosecond} {Window.Ticks / TimeSpan.TicksPerMicrosecond}");
}
