namespace LibContainer.Launch.Steps;

/// <summary>Takes capabilities out of the bounding set, so that no program can gain them. Needs CAP_SETPCAP, so it comes before the other sets.</summary>
/// <param name="Keep">Capabilities that stay; bit n is capability n.</param>
/// <param name="Last">The kernel's last one: /proc/sys/kernel/cap_last_cap.</param>
public sealed record LimitCapabilitiesStep(ulong Keep, int Last) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"prctl PR_CAPBSET_DROP, {Dropped} times{(Keep == 0 ? " unless born without" : "")}: bounding set {Keep:x16}";

    /// <summary>None for the empty set: the launcher that carries out such a plan has dropped it all.</summary>
    public override IReadOnlyList<string> SystemCalls => Keep == 0 ? [] : [.. Enumerable.Repeat("prctl", Dropped)];

    private int Dropped
    {
        get
        {
            int count = 0;
            for (int capability = 0; capability <= Last; capability++)
                count += (Keep >> capability & 1) == 0 ? 1 : 0;
            return count;
        }
    }

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.LimitCapabilities;
        record.Value = Keep;
        record.Value2 = (ulong)Last;
    }
}

/// <summary>Whether the permitted set outlives the change to another user.</summary>
/// <param name="Keep">It does.</param>
public sealed record KeepCapabilitiesStep(bool Keep) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"prctl PR_SET_KEEPCAPS {(Keep ? 1 : 0)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["prctl"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.KeepCapabilities;
        record.Value = Keep ? 1u : 0u;
    }
}

/// <summary>Sets three of the five sets.</summary>
/// <param name="Effective">What counts now.</param>
/// <param name="Permitted">What may be made effective.</param>
/// <param name="Inheritable">What file capabilities may hand on; empty unless asked for (CVE-2022-24769).</param>
public sealed record SetCapabilitiesStep(ulong Effective, ulong Permitted, ulong Inheritable) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"capset effective {Effective:x16} permitted {Permitted:x16} inheritable {Inheritable:x16}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["capset"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetCapabilities;
        record.Value = Effective;
        record.Value2 = Permitted;
        record.Flags = Inheritable;
    }
}

/// <summary>Sets the capabilities that a program keeps across exec without being root.</summary>
/// <param name="Ambient">The set.</param>
public sealed record SetAmbientCapabilitiesStep(ulong Ambient) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"prctl PR_CAP_AMBIENT {Ambient:x16}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => [.. Enumerable.Repeat("prctl", 1 + System.Numerics.BitOperations.PopCount(Ambient))];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetAmbientCapabilities;
        record.Value = Ambient;
    }
}
