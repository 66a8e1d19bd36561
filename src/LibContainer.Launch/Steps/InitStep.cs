using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>
/// Has the program go on in a child, while this process, the first of its process id namespace, reaps whatever ends, passes signals on, and ends when the program has: with its exit code, or 128
/// and the number of the signal that ended it. Source: pid_namespaces(7).
/// </summary>
/// <param name="HasTerminal">The program's group becomes the one in the foreground.</param>
public sealed record InitStep(bool HasTerminal) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "clone3, the child goes on and this process is its init";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => HasTerminal ? WithTerminal : Calls;

    private static readonly string[] Calls = ["rt_sigprocmask", "clone3", "setpgid", "rt_sigprocmask"];
    private static readonly string[] WithTerminal = ["rt_sigprocmask", "clone3", "setpgid", "getpid", "ioctl", "rt_sigprocmask"];

    internal override string? Hint(Errno error, string systemCall) => (error, systemCall) is (Errno.EAGAIN, "clone3") ? "a limit on the number of processes is reached" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.BecomeInit;
        record.Value = HasTerminal ? 1u : 0u;
    }
}
