using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LibContainer.Launch;

/// <summary>The host's answer to a process that waits for it. Belongs to the start, which closes what it holds.</summary>
/// <param name="Rest">Takes the place of the rest of the plan. Null: that stands.</param>
public sealed record GoAhead(LaunchPlan? Rest = null) : IDisposable
{
    /// <summary>
    /// What steps count, 22 at most: the <c>tasks</c> file of a cgroup, open for writing, for a <see cref="Steps.JoinCgroupStep"/>, and the pidfd for an <see cref="Steps.EnterNamespacesStep"/>.
    /// </summary>
    public ImmutableArray<SafeHandle> Descriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeHandle descriptor in Descriptors)
            descriptor.Dispose();
    }
}
