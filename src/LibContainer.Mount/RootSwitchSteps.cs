using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Mount;

/// <summary>The change to the container's root, after which nothing of the host's has a name any more.</summary>
internal static class RootSwitchSteps
{
    internal static void Add(LaunchPlan.Builder plan, RootSwitch way, bool hasTerminal)
    {
        if (way == RootSwitch.Pivot)
        {
            plan.Add(new PivotRootStep(KeepsDescriptors: hasTerminal));
            return;
        }
        foreach (string mount in KernelViews(MountTable.Read()))
            plan.Add(new UnmountStep(mount));
        plan.Add(new ChangeRootStep());
    }

    /// <summary>
    /// The host's root stays behind a chroot. Its views of the kernel must not: they show every process of the host, whole and unmasked, to whoever finds a way back. Topmost first;
    /// what lies below one of them goes with it.
    /// </summary>
    internal static IEnumerable<string> KernelViews(IReadOnlyList<MountEntry> mounts)
    {
        string[] paths = [.. mounts.Where(mount => mount.Type is "proc" or "sysfs").Select(mount => mount.MountPoint)];
        return paths.Where(path => !paths.Any(other => path.StartsWith(other + "/", StringComparison.Ordinal))).Reverse();
    }
}
