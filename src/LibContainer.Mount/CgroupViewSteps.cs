using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Mount;

/// <summary>One hierarchy of cgroups, as a container sees it.</summary>
/// <param name="Name">Of its directory: <c>memory</c>, <c>cpu,cpuacct</c>.</param>
/// <param name="Controllers">Of version 1: names that lead to it as well. Empty for that of version 2.</param>
/// <param name="Data">Of version 1: what mount(2) is told to find it by. Null: it is that of version 2.</param>
public sealed record CgroupView(string Name, ImmutableArray<string> Controllers, string? Data);

/// <summary>Shows a container its cgroup and those below it: in a cgroup namespace of its own there is nothing above. Source: cgroup_namespaces(7).</summary>
internal static class CgroupViewSteps
{
    /// <summary>Once the process has joined its cgroup and made its namespace, thus behind the change of root.</summary>
    internal static void Add(LaunchPlan.Builder plan, MountConfiguration mount, IReadOnlyList<CgroupView> views)
    {
        string destination = ContainerPath.Normalize(mount.Destination)!;
        if (views is [{ Data: null } only])
        {
            plan.Add(new MountStep("cgroup", destination, "cgroup2", MountSteps.Flags(mount.Options)));
            return;
        }
        plan.Add(new MountStep("tmpfs", destination, "tmpfs", MountSteps.Flags(mount.Options & ~MountOptions.ReadOnly), "mode=755"));
        plan.Add(new OpenDirectoryStep(destination));
        foreach (CgroupView view in views)
        {
            plan.Add(new MountStep("cgroup", $"{destination}/{view.Name}", view.Data is null ? "cgroup2" : "cgroup", MountSteps.Flags(mount.Options), view.Data ?? "") { IsInNewDirectory = true });
            foreach (string controller in view.Controllers)
                if (controller != view.Name)
                    plan.Add(new MakeSymbolicLinkStep(controller, view.Name));
        }
        if ((mount.Options & MountOptions.ReadOnly) != 0)
            plan.Add(new ReadOnlyMountStep(destination));
    }
}
