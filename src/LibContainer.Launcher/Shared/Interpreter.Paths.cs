using LibContainer.Linux;

namespace LibContainer.Launch;

// Every path inside the container goes through here. An image, or another container that shares it, may put a symbolic link
// anywhere at any time; RESOLVE_IN_ROOT has the kernel treat the root's descriptor as "/" for the whole walk, so that nothing
// can lead outside (CVE-2021-30465, CVE-2023-27561 and their kin). Paths come without a leading slash and without "..".
internal static unsafe partial class Interpreter
{
    /// <summary>struct open_how of openat2(2).</summary>
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <returns>O_PATH descriptor of what is at the path, symbolic links resolved inside the root.</returns>
    private static long OpenInRoot(PlanExecution* execution, byte* path, ulong alsoResolve = 0)
    {
        OpenHow how;
        how.Flags = Uapi.O_PATH | Uapi.O_CLOEXEC;
        how.Mode = 0;
        how.Resolve = Uapi.RESOLVE_IN_ROOT | Uapi.RESOLVE_NO_MAGICLINKS | alsoResolve;
        return execution->Do(SystemCallNumber.openat2, RootOf(execution), (long)path, (long)(&how), sizeof(OpenHow));
    }

    /// <summary>Once it is "/" it has no descriptor, and is where this process is, after this.</summary>
    private static long RootOf(PlanExecution* execution)
    {
        if (execution->Root != PlanExecution.Entered)
            return execution->Root;
        execution->Do(SystemCallNumber.chdir, (long)Kernel.Literal("/"u8));
        return Uapi.AT_FDCWD;
    }

    /// <summary>Opens the directory, making what is missing. Never through a dangling link: that answers ENOENT.</summary>
    private static long EnsureDirectory(PlanExecution* execution, byte* path, uint mode, ulong alsoResolve = 0)
    {
        long directory = OpenInRoot(execution, path, alsoResolve);
        if (directory != -Uapi.ENOENT)
            return directory;

        long root = RootOf(execution), parent = root;
        byte* component = path;
        for (byte* end = path; ; end++)
        {
            if (*end != (byte)'/' && *end != 0)
                continue;

            byte separator = *end;
            *end = 0; // cut here, so that the kernel resolves the path up to this component
            directory = separator == 0 ? -Uapi.ENOENT : OpenInRoot(execution, path, alsoResolve); // the whole path has been looked for
            if (directory == -Uapi.ENOENT)
            {
                long made = execution->Do(SystemCallNumber.mkdirat, parent, (long)component, mode);
                // EEXIST: a dangling link, or somebody was quicker. The second look decides, and is final.
                directory = made < 0 && made != -Uapi.EEXIST ? made : OpenInRoot(execution, path, alsoResolve);
            }
            *end = separator;

            if (parent != root)
                CloseLater(execution, parent);
            if (directory < 0 || separator == 0)
                return directory;
            parent = directory;
            component = end + 1;
        }
    }

    /// <summary>Opens the file, making an empty one (and its directories) where nothing is: a place to bind a file onto.</summary>
    private static long EnsureFile(PlanExecution* execution, byte* path)
    {
        long file = OpenInRoot(execution, path);
        if (file != -Uapi.ENOENT)
            return file;

        byte* name = path;
        for (byte* at = path; *at != 0; at++)
            if (*at == (byte)'/')
                name = at + 1;

        long root = RootOf(execution), parent = root;
        if (name != path)
        {
            name[-1] = 0;
            parent = EnsureDirectory(execution, path, 0x1ED); // 0755
            name[-1] = (byte)'/';
            if (parent < 0)
                return parent;
        }
        file = execution->Do(SystemCallNumber.openat, parent, (long)name, Uapi.O_WRONLY | Uapi.O_CREAT | Uapi.O_EXCL | Uapi.O_CLOEXEC, 0x1A4); // 0644
        if (parent != root)
            CloseLater(execution, parent);
        return file;
    }

    private static long OpenDirectory(PlanExecution* execution, StepRecord* step)
    {
        if (execution->Directory >= 0 && execution->Directory != execution->Root)
            CloseLater(execution, execution->Directory);
        execution->Directory = -1;

        byte* path = execution->Text(step->Text);
        long directory = *path == 0 ? execution->Root : EnsureDirectory(execution, path, step->Mode);
        if (directory >= 0)
            execution->Directory = (int)directory;
        return directory;
    }

    /// <summary>struct statx of statx(2): the same on every architecture, which struct stat is not.</summary>
    private struct Statx
    {
        public fixed byte Head[28];
        public ushort Mode;
        public fixed byte Middle[98];
        public uint DeviceMajor;
        public uint DeviceMinor;
        public fixed byte Tail[120];
    }

    /// <summary>Is it the node that was asked for? The type is compared, not only that something is there.</summary>
    private static long VerifyNode(PlanExecution* execution, long descriptor, byte* name, int flags, uint type, uint major, uint minor)
    {
        Statx found;
        long result = execution->Do(SystemCallNumber.statx, descriptor, (long)name, flags, Uapi.STATX_TYPE, (long)(&found));
        if (result < 0)
            return result;
        bool same = (found.Mode & (uint)Uapi.S_IFMT) == type && found.DeviceMajor == major && found.DeviceMinor == minor;
        return same ? 0 : -Uapi.EEXIST;
    }

    private static long MakeNode(PlanExecution* execution, StepRecord* step)
    {
        byte* name = execution->Text(step->Text);
        long result = execution->Do(SystemCallNumber.mknodat, execution->Directory, (long)name, step->Mode, (long)step->Value);
        if (result == -Uapi.EEXIST)
        {
            uint device = (uint)step->Value;
            return VerifyNode(
                execution, execution->Directory, name, Uapi.AT_SYMLINK_NOFOLLOW, step->Mode & Uapi.S_IFMT,
                (device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00));
        }
        if (result < 0 || step->Value2 == 0)
            return result;
        return execution->Do(
            SystemCallNumber.fchownat, execution->Directory, (long)name, (uint)step->Value2, (long)(step->Value2 >> 32), Uapi.AT_SYMLINK_NOFOLLOW);
    }

    private static long MakeSymbolicLink(PlanExecution* execution, StepRecord* step)
    {
        long result = execution->Do(
            SystemCallNumber.symlinkat, (long)execution->Text(step->Text2), execution->Directory, (long)execution->Text(step->Text));
        return result == -Uapi.EEXIST ? 0 : result;
    }

    private static long WriteFile(PlanExecution* execution, StepRecord* step)
    {
        long file = execution->Do(
            SystemCallNumber.openat, execution->Directory, (long)execution->Text(step->Text),
            Uapi.O_WRONLY | Uapi.O_CREAT | Uapi.O_EXCL | Uapi.O_CLOEXEC, step->Mode);
        if (file < 0)
            return file;

        long result = 0;
        byte* content = execution->Text(step->Text2);
        for (ulong written = 0; written < step->Value && result >= 0; written += (ulong)result)
            result = execution->Do(SystemCallNumber.write, file, (long)(content + written), (long)(step->Value - written));
        Close(file);
        return result;
    }
}
