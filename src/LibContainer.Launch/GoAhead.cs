using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LibContainer.Launch;

/// <summary>The host's answer to a process that waits for it. Belongs to the start, which closes what it holds.</summary>
/// <param name="Rest">Takes the place of the rest of the plan. Null: that stands.</param>
public sealed record GoAhead(LaunchPlan? Rest = null) : IDisposable
{
    /// <summary>The <c>tasks</c> files of cgroups, open for writing, in the order in which <see cref="Steps.JoinCgroupStep"/> counts them: 22 at most.</summary>
    public ImmutableArray<SafeHandle> Cgroups { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeHandle cgroup in Cgroups)
            cgroup.Dispose();
    }
}
