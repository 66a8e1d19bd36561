using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>Changes how mounts propagate between this namespace and the one it was copied from.</summary>
/// <param name="Flags"><see cref="MountFlags.Private"/> or <see cref="MountFlags.Slave"/>, with <see cref="MountFlags.Recursive"/> for the whole tree.</param>
public sealed record SetPropagationStep(MountFlags Flags) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"mount / {((Flags & MountFlags.Recursive) != 0 ? "r" : "")}{((Flags & MountFlags.Slave) != 0 ? "slave" : "private")}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.SetPropagation;
        record.Flags = (ulong)Flags;
    }
}

/// <summary>Makes a directory of the host, with all that is mounted below it, the container's root.</summary>
/// <param name="Source">Path on the host.</param>
/// <param name="Flags">Of the whole tree; <see cref="MountFlags.ReadOnly"/> only of what is mounted below, the root itself being <see cref="ReadOnlyRootStep"/>'s.</param>
public sealed record OpenRootTreeStep(string Source, MountFlags Flags = MountFlags.None) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"open_tree {Source} as the root{MountFlagNames.InBrackets(Flags)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Flags == 0 ? Plain : (Flags & MountFlags.ReadOnly) == 0 ? WithFlags : WithReadOnly;

    private static readonly string[] Plain = ["open_tree", "move_mount"];
    private static readonly string[] WithFlags = ["open_tree", "fstatfs", "mount_setattr", "move_mount"];
    private static readonly string[] WithReadOnly = ["open_tree", "fstatfs", "mount_setattr", "mount_setattr", "move_mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.OpenRootTree;
        record.Flags = MountFlagNames.ToAttributes(Flags);
        record.Text = plan.Text(Source);
    }
}

/// <summary>Makes an empty file system in memory the container's root.</summary>
/// <param name="Size">Most that it can hold, as tmpfs(5) writes it: <c>1m</c>.</param>
/// <param name="Label">SELinux context of its files. Null: none.</param>
public sealed record OpenRootMemoryStep(string Size, string? Label = null) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"fsopen tmpfs as the root (size={Size},mode=0755{(Label is null ? "" : $",context=\"{Label}\"")})";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Label is null ? Calls : WithLabel;

    private static readonly string[] Calls = ["fsopen", "fsconfig", "fsconfig", "fsconfig", "fsmount", "move_mount"];
    private static readonly string[] WithLabel = ["fsopen", "fsconfig", "fsconfig", "fsconfig", "fsconfig", "fsmount", "move_mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.OpenRootMemory;
        record.Text = plan.Text(Size);
        record.Text2 = Label is null ? 0 : plan.Text(Label);
    }
}

/// <summary>Mounts a new file system.</summary>
/// <param name="Source">What the mount table will show as its source.</param>
/// <param name="Destination">Directory in the container; made when it is missing.</param>
/// <param name="Type">File system type.</param>
/// <param name="Flags">Flags of the mount.</param>
/// <param name="Data">Options of the file system.</param>
public sealed record MountStep(string Source, string Destination, string Type, MountFlags Flags, string Data = "") : LaunchStep
{
    /// <summary>
    /// The destination is a new name in the directory that is open, which is in a file system that the plan has mounted just before: nobody but the plan can have put anything there, and
    /// nothing has to be looked for.
    /// </summary>
    public bool IsInNewDirectory { get; init; }

    /// <inheritdoc/>
    public override string Description => $"mount {Type} on {InContainer(Destination)}{MountFlagNames.InBrackets(Flags, Data)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => IsInNewDirectory ? CallsInNewDirectory : Calls;

    private static readonly string[] Calls = ["openat2", "fchdir", "mount"];
    private static readonly string[] CallsInNewDirectory = ["mkdirat", "fchdir", "mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = IsInNewDirectory ? StepKind.MountInDirectory : StepKind.Mount;
        // A link in the place of /proc or /sys would have every later path under it mean something else (CVE-2019-19921).
        record.Value = Type is "proc" or "sysfs" ? (ulong)Uapi.RESOLVE_NO_SYMLINKS : 0;
        record.Flags = (ulong)Flags;
        record.Mode = 0x1ED; // 0755
        record.Text = plan.Text(Source);
        record.Text2 = IsInNewDirectory ? plan.Text(Path.GetFileName(Destination)) : plan.PathInRoot(Destination);
        record.Text3 = plan.Text(Type);
        record.Text4 = Data.Length == 0 ? 0 : plan.Text(Data);
    }
}

/// <summary>Shows a file or directory of the host in the container.</summary>
/// <param name="Source">Path on the host.</param>
/// <param name="Destination">Path in the container; made when it is missing.</param>
/// <param name="Flags">Flags of the mount; with <see cref="MountFlags.Recursive"/> what is mounted below the source comes along, under the same flags.</param>
/// <param name="IsFile">The source is not a directory.</param>
public sealed record BindStep(string Source, string Destination, MountFlags Flags, bool IsFile = false) : LaunchStep
{
    private static readonly string[] WithFlags = ["open_tree", "mount_setattr", "openat2", "move_mount"];
    private static readonly string[] WithoutFlags = ["open_tree", "openat2", "move_mount"];

    internal override string? Hint(Errno error, string systemCall)
        => (error, systemCall) is (Errno.EINVAL, "move_mount") ? "a directory can only be bound onto a directory, and a file onto a file" : null;

    /// <inheritdoc/>
    public override string Description => $"bind {Source} on {InContainer(Destination)}{MountFlagNames.InBrackets(Flags)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => MountFlagNames.ToAttributes(Flags) == 0 ? WithoutFlags : WithFlags;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.Bind;
        record.Flags = MountFlagNames.ToAttributes(Flags);
        record.Value = (Flags & MountFlags.Recursive) != 0 ? 1u : 0u;
        record.Value2 = IsFile ? 1u : 0u;
        record.Text = plan.Text(Source);
        record.Text2 = plan.PathInRoot(Destination);
    }
}

/// <summary>Hides a path: a directory behind an empty one, anything else behind /dev/null. A path that is not there is left alone.</summary>
/// <param name="Path">Path in the container.</param>
public sealed record MaskPathStep(string Path) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"mask {InContainer(Path)}";

    /// <summary>Of a path that exists; a directory stops at mount, and mount_setattr is for the first file alone.</summary>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat2", "fchdir", "mount|open_tree", "mount_setattr|move_mount", "move_mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.MaskPath;
        record.Text = plan.PathInRoot(Path);
    }
}

/// <summary>Makes a path read-only, with all that is mounted below it. A path that is not there is left alone.</summary>
/// <param name="Path">Path in the container.</param>
public sealed record ReadOnlyPathStep(string Path) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"bind {InContainer(Path)} on itself (ro)";

    /// <summary>Of a path that exists.</summary>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat2", "open_tree", "mount_setattr", "move_mount"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.ReadOnlyPath;
        record.Text = plan.PathInRoot(Path);
    }
}

/// <summary>Makes one mount read-only, and only it: a file system in memory is filled first.</summary>
/// <param name="Path">Where it is mounted in the container.</param>
public sealed record ReadOnlyMountStep(string Path) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"mount_setattr {InContainer(Path)} (ro)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat2", "mount_setattr"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.ReadOnlyMount;
        record.Text = plan.PathInRoot(Path);
    }
}

/// <summary>Makes the root mount read-only, and only it: what is mounted below keeps its flags.</summary>
public sealed record ReadOnlyRootStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "mount_setattr / (ro)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["mount_setattr"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.ReadOnlyRoot;
}

/// <summary>Changes to the new root and lets go of the host's. A launcher that has started others before has a way that costs less: see decision 13.</summary>
/// <param name="KeepsDescriptors">Descriptors 0 to 2 were opened in the root, as a terminal is: they stay in its mounts, which that way copies.</param>
public sealed record PivotRootStep(bool KeepsDescriptors = false) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "pivot_root to the root, and unmount the host's";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["fchdir", "pivot_root", "umount2", "close_range"];

    internal override string? Hint(Errno error, string systemCall)
        => (error, systemCall) is (Errno.EINVAL, "pivot_root") ? "the host's root may be an initramfs, which cannot be pivoted away from: no_pivot_root, RootSwitch.Move" : null;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.PivotRoot;
        record.Value = KeepsDescriptors ? 1u : 0u;
    }
}

/// <summary>Changes to the new root and leaves the host's behind it, for hosts whose root cannot be pivoted away from.</summary>
public sealed record ChangeRootStep : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => "chroot to the root";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["fchdir", "chroot", "close_range"];

    internal override void Write(PlanWriter plan, ref StepRecord record) => record.Kind = StepKind.ChangeRoot;
}

/// <summary>Unmounts something of the host's in the container's mount namespace. One that is gone already is left alone.</summary>
/// <param name="Path">Where it is mounted on the host.</param>
public sealed record UnmountStep(string Path) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"umount2 {Path} of the host";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["umount2"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.Unmount;
        record.Text = plan.Text(Path);
    }
}
