using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Mount;

/// <summary>The container's root file system as steps.</summary>
public static class MountSteps
{
    /// <summary>Everything up to and including the change of root.</summary>
    public static void AddRoot(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);

        // Modes are given exactly from here on; the process gets its own mask at the end.
        plan.Add(new SetUmaskStep(0));
        // First of all: what is mounted from here on must not show on the host.
        plan.Add(new SetPropagationStep(MountFlags.Private | MountFlags.Recursive));
        switch (container.Root)
        {
            case DirectoryRoot root:
                plan.Add(new OpenRootTreeStep(root.Path));
                break;
            case HostUserlandRoot:
                HostUserland.Inspect("/").AddSteps(plan, container.Hostname);
                break;
        }

        foreach (MountConfiguration mount in container.Mounts)
            AddMount(plan, mount);
        DeviceSteps.Add(plan, container);
        foreach (string path in container.MaskedPaths)
            plan.Add(new MaskPathStep(ContainerPath.Normalize(path)!));
        foreach (string path in container.ReadOnlyPaths)
            plan.Add(new ReadOnlyPathStep(ContainerPath.Normalize(path)!));
        foreach (MountConfiguration mount in container.Mounts)
            if (IsFilledFirst(mount))
                plan.Add(new ReadOnlyMountStep(ContainerPath.Normalize(mount.Destination)!));
        plan.Add(new PivotRootStep());
    }

    /// <summary>A read-only root, as late as possible: the host's part of a start may still write files into it.</summary>
    public static void AddReadOnlyRoot(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        if (container.ReadOnlyRoot)
            plan.Add(new ReadOnlyRootStep());
    }

    private static void AddMount(LaunchPlan.Builder plan, MountConfiguration mount)
    {
        string destination = ContainerPath.Normalize(mount.Destination)!;
        MountFlags flags = Flags(mount.Options);
        if (mount.Type == MountConfiguration.BindType)
            plan.Add(new BindStep(mount.Source, destination, flags, IsFile: HostPath.KindOf(mount.Source) != HostPathKind.Directory));
        else
            plan.Add(new MountStep(mount.Source, destination, mount.Type, IsFilledFirst(mount) ? flags & ~MountFlags.ReadOnly : flags, mount.Data));
    }

    /// <summary>An empty file system in memory would be no use read-only: nodes, mount points and links come first.</summary>
    private static bool IsFilledFirst(MountConfiguration mount) => mount.Type == "tmpfs" && (mount.Options & MountOptions.ReadOnly) != 0;

    private static MountFlags Flags(MountOptions options)
    {
        MountFlags flags = MountFlags.None;
        if ((options & MountOptions.ReadOnly) != 0) flags |= MountFlags.ReadOnly;
        if ((options & MountOptions.NoSuid) != 0) flags |= MountFlags.NoSuid;
        if ((options & MountOptions.NoDev) != 0) flags |= MountFlags.NoDev;
        if ((options & MountOptions.NoExec) != 0) flags |= MountFlags.NoExec;
        if ((options & MountOptions.NoAtime) != 0) flags |= MountFlags.NoAtime;
        if ((options & MountOptions.StrictAtime) != 0) flags |= MountFlags.StrictAtime;
        if ((options & MountOptions.Recursive) != 0) flags |= MountFlags.Recursive;
        return flags;
    }
}
