using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>Goes into a namespace that exists. Source: setns(2).</summary>
/// <param name="Path">Its file on the host: <c>/proc/PID/ns/net</c>, or where that is bound.</param>
/// <param name="Kind">CLONE_NEW*.</param>
public sealed record JoinNamespaceStep(string Path, ulong Kind) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"setns {Path} {CloneFlagNames.Describe(Kind)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat", "setns"];

    internal override string? Hint(Errno error, string systemCall) => (error, systemCall) is (Errno.EINVAL, "setns") ? "it is no namespace of that kind" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.JoinNamespace;
        record.Value = Kind;
        record.Text = plan.Text(Path);
    }
}

/// <summary>Opens a socket of rtnetlink in the network namespace of the process and sends it to the host: <see cref="LaunchOptions.NetlinkOpened"/>. Source: rtnetlink(7).</summary>
public sealed record OpenNetlinkStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "socket AF_NETLINK NETLINK_ROUTE, for the host";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["socket", "sendmsg"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.OpenNetlink;
}

/// <summary>Brings a network interface up.</summary>
/// <param name="Interface">Its name, at most 15 bytes.</param>
public sealed record InterfaceUpStep(string Interface) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"ioctl SIOCSIFFLAGS {Interface} up";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["socket", "ioctl"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.InterfaceUp;
        record.Text = plan.Text(Interface);
    }
}
