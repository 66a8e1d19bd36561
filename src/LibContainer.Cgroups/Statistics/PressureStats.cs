namespace LibContainer.Cgroups;

/// <summary>Pressure: how much of the time tasks waited for something that was not free. Version 2 of cgroups only.</summary>
/// <remarks>Null on a host whose kernel is started without it (<c>psi=0</c>). Source: Documentation/accounting/psi.rst, Linux 4.20.</remarks>
public sealed record PressureStats
{
    /// <summary>Waiting for a CPU. cpu.pressure.</summary>
    public Pressure? Cpu { get; init; }

    /// <summary>Waiting for memory: to be taken back, to come from swap. memory.pressure.</summary>
    public Pressure? Memory { get; init; }

    /// <summary>Waiting for input and output. io.pressure.</summary>
    public Pressure? IO { get; init; }
}

/// <summary>One kind of pressure.</summary>
/// <param name="Some">At least one task waited.</param>
/// <param name="Full">All tasks that were not idle waited. Null for CPUs before Linux 5.13.</param>
public sealed record Pressure(PressureFigures Some, PressureFigures? Full);

/// <summary>How much of the time it was so.</summary>
/// <param name="Average10">Per cent of the last 10 seconds.</param>
/// <param name="Average60">Of the last minute.</param>
/// <param name="Average300">Of the last five minutes.</param>
/// <param name="Total">Time since the cgroup was made, in whole microseconds.</param>
public readonly record struct PressureFigures(double Average10, double Average60, double Average300, TimeSpan Total);
