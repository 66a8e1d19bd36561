using System.Collections.Immutable;
using System.Runtime.InteropServices;
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

/// <summary>Has this process and all that it becomes run on some CPUs alone: on those of them that its cgroup allows. Source: sched_setaffinity(2).</summary>
/// <param name="Cpus">For people: <c>0-3,7</c>.</param>
/// <param name="Mask">The same: the first byte has CPUs 0 to 7, the lowest bit first.</param>
/// <param name="MayBeNone">Where none of them is allowed nothing changes. Otherwise that is an error.</param>
public sealed record SetCpuAffinityStep(string Cpus, ImmutableArray<byte> Mask, bool MayBeNone = false) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"sched_setaffinity {Cpus}{(MayBeNone ? ", if the cgroup allows any" : "")}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["sched_setaffinity"];

    /// <summary>By content, as the other steps are.</summary>
    public bool Equals(SetCpuAffinityStep? other) => other is not null && Cpus == other.Cpus && MayBeNone == other.MayBeNone && Mask.AsSpan().SequenceEqual(other.Mask.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Cpus, MayBeNone);

    internal override string? Hint(Errno error, string systemCall) => error == Errno.EINVAL ? "the cgroup allows none of these CPUs, or the machine has none of them" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        // Of unsigned longs for the kernel, which on machines of this order is the same as of bytes.
        byte[] longs = new byte[(Mask.Length + sizeof(ulong) - 1) & -sizeof(ulong)];
        Mask.CopyTo(longs);
        record.Kind = StepKind.SetCpuAffinity;
        record.Value = (ulong)longs.Length;
        record.Flags = MayBeNone ? 1u : 0u;
        record.Text = plan.Numbers(MemoryMarshal.Cast<byte, uint>(longs));
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
