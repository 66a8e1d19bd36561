using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Mount;

/// <summary>Device nodes, and the links that programs expect in /dev.</summary>
internal static class DeviceSteps
{
    /// <param name="plan">Gets the steps.</param>
    /// <param name="container">Says which devices.</param>
    /// <param name="open">The directory that is open. Null: none.</param>
    internal static void Add(LaunchPlan.Builder plan, ContainerConfiguration container, string? open)
    {
        bool isHostsDev = IsHostsDev(container);
        foreach (DeviceNode device in container.Devices)
        {
            string path = ContainerPath.Normalize(device.Path)!;
            if (isHostsDev && path.StartsWith("/dev/", StringComparison.Ordinal))
                continue;
            open = DirectorySteps.Open(plan, Path.GetDirectoryName(path)!, open);
            plan.Add(new MakeNodeStep(Path.GetFileName(path), Type(device.Type), device.Major, device.Minor, device.Mode, device.UserId, device.GroupId));
        }

        if (isHostsDev)
            return;
        DirectorySteps.Open(plan, "/dev", open);
        plan.Add(new MakeSymbolicLinkStep("ptmx", "pts/ptmx"));
        plan.Add(new MakeSymbolicLinkStep("fd", "/proc/self/fd"));
        plan.Add(new MakeSymbolicLinkStep("stdin", "/proc/self/fd/0"));
        plan.Add(new MakeSymbolicLinkStep("stdout", "/proc/self/fd/1"));
        plan.Add(new MakeSymbolicLinkStep("stderr", "/proc/self/fd/2"));
        if (File.Exists("/proc/kcore"))
            plan.Add(new MakeSymbolicLinkStep("kcore", "/proc/kcore"));
        // POSIX shared memory without a second writable place: who leaves /dev/shm out wants /tmp to be the only one.
        if (container.Root is HostUserlandRoot && !container.Mounts.Any(mount => ContainerPath.Normalize(mount.Destination) == "/dev/shm"))
            plan.Add(new MakeSymbolicLinkStep("shm", "/tmp"));
    }

    /// <summary>A /dev that is bound from the host is the host's: nothing is made in it.</summary>
    internal static bool IsHostsDev(ContainerConfiguration container)
        => container.Mounts.Any(mount => mount.Type == MountConfiguration.BindType && ContainerPath.Normalize(mount.Destination) == "/dev");

    private static NodeType Type(DeviceType type) => type switch
    {
        DeviceType.Block => NodeType.Block,
        DeviceType.Fifo => NodeType.Fifo,
        _ => NodeType.Character,
    };
}
