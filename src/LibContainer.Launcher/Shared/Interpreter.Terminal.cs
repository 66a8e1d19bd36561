using LibContainer.Linux;

namespace LibContainer.Launch;

// A terminal is used by its descriptors alone, from the moment it is opened: a name under /dev/pts can be swapped (CVE-2025-52565).
internal static unsafe partial class Interpreter
{
    /// <summary>struct winsize of ioctl_tty(2).</summary>
    private struct WindowSize
    {
        public ushort Rows, Columns, Width, Height;
    }

    /// <summary>From the container's own devpts, so that its number, owner and name are the container's and no other container sees it.</summary>
    private static long OpenTerminal(PlanExecution* execution, StepRecord* step)
    {
        OpenHow how;
        how.Flags = Uapi.O_RDWR | Uapi.O_NOCTTY | Uapi.O_NONBLOCK | Uapi.O_CLOEXEC; // the host copies in both directions and must not wait for one
        how.Mode = 0;
        how.Resolve = Uapi.RESOLVE_IN_ROOT | Uapi.RESOLVE_NO_SYMLINKS;
        // Who has entered a container is in its root, and has not gone anywhere else yet.
        long master = execution->Do(SystemCallNumber.openat2, execution->Root == PlanExecution.Entered ? Uapi.AT_FDCWD : execution->Root, (long)Kernel.Literal("dev/pts/ptmx"u8), (long)(&how), sizeof(OpenHow));
        if (master < 0)
            return master;

        int unlocked = 0;
        long terminal = -1;
        long result = VerifyFileSystem(execution, master, Uapi.DEVPTS_SUPER_MAGIC);
        if (result >= 0)
            result = execution->Do(SystemCallNumber.ioctl, master, Uapi.TIOCSPTLCK, (long)(&unlocked));
        if (result >= 0)
            result = terminal = execution->Do(SystemCallNumber.ioctl, master, Uapi.TIOCGPTPEER, Uapi.O_RDWR | Uapi.O_NOCTTY | Uapi.O_CLOEXEC);
        if (result >= 0)
            result = HandOver(execution, (int)master);
        Close(master);
        return result < 0 ? Abandon(terminal, result) : TakeTerminal(execution, step, terminal);
    }

    /// <summary>One that the host has already. It is opened before the root changes, by its name there.</summary>
    private static long UseTerminal(PlanExecution* execution, StepRecord* step)
    {
        long terminal = execution->Do(
            SystemCallNumber.openat, Uapi.AT_FDCWD, (long)execution->Text(step->Text), Uapi.O_RDWR | Uapi.O_NOCTTY | Uapi.O_CLOEXEC);
        return terminal < 0 ? terminal : TakeTerminal(execution, step, terminal);
    }

    /// <summary>Becomes the three streams, and, unless a later step sees to that, the session's controlling terminal. The session is new, so it has none yet.</summary>
    private static long TakeTerminal(PlanExecution* execution, StepRecord* step, long terminal)
    {
        long result = 0;
        if (step->Value != 0 || step->Value2 != 0)
        {
            // Before the program runs: it may ask at once.
            WindowSize size = default;
            size.Rows = (ushort)step->Value;
            size.Columns = (ushort)step->Value2;
            result = execution->Do(SystemCallNumber.ioctl, terminal, Uapi.TIOCSWINSZ, (long)(&size));
        }
        for (int stream = 0; stream < 3 && result >= 0; stream++)
            result = execution->Do(SystemCallNumber.dup3, terminal, stream);
        Close(terminal);
        return result < 0 || step->Flags != 0 ? result : execution->Do(SystemCallNumber.ioctl, 0, Uapi.TIOCSCTTY);
    }

    private static long Abandon(long descriptor, long result)
    {
        if (descriptor >= 0)
            Close(descriptor);
        return result;
    }

    /// <summary>What is there already is bound over, but never a link followed: the image may have put one there.</summary>
    private static long BindTerminal(PlanExecution* execution, StepRecord* step)
    {
        byte* name = execution->Text(step->Text);
        long target = execution->Do(
            SystemCallNumber.openat, execution->Directory, (long)name, Uapi.O_WRONLY | Uapi.O_CREAT | Uapi.O_EXCL | Uapi.O_CLOEXEC, 0x180); // 0600
        if (target == -Uapi.EEXIST)
        {
            OpenHow how;
            how.Flags = Uapi.O_PATH | Uapi.O_CLOEXEC;
            how.Mode = 0;
            how.Resolve = Uapi.RESOLVE_BENEATH | Uapi.RESOLVE_NO_SYMLINKS;
            target = execution->Do(SystemCallNumber.openat2, execution->Directory, (long)name, (long)(&how), sizeof(OpenHow));
        }
        if (target < 0)
            return target;
        long tree = CloneTree(execution, 0, Kernel.Literal(""u8), 0);
        long result = tree < 0 ? tree : Attach(execution, tree, target);
        if (tree >= 0)
            Close(tree);
        Close(target);
        return result;
    }

    private static long OwnTerminal(PlanExecution* execution, StepRecord* step)
        => execution->Do(SystemCallNumber.fchownat, 0, (long)Kernel.Literal(""u8), (long)step->Value, -1, Uapi.AT_EMPTY_PATH);
}
