namespace LibContainer.Launch.Steps;

/// <summary>Goes into a cgroup of version 1, by its <c>tasks</c> file that came with the host's go. Source: the kernel's cgroup-v1/cgroups.rst.</summary>
/// <param name="Index">Which of <see cref="GoAhead.Descriptors"/>.</param>
/// <param name="Cgroup">Where the cgroup is on the host. For display.</param>
public sealed record JoinCgroupStep(int Index, string Cgroup) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"write 0 to tasks of {Cgroup}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["write"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.JoinCgroup;
        record.Value = (uint)Index;
    }
}

/// <summary>Takes the cgroups that the process is in by now for the top of what it sees. Source: cgroup_namespaces(7).</summary>
public sealed record NewCgroupNamespaceStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "unshare CLONE_NEWCGROUP";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["unshare"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.NewCgroupNamespace;
}
