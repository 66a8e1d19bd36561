namespace LibContainer.Launch.Steps;

/// <summary>Waits for the host's <c>go</c>, in a process that is its own init.</summary>
public sealed record AwaitGoStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "recvfrom: wait for the host's go";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["recvfrom"];

    internal override string? Hint(Linux.Errno error, string systemCall) => error == Linux.Errno.ECANCELED ? "the host is gone" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.AwaitGo;
}

/// <summary>Gives signals back their defaults, which a runtime has changed, and blocks none.</summary>
public sealed record ResetSignalsStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "rt_sigaction, rt_sigprocmask: signals as the kernel has them";

    /// <summary>Where none is ignored.</summary>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = [.. Enumerable.Repeat("rt_sigaction", 62), "rt_sigprocmask"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.ResetSignals;
}

/// <summary>Tells the host that the program is next, in a process that is its own init.</summary>
public sealed record AnnounceExecStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "sendto: tell the host that the program is next";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["sendto"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.AnnounceExec;
}
