using LibContainer.Linux;

namespace LibContainer.Launch;

// Mounts go onto descriptors, never onto names that somebody else could have made: move_mount takes the descriptor itself, and mount(2), which takes only a name,
// is given "." after fchdir to the descriptor, or a new name in a file system that nobody else has been in. No step needs /proc, so there is nothing under /proc that a container could have prepared (CVE-2025-52881).
internal static unsafe partial class Interpreter
{
    /// <summary>struct mount_attr of mount_setattr(2).</summary>
    private struct MountAttributes
    {
        public ulong Set;
        public ulong Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }

    private static long SetPropagation(PlanExecution* execution, StepRecord* step)
        => execution->Do(SystemCallNumber.mount, 0, (long)Kernel.Literal("/"u8), 0, (long)step->Flags);

    private static long SetAttributes(PlanExecution* execution, long mount, ulong set, int recursive, ulong clear = 0)
        => SetAttributesAt(execution, mount, Kernel.Literal(""u8), set, recursive, clear);

    private static long SetAttributesAt(PlanExecution* execution, long directory, byte* path, ulong set, int recursive, ulong clear)
    {
        MountAttributes attributes;
        attributes.Set = set;
        // The access time is a field of its own: to set one mode, the field is cleared first.
        attributes.Clear = clear | ((set & Uapi.MOUNT_ATTR__ATIME) != 0 ? Uapi.MOUNT_ATTR__ATIME : 0u);
        attributes.Propagation = 0;
        attributes.UserNamespace = 0;
        return execution->Do(
            SystemCallNumber.mount_setattr, directory, (long)path, Uapi.AT_EMPTY_PATH | recursive, (long)(&attributes), sizeof(MountAttributes));
    }

    /// <summary>By its name where its descriptor is closed: it is "/" by then. Never by its name before: that would be the host's.</summary>
    private static long ReadOnlyRoot(PlanExecution* execution)
        => execution->Root == PlanExecution.Entered
            ? SetAttributesAt(execution, Uapi.AT_FDCWD, Kernel.Literal("/"u8), Uapi.MOUNT_ATTR_RDONLY, 0, 0)
            : SetAttributes(execution, execution->Root, Uapi.MOUNT_ATTR_RDONLY, 0);

    // recursive: AT_RECURSIVE or 0
    private static long CloneTree(PlanExecution* execution, long directory, byte* path, int recursive)
        => execution->Do(SystemCallNumber.open_tree, directory, (long)path, Uapi.OPEN_TREE_CLONE | Uapi.O_CLOEXEC | Uapi.AT_EMPTY_PATH | recursive);

    private static long Attach(PlanExecution* execution, long tree, long target)
        => execution->Do(
            SystemCallNumber.move_mount, tree, (long)Kernel.Literal(""u8), target, (long)Kernel.Literal(""u8),
            Uapi.MOVE_MOUNT_F_EMPTY_PATH | Uapi.MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>
    /// Puts the new root on top of "/", where it hides nothing: names that start with "/" still begin below it, at the host's root, and
    /// the new root is reached by its descriptor alone. So no directory of the host has to be made or lent for it.
    /// </summary>
    private static long AttachRoot(PlanExecution* execution, long root)
    {
        if (root < 0)
            return root;
        execution->Root = (int)root;
        return execution->Do(
            SystemCallNumber.move_mount, root, (long)Kernel.Literal(""u8), Uapi.AT_FDCWD, (long)Kernel.Literal("/"u8), Uapi.MOVE_MOUNT_F_EMPTY_PATH);
    }

    private static long OpenRootTree(PlanExecution* execution, StepRecord* step)
    {
        long tree = CloneTree(execution, Uapi.AT_FDCWD, execution->Text(step->Text), Uapi.AT_RECURSIVE);
        if (tree < 0 || step->Flags == 0)
            return AttachRoot(execution, tree);

        // What is mounted below the root gets its flags now, before anything of ours is mounted there. The root itself has to stay writable until
        // the mount points in it are made (ReadOnlyRoot), unless it never was.
        long result = IsReadOnly(execution, tree);
        ulong clear = result == 0 ? step->Flags & Uapi.MOUNT_ATTR_RDONLY : 0;
        if (result >= 0)
            result = SetAttributes(execution, tree, step->Flags, Uapi.AT_RECURSIVE);
        if (result >= 0 && clear != 0)
            result = SetAttributes(execution, tree, 0, 0, clear);
        if (result < 0)
        {
            CloseLater(execution, tree);
            return result;
        }
        return AttachRoot(execution, tree);
    }

    /// <summary>struct statfs of statfs(2), as 64-bit architectures share it: asm-generic/statfs.h.</summary>
    private struct Statfs
    {
        public fixed ulong Head[10];
        public ulong Flags;
        public fixed ulong Tail[4];
    }

    /// <returns>1 or 0, or a negative errno.</returns>
    private static long IsReadOnly(PlanExecution* execution, long mount)
    {
        Statfs found;
        long result = execution->Do(SystemCallNumber.fstatfs, mount, (long)(&found));
        return result < 0 ? result : (long)(found.Flags & Uapi.ST_RDONLY);
    }

    /// <summary>Is the descriptor in a file system of that type, or in something else that stands in its place?</summary>
    private static long VerifyFileSystem(PlanExecution* execution, long descriptor, ulong magic)
    {
        Statfs found;
        long result = execution->Do(SystemCallNumber.fstatfs, descriptor, (long)(&found));
        return result < 0 || found.Head[0] == magic ? result : -Uapi.EXDEV;
    }

    private static long OpenRootMemory(PlanExecution* execution, StepRecord* step)
    {
        long context = execution->Do(SystemCallNumber.fsopen, (long)Kernel.Literal("tmpfs"u8), Uapi.FSOPEN_CLOEXEC);
        if (context < 0)
            return context;

        long result = SetOption(execution, context, Kernel.Literal("mode"u8), Kernel.Literal("0755"u8));
        if (result >= 0)
            result = SetOption(execution, context, Kernel.Literal("size"u8), execution->Text(step->Text));
        if (result >= 0 && step->Text2 != 0)
            result = SetOption(execution, context, Kernel.Literal("context"u8), execution->Text(step->Text2));
        if (result >= 0)
            result = execution->Do(SystemCallNumber.fsconfig, context, Uapi.FSCONFIG_CMD_CREATE);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.fsmount, context, Uapi.FSMOUNT_CLOEXEC, Uapi.MOUNT_ATTR_NOSUID | Uapi.MOUNT_ATTR_NODEV);
        CloseLater(execution, context);
        return AttachRoot(execution, result);
    }

    private static long SetOption(PlanExecution* execution, long context, byte* key, byte* value)
        => execution->Do(SystemCallNumber.fsconfig, context, Uapi.FSCONFIG_SET_STRING, (long)key, (long)value);

    private static long Mount(PlanExecution* execution, StepRecord* step)
    {
        long target = EnsureDirectory(execution, execution->Text(step->Text2), step->Mode, step->Value);
        if (target < 0)
            return target;
        long result = MountAt(
            execution, target, execution->Text(step->Text), execution->Text(step->Text3), (long)step->Flags, execution->Text(step->Text4));
        CloseLater(execution, target);
        return result;
    }

    /// <summary>By name: no symbolic link can be in its place.</summary>
    private static long MountInDirectory(PlanExecution* execution, StepRecord* step)
    {
        byte* name = execution->Text(step->Text2);
        long result = execution->Do(SystemCallNumber.mkdirat, execution->Directory, (long)name, step->Mode);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.fchdir, execution->Directory);
        return result < 0 ? result : execution->Do(
            SystemCallNumber.mount, (long)execution->Text(step->Text), (long)name, (long)execution->Text(step->Text3), (long)step->Flags, (long)execution->Text(step->Text4));
    }

    private static long MountAt(PlanExecution* execution, long target, byte* source, byte* type, long flags, byte* data)
    {
        long result = execution->Do(SystemCallNumber.fchdir, target);
        if (result < 0)
            return result;
        return execution->Do(SystemCallNumber.mount, (long)source, (long)Kernel.Literal("."u8), (long)type, flags, (long)data);
    }

    private static long Bind(PlanExecution* execution, StepRecord* step)
    {
        int recursive = step->Value != 0 ? Uapi.AT_RECURSIVE : 0;
        long tree = CloneTree(execution, Uapi.AT_FDCWD, execution->Text(step->Text), recursive);
        if (tree < 0)
            return tree;

        // Before it is attached, so that there is no moment in which it can be written; recursively, which a remount never was.
        long result = step->Flags == 0 ? 0 : SetAttributes(execution, tree, step->Flags, recursive);
        if (result >= 0)
        {
            byte* destination = execution->Text(step->Text2);
            long target = step->Value2 != 0 ? EnsureFile(execution, destination) : EnsureDirectory(execution, destination, 0x1ED); // 0755
            result = target < 0 ? target : Attach(execution, tree, target);
            if (target >= 0 && step->Value2 != 0)
                Close(target); // a new file is open for writing, which its mount could not become read-only with
            else if (target >= 0)
                CloseLater(execution, target);
        }
        CloseLater(execution, tree);
        return result;
    }

    private static long MaskPath(PlanExecution* execution, StepRecord* step)
    {
        long target = OpenInRoot(execution, execution->Text(step->Text));
        if (target < 0)
            return target == -Uapi.ENOENT ? 0 : target;

        long result = MountAt(
            execution, target, Kernel.Literal("tmpfs"u8), Kernel.Literal("tmpfs"u8),
            Uapi.MS_RDONLY | Uapi.MS_NOSUID | Uapi.MS_NODEV | Uapi.MS_NOEXEC, Kernel.Literal("nr_blocks=1,nr_inodes=1,mode=0555"u8));
        if (result == -Uapi.ENOTDIR)
            result = MaskFile(execution, target);
        CloseLater(execution, target);
        return result;
    }

    /// <summary>By the host's null; the first such mount is what the others are copied from, flags and all.</summary>
    private static long MaskFile(PlanExecution* execution, long target)
    {
        bool isFirst = execution->Null < 0;
        long tree = isFirst ? CloneNull(execution) : CloneTree(execution, execution->Null, Kernel.Literal(""u8), 0);
        if (tree < 0)
            return tree;
        long result = Attach(execution, tree, target);
        if (isFirst)
            execution->Null = (int)tree;
        else
            CloseLater(execution, tree);
        return result;
    }

    /// <summary>The host's own /dev/null, looked at before it is used: the container's could have been planted (CVE-2025-31133).</summary>
    private static long CloneNull(PlanExecution* execution)
    {
        long device = execution->Do(SystemCallNumber.openat, Uapi.AT_FDCWD, (long)Kernel.Literal("/dev/null"u8), Uapi.O_PATH | Uapi.O_CLOEXEC);
        if (device < 0)
            return device;
        byte* itself = Kernel.Literal(""u8);
        long result = VerifyNode(execution, device, itself, Uapi.AT_EMPTY_PATH, Uapi.S_IFCHR, 1, 3);
        long tree = result < 0 ? result : CloneTree(execution, device, itself, 0);
        CloseLater(execution, device);
        if (tree < 0)
            return tree;
        // It is the host's inode, and its owner may be inside: read-only, so that nobody changes its mode or times. The device still opens for writing.
        result = SetAttributes(execution, tree, Uapi.MOUNT_ATTR_RDONLY | Uapi.MOUNT_ATTR_NOSUID | Uapi.MOUNT_ATTR_NOEXEC, 0);
        if (result >= 0)
            return tree;
        CloseLater(execution, tree);
        return result;
    }

    private static long ReadOnlyMount(PlanExecution* execution, StepRecord* step)
    {
        long mount = OpenInRoot(execution, execution->Text(step->Text));
        if (mount < 0)
            return mount;
        long result = SetAttributes(execution, mount, Uapi.MOUNT_ATTR_RDONLY, 0);
        CloseLater(execution, mount);
        return result;
    }

    private static long ReadOnlyPath(PlanExecution* execution, StepRecord* step)
    {
        long target = OpenInRoot(execution, execution->Text(step->Text));
        if (target < 0)
            return target == -Uapi.ENOENT ? 0 : target;

        long tree = CloneTree(execution, target, Kernel.Literal(""u8), Uapi.AT_RECURSIVE);
        long result = tree;
        if (tree >= 0)
        {
            result = SetAttributes(execution, tree, Uapi.MOUNT_ATTR_RDONLY, Uapi.AT_RECURSIVE);
            if (result >= 0)
                result = Attach(execution, tree, target);
            CloseLater(execution, tree);
        }
        CloseLater(execution, target);
        return result;
    }

    private static long PivotRoot(PlanExecution* execution, StepRecord* step)
    {
        bool isOffered = execution->EmptyNamespace >= 0 && step->Value == 0;
        long result = isOffered ? EnterEmptyNamespace(execution) : PivotRoot(execution);
        return result < 0 ? result : LeaveNothingOpen(execution);
    }

    /// <summary>pivot_root(2), section NOTES: with "." twice the old root ends up on top of the new one, and needs no directory in it.</summary>
    private static long PivotRoot(PlanExecution* execution)
    {
        byte* here = Kernel.Literal("."u8);
        long result = execution->Do(SystemCallNumber.fchdir, execution->Root);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.pivot_root, (long)here, (long)here);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.umount2, (long)here, Uapi.MNT_DETACH);
        return result;
    }

    /// <summary>
    /// The same end without pivot_root's look at every thread of the machine: the root moves into a copy of a namespace that has nothing in it, and the one with the host's mounts goes with its
    /// last process, which is this one. The root lies on an empty directory there, as that of a machine lies on its initramfs.
    /// </summary>
    private static long EnterEmptyNamespace(PlanExecution* execution)
    {
        byte* nothing = Kernel.Literal(""u8);
        long tree = CloneTree(execution, execution->Root, nothing, Uapi.AT_RECURSIVE);
        if (tree < 0)
            return tree;
        long result = execution->Do(SystemCallNumber.setns, execution->EmptyNamespace, Uapi.CLONE_NEWNS);
        if (result == -Uapi.EPERM)
            return PivotRoot(execution); // in a user namespace of its own it may not join one of the host's, and nothing has changed yet
        if (result >= 0)
            result = execution->Do(SystemCallNumber.unshare, Uapi.CLONE_NEWNS);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.move_mount, tree, (long)nothing, Uapi.AT_FDCWD, (long)Kernel.Literal("/"u8), Uapi.MOVE_MOUNT_F_EMPTY_PATH);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.fchdir, tree);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.chroot, (long)Kernel.Literal("."u8));
        return result;
    }

    /// <summary>Descriptors from before the change of root lead to the host's files as long as they are open (CVE-2024-21626).</summary>
    private static long LeaveNothingOpen(PlanExecution* execution)
    {
        if (execution->IsOwnInit != 0)
            return 0; // what it has open is marked, and ends with execve
        execution->Root = PlanExecution.Entered;
        execution->Directory = -1;
        execution->Null = -1;
        return execution->Do(SystemCallNumber.close_range, execution->Sync + 1, uint.MaxValue, 0);
    }

    /// <summary>
    /// For a host whose root cannot be pivoted away from. AttachRoot has moved the new root onto "/" already, where ".." from it leads back to it, so a chroot that somebody climbs out of
    /// ends there too.
    /// </summary>
    private static long ChangeRoot(PlanExecution* execution)
    {
        long result = execution->Do(SystemCallNumber.fchdir, execution->Root);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.chroot, (long)Kernel.Literal("."u8));
        return result < 0 ? result : LeaveNothingOpen(execution);
    }

    private static long Unmount(PlanExecution* execution, StepRecord* step)
    {
        long result = execution->Do(SystemCallNumber.umount2, (long)execution->Text(step->Text), Uapi.MNT_DETACH);
        return result is -Uapi.EINVAL or -Uapi.ENOENT ? 0 : result; // gone with the mount that it was below
    }
}
