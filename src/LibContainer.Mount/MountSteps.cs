using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Mount;

/// <summary>The container's root file system as steps.</summary>
public static class MountSteps
{
    /// <summary>Everything up to the change of root: it is opened, and all is in it.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <param name="container">What the root is.</param>
    /// <param name="terminal">The program's terminal, whose device is in the root. Null: it has none.</param>
    public static void AddRoot(LaunchPlan.Builder plan, ContainerConfiguration container, TerminalConfiguration? terminal = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);

        // Modes are given exactly from here on; the process gets its own mask at the end.
        plan.Add(new SetUmaskStep(0));
        // First of all: what is mounted from here on must not show on the host.
        plan.Add(new SetPropagationStep(MountFlags.Recursive | (container.RootSwitch == RootSwitch.Move ? MountFlags.Slave : MountFlags.Private)));
        switch (container.Root)
        {
            case DirectoryRoot root:
                plan.Add(new OpenRootTreeStep(root.Path, TreeFlags(container)));
                break;
            case HostUserlandRoot:
                HostUserland.Inspect("/").AddSteps(plan, container.Hostname, container.MountLabel);
                break;
        }

        string? open = AddMounts(plan, container);
        DeviceSteps.Add(plan, container, open);
        if (terminal is not null)
            TerminalSteps.Add(plan, container, terminal);
        foreach (string path in container.MaskedPaths)
            plan.Add(new MaskPathStep(ContainerPath.Normalize(path)!));
        foreach (string path in container.ReadOnlyPaths)
            plan.Add(new ReadOnlyPathStep(ContainerPath.Normalize(path)!));
        for (int i = 0; i < container.Mounts.Length; i++)
            if (IsFilledFirst(container.Mounts[i]) && !IsCovered(container, i))
                plan.Add(new ReadOnlyMountStep(ContainerPath.Normalize(container.Mounts[i].Destination)!));
    }

    /// <summary>The change of root, after which nothing of the host's has a name any more.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <param name="container">Says how.</param>
    /// <param name="terminal">The program's terminal. Null: it has none.</param>
    public static void AddRootSwitch(LaunchPlan.Builder plan, ContainerConfiguration container, TerminalConfiguration? terminal = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        RootSwitchSteps.Add(plan, container.RootSwitch, terminal is not null);
    }

    /// <summary>The views of cgroups, once the process is in its own ones and has a cgroup namespace.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <param name="container">Its mounts.</param>
    /// <param name="views">The host's hierarchies; asked for when there is a view to mount.</param>
    public static void AddCgroupViews(LaunchPlan.Builder plan, ContainerConfiguration container, Func<IReadOnlyList<CgroupView>> views)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(views);
        foreach (MountConfiguration mount in container.Mounts)
            if (mount.Type == MountConfiguration.CgroupType)
                CgroupViewSteps.Add(plan, mount, views());
    }

    /// <summary>A read-only root, as late as possible: the host's part of a start may still write files into it.</summary>
    public static void AddReadOnlyRoot(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(container);
        if (container.ReadOnlyRoot)
            plan.Add(new ReadOnlyRootStep());
    }

    /// <summary>
    /// A read-only root means what is mounted below it, too. And a root has no use for device nodes of its own, unless the container makes some on it:
    /// who is uid 0 inside could open any disk that somebody put a node for into the image.
    /// </summary>
    private static MountFlags TreeFlags(ContainerConfiguration container)
    {
        MountFlags flags = container.ReadOnlyRoot ? MountFlags.ReadOnly : MountFlags.None;
        foreach (DeviceNode device in container.Devices)
            if (!IsBelowAMount(container, ContainerPath.Normalize(device.Path)!))
                return flags;
        return flags | MountFlags.NoDev;
    }

    private static bool IsBelowAMount(ContainerConfiguration container, string path)
    {
        foreach (MountConfiguration mount in container.Mounts)
            if (ContainerPath.IsBelow(path, ContainerPath.Normalize(mount.Destination)!))
                return true;
        return false;
    }

    /// <summary>A later mount in the same place is what a path leads to.</summary>
    private static bool IsCovered(ContainerConfiguration container, int index)
    {
        string? destination = ContainerPath.Normalize(container.Mounts[index].Destination);
        return container.Mounts.Skip(index + 1).Any(later => ContainerPath.Normalize(later.Destination) == destination);
    }

    /// <returns>The directory that is open then, for file steps. Null: none.</returns>
    private static string? AddMounts(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        // The file system in memory that was mounted last, as long as only new names in it follow; and where that was.
        string? fresh = null, open = null;
        int mounted = 0;
        for (int i = 0; i < container.Mounts.Length; i++)
        {
            MountConfiguration mount = container.Mounts[i];
            if (mount.Type == MountConfiguration.CgroupType)
                continue; // AddCgroupViews
            string destination = ContainerPath.Normalize(mount.Destination)!;
            MountFlags flags = Flags(mount.Options);
            if (mount.Type == MountConfiguration.BindType)
            {
                plan.Add(new BindStep(mount.Source, destination, flags, IsFile: HostPath.KindOf(mount.Source) != HostPathKind.Directory));
                fresh = open = null;
                continue;
            }
            bool isNewName = fresh is not null && IsDirectlyIn(fresh, destination) && IsNew(container, mounted + 1, i);
            if (isNewName)
                open = DirectorySteps.Open(plan, fresh!, open);
            if (IsFilledFirst(mount))
                flags &= ~MountFlags.ReadOnly;
            string data = MountLabel.AddTo(mount.Data, mount.Type is "tmpfs" or "devpts" ? container.MountLabel : null);
            plan.Add(new MountStep(mount.Source, destination, mount.Type, flags, data) { IsInNewDirectory = isNewName });
            if (isNewName)
                continue;
            fresh = mount.Type == "tmpfs" && destination != "/" ? destination : null;
            mounted = i;
            open = null;
        }
        return open;
    }

    private static bool IsDirectlyIn(string directory, string path) => ContainerPath.IsBelow(path, directory) && !path.AsSpan(directory.Length + 1).Contains('/');

    /// <summary>None of a few mounts before it is in the same place. Of many, one walk each costs less than to compare all with all.</summary>
    private static bool IsNew(ContainerConfiguration container, int first, int index)
    {
        const int Few = 16;
        if (index - first > Few)
            return false;
        string? destination = ContainerPath.Normalize(container.Mounts[index].Destination);
        for (int i = first; i < index; i++)
            if (ContainerPath.Normalize(container.Mounts[i].Destination) == destination)
                return false;
        return true;
    }

    /// <summary>An empty file system in memory would be no use read-only: nodes, mount points and links come first.</summary>
    private static bool IsFilledFirst(MountConfiguration mount) => mount.Type == "tmpfs" && (mount.Options & MountOptions.ReadOnly) != 0;

    internal static MountFlags Flags(MountOptions options)
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
