using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>
/// Makes a new terminal, from the root's own devpts, the three streams and the controlling terminal of the process. Its other end goes to the host:
/// <see cref="LaunchedProcess.Terminal"/>.
/// </summary>
/// <param name="Rows">Height in characters; 0 with a width of 0 leaves the size unknown.</param>
/// <param name="Columns">Width in characters.</param>
/// <param name="Controls">False: a <see cref="ControlTerminalStep"/> sees to that, in another process.</param>
public sealed record OpenTerminalStep(int Rows, int Columns, bool Controls = true) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"openat2 /dev/pts/ptmx, a terminal for streams 0 to 2{UseTerminalStep.SizeInBrackets(Rows, Columns)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => [.. Opening, .. UseTerminalStep.Taking(Rows, Columns, Controls)];

    private static readonly string[] Opening = ["openat2", "fstatfs", "ioctl", "ioctl", "sendmsg"];

    internal override string? Hint(Errno error, string systemCall) => (error, systemCall) switch
    {
        (Errno.EXDEV, "fstatfs") => "there is no devpts at /dev/pts",
        (Errno.ENOSPC, "openat2") => "this host has no pseudo-terminal left, see /proc/sys/kernel/pty/max",
        _ => null,
    };

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.OpenTerminal;
        record.Value = (ulong)Rows;
        record.Value2 = (ulong)Columns;
        record.Flags = Controls ? 0u : 1u;
    }
}

/// <summary>Makes a terminal of the host the three streams and the controlling terminal of the process.</summary>
/// <param name="Path">Its device on the host.</param>
/// <param name="Rows">Height in characters; 0 with a width of 0 leaves the size as it is.</param>
/// <param name="Columns">Width in characters.</param>
/// <param name="Controls">False: a <see cref="ControlTerminalStep"/> sees to that, in another process.</param>
public sealed record UseTerminalStep(string Path, int Rows, int Columns, bool Controls = true) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"openat {Path}, the terminal for streams 0 to 2{SizeInBrackets(Rows, Columns)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => ["openat", .. Taking(Rows, Columns, Controls)];

    internal static string[] Taking(int rows, int columns, bool controls) => [.. rows == 0 && columns == 0 ? Array.Empty<string>() : ["ioctl"], "dup3", "dup3", "dup3", .. controls ? ["ioctl"] : Array.Empty<string>()];

    internal static string SizeInBrackets(int rows, int columns) => rows == 0 && columns == 0 ? "" : $" ({rows} rows, {columns} columns)";

    internal override string? Hint(Errno error, string systemCall) => (error, systemCall) switch
    {
        (Errno.ENOTTY, "ioctl") => "it is not a terminal",
        (Errno.EPERM, "ioctl") => "it is the controlling terminal of another session",
        _ => null,
    };

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.UseTerminal;
        record.Value = (ulong)Rows;
        record.Value2 = (ulong)Columns;
        record.Flags = Controls ? 0u : 1u;
        record.Text = plan.Text(Path);
    }
}

/// <summary>Makes the terminal, descriptor 0, the one that controls the session, which the process has begun itself.</summary>
public sealed record ControlTerminalStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "ioctl TIOCSCTTY";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["ioctl"];

    internal override string? Hint(Errno error, string systemCall) => error == Errno.EPERM ? "it is the controlling terminal of another session" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.ControlTerminal;
}

/// <summary>Shows the terminal, descriptor 0, under a name in the open directory.</summary>
/// <param name="Name">Usually <c>console</c>.</param>
public sealed record BindTerminalStep(string Name) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"bind the terminal on {Name}";

    /// <summary>Where nothing has that name yet.</summary>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat", "open_tree", "move_mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.BindTerminal;
        record.Text = plan.Text(Name);
    }
}

/// <summary>Gives the terminal, descriptor 0, to a user, who may then open it again by name.</summary>
/// <param name="UserId">User.</param>
public sealed record OwnTerminalStep(int UserId) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"fchownat of the terminal to {UserId}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["fchownat"];

    internal override string? Hint(Errno error, string systemCall) => error == Errno.EROFS ? "/dev/pts is mounted read-only" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.OwnTerminal;
        record.Value = (uint)UserId;
    }
}
