using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>Goes into namespaces of another process, all at once, and takes no descriptor along but the streams and the socket to the host. Source: setns(2).</summary>
/// <param name="Index">Which of <see cref="GoAhead.Descriptors"/> is its pidfd.</param>
/// <param name="Kinds">CLONE_NEW* of those that are entered.</param>
/// <param name="ProcessId">Its id on the host. For display.</param>
public sealed record EnterNamespacesStep(int Index, ulong Kinds, int ProcessId) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"setns of process {ProcessId} {CloneFlagNames.Describe(Kinds)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["setns", "close_range"];

    internal override string? Hint(Errno error, string systemCall) => error == Errno.ESRCH ? "it has ended" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.EnterNamespaces;
        record.Value = Kinds;
        record.Value2 = (uint)Index;
    }
}

/// <summary>
/// Has a child go on in the place of this process, which ends: only a child is born in the process id namespace that was entered. It is the host's child as this one was, and what the start
/// returns. Source: pid_namespaces(7).
/// </summary>
public sealed record ForkStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "clone3 CLONE_PARENT|CLONE_PIDFD, the child goes on";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["clone3", "sendmsg"];

    internal override string? Hint(Errno error, string systemCall) => (error, systemCall) switch
    {
        (Errno.EAGAIN, "clone3") => "a limit on the number of processes is reached, the container's or the user's",
        (Errno.ENOMEM, "clone3") => "the container's first process has ended, or there is no memory",
        _ => null,
    };

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.Fork;
}
