using System.Collections.Immutable;
using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>Sets the file mode creation mask.</summary>
/// <param name="Mask">Bits that new files do not get.</param>
public sealed record SetUmaskStep(int Mask) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"umask {Convert.ToString(Mask, 8).PadLeft(4, '0')}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["umask"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetUmask;
        record.Mode = (uint)Mask;
    }
}

/// <summary>
/// Starts a session: no terminal of the host controls the container, and it cannot type into one that controls somebody else (TIOCSTI). A terminal that nobody's session has
/// yet, passed as a stream, it could still make its own.
/// </summary>
public sealed record NewSessionStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "setsid";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["setsid"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.NewSession;
}

/// <summary>Leaves the host's session keyring for an empty one: keys are not namespaced. Source: keyctl(2), session-keyring(7).</summary>
public sealed record NewSessionKeyringStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "keyctl KEYCTL_JOIN_SESSION_KEYRING, a new one";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["keyctl"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.NewSessionKeyring;
}

/// <summary>Sets the host name of the UTS namespace.</summary>
/// <param name="Hostname">The name.</param>
public sealed record SetHostnameStep(string Hostname) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"sethostname {Hostname}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["sethostname"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetHostname;
        record.Value = (ulong)System.Text.Encoding.UTF8.GetByteCount(Hostname);
        record.Text = plan.Text(Hostname);
    }
}

/// <summary>Sets a resource limit of the process.</summary>
/// <param name="Name">For people: <c>RLIMIT_NOFILE</c>.</param>
/// <param name="Resource">The kernel's number.</param>
/// <param name="Soft">What holds now; <see cref="ulong.MaxValue"/> is no limit.</param>
/// <param name="Hard">Up to where the process may raise it.</param>
public sealed record SetResourceLimitStep(string Name, int Resource, ulong Soft, ulong Hard) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"prlimit64 {Name} {Text(Soft)}:{Text(Hard)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["prlimit64"];

    private static string Text(ulong value) => value == ulong.MaxValue ? "unlimited" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetResourceLimit;
        record.Mode = (uint)Resource;
        record.Value = Soft;
        record.Value2 = Hard;
    }
}

/// <summary>Sets the supplementary groups.</summary>
/// <param name="GroupIds">All of them.</param>
public sealed record SetGroupsStep(ImmutableArray<int> GroupIds) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"setgroups {(GroupIds.IsEmpty ? "none" : string.Join(',', GroupIds))}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["setgroups"];

    /// <summary>By content, as the other steps are.</summary>
    public bool Equals(SetGroupsStep? other) => other is not null && GroupIds.AsSpan().SequenceEqual(other.GroupIds.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => GroupIds.Length;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetGroups;
        record.Value = (ulong)GroupIds.Length;
        record.Text = plan.Numbers(System.Runtime.InteropServices.MemoryMarshal.Cast<int, uint>(GroupIds.AsSpan()));
    }
}

/// <summary>Sets real, effective and saved ids.</summary>
/// <param name="UserId">User.</param>
/// <param name="GroupId">Group.</param>
public sealed record SetIdsStep(int UserId, int GroupId) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"setresgid {GroupId}, setresuid {UserId}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["setresgid", "setresuid"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetIds;
        record.Value = (uint)UserId;
        record.Value2 = (uint)GroupId;
    }
}

/// <summary>Stands for groups and ids in a plan that is shown before the container exists, in whose files the user is looked up.</summary>
/// <param name="User"><c>name</c>, <c>uid</c>, <c>name:group</c>.</param>
/// <param name="OwnsTerminal">The terminal becomes this user's.</param>
public sealed record SetUserStep(string User, bool OwnsTerminal = false) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"{(OwnsTerminal ? "fchownat of the terminal, " : "")}setgroups, setresgid, setresuid of {User}, looked up in the container";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => OwnsTerminal ? WithTerminal : Calls;

    private static readonly string[] Calls = ["setgroups", "setresgid", "setresuid"];
    private static readonly string[] WithTerminal = ["fchownat", .. Calls];

    internal override void Write(PlanWriter plan, ref StepRecord record)
        => throw new InvalidOperationException($"user {User} has to be looked up before this plan can be carried out");
}

/// <summary>Has the kernel signal this process when the host's thread that stands for it ends: the second line behind the launcher.</summary>
/// <param name="Signal">Usually SIGKILL.</param>
public sealed record SetParentDeathSignalStep(Signal Signal) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"prctl PR_SET_PDEATHSIG {Signal}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["prctl", "recvfrom"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetParentDeathSignal;
        record.Value = (ulong)Signal;
    }
}

/// <summary>Keeps other processes of the same user out of this one until it runs the program (CVE-2016-9962).</summary>
/// <param name="Dumpable">May be traced and looked into.</param>
public sealed record SetDumpableStep(bool Dumpable) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"prctl PR_SET_DUMPABLE {(Dumpable ? 1 : 0)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["prctl"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetDumpable;
        record.Value = Dumpable ? 1u : 0u;
    }
}

/// <summary>No program that is run from here on gains rights by being run.</summary>
public sealed record SetNoNewPrivilegesStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "prctl PR_SET_NO_NEW_PRIVS";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["prctl"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.SetNoNewPrivileges;
}

/// <summary>Sets a label that the program gets when it is executed.</summary>
/// <param name="Name">For people: <c>AppArmor profile docker-default</c>.</param>
/// <param name="Attribute">File below /proc/thread-self/attr.</param>
/// <param name="Value">What is written into it.</param>
public sealed record SetLabelStep(string Name, string Attribute, string Value) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"write /proc/thread-self/attr/{Attribute}: {Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat", "fstatfs", "openat2", "write"];

    internal override string? Hint(Errno error, string systemCall) => (error, systemCall) switch
    {
        (Errno.EXDEV, _) => "/proc is not procfs, or something is mounted over the file",
        (Errno.ENOENT, "write") => "no such profile is loaded",
        (Errno.EINVAL, "write") => "the policy does not know this label",
        (Errno.EACCES, "write") => "this host's own confinement forbids the change",
        _ => null,
    };

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetLabel;
        record.Text = plan.Text($"thread-self/attr/{Attribute}");
        record.Text2 = plan.Text(Value);
        record.Value = (ulong)System.Text.Encoding.UTF8.GetByteCount(Value);
    }
}

/// <summary>Changes the working directory, and checks that it lies inside the root.</summary>
/// <param name="Path">Path in the container.</param>
public sealed record ChangeDirectoryStep(string Path) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"chdir {Path}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Path == "/" ? ToRoot : Calls;

    private static readonly string[] Calls = ["chdir", "getcwd"];
    private static readonly string[] ToRoot = ["chdir"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.ChangeDirectory;
        record.Text = plan.Text(Path);
    }
}

/// <summary>Waits for the host, which does its part of the start meanwhile.</summary>
public sealed record SynchronizeStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "sendto, recvmsg: wait for the host's go";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["sendto", "mmap", "recvmsg"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.Synchronize;
}

/// <summary>Has every descriptor from a number on closed when the program is run, whatever opened it (CVE-2024-21626).</summary>
/// <param name="First">The lowest that the program does not get.</param>
public sealed record CloseOnExecStep(int First) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"close_range {First} and up, on exec";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["close_range"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.CloseOnExec;
        record.Value = (uint)First;
    }
}

/// <summary>Runs the program. The first candidate that exists and may be run is taken, as execvp(3) does.</summary>
/// <param name="Candidates">Paths in the container.</param>
/// <param name="Arguments">argv, with the command itself.</param>
/// <param name="Environment">envp: <c>NAME=value</c>, and nothing else.</param>
/// <param name="TellsProcessId">The environment gets <c>LISTEN_PID</c> as well, the process's own id as it sees that itself. Source: sd_listen_fds(3).</param>
public sealed record ExecuteStep(ImmutableArray<string> Candidates, ImmutableArray<string> Arguments, ImmutableArray<string> Environment, bool TellsProcessId = false) : LaunchStep
{
    /// <summary>The value has room for the largest there is, and is written by the process.</summary>
    private const string ProcessIdVariable = "LISTEN_PID=          ";

    /// <inheritdoc/>
    public override string Description => Candidates.Length == 1
        ? $"execve {Candidates[0]}"
        : $"execve {Path.GetFileName(Candidates[0])} in {string.Join(':', Candidates.Select(Path.GetDirectoryName))}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => TellsProcessId ? WithProcessId : Calls;

    private static readonly string[] Calls = ["execve"];
    private static readonly string[] WithProcessId = ["getpid", "execve"];

    /// <summary>By content, as the other steps are.</summary>
    public bool Equals(ExecuteStep? other)
        => other is not null && TellsProcessId == other.TellsProcessId && Candidates.AsSpan().SequenceEqual(other.Candidates.AsSpan())
        && Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan()) && Environment.AsSpan().SequenceEqual(other.Environment.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Candidates.Length, Arguments.Length, Environment.Length, Arguments.Length > 0 ? Arguments[0] : "");

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.Execute;
        Span<uint> candidates = Candidates.Length <= 64 ? stackalloc uint[Candidates.Length] : new uint[Candidates.Length];
        for (int i = 0; i < candidates.Length; i++)
            candidates[i] = plan.Text(Candidates[i]);
        record.Value = (ulong)candidates.Length;
        record.Text = plan.Numbers(candidates);
        record.Text2 = plan.Texts(Arguments);
        record.Flags = TellsProcessId ? 1u : 0u;
        record.Text3 = plan.Texts(TellsProcessId ? Environment.Add(ProcessIdVariable) : Environment);
    }
}
