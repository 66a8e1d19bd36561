using LibContainer.Linux;

namespace LibContainer.Launch;

// A first process for programs that are none: it reaps what is left to it, and passes signals on. It is this very program, and has nothing that the container's has not.
internal static unsafe partial class Interpreter
{
    private const int StepWordPage = 4096; // StepWord.Count words

    /// <summary>The program goes on in a child. Signals are held until each of the two is what it shall be.</summary>
    private static long BecomeInit(PlanExecution* execution, StepRecord* step)
    {
        ulong all = ~0UL, none = 0;
        // Those that have no handler are lost on a first process, but for those that it holds: pid_namespaces(7).
        long result = execution->Do(SystemCallNumber.rt_sigprocmask, Uapi.SIG_SETMASK, (long)(&all), 0, sizeof(ulong));
        if (result < 0)
            return result;
        CloneArguments arguments = default;
        arguments.ExitSignal = Uapi.SIGCHLD;
        long child = execution->Do(SystemCallNumber.clone3, (long)(&arguments), sizeof(CloneArguments));
        if (child < 0)
            return child;
        if (child > 0)
            return AwaitChildren(execution, child, &all);

        // A group of its own, in the foreground: what is typed at its terminal is for the program alone.
        result = execution->Do(SystemCallNumber.setpgid, 0, 0);
        if (result >= 0 && step->Value != 0)
        {
            result = execution->Do(SystemCallNumber.getpid);
            int group = (int)result;
            if (result >= 0)
                result = execution->Do(SystemCallNumber.ioctl, 0, Uapi.TIOCSPGRP, (long)(&group));
        }
        return result < 0 ? result : execution->Do(SystemCallNumber.rt_sigprocmask, Uapi.SIG_SETMASK, (long)(&none), 0, sizeof(ulong));
    }

    /// <summary>Holds nothing open, or who reads what the program writes would wait for this process, too; and writes into nobody's memory.</summary>
    private static long AwaitChildren(PlanExecution* execution, long program, ulong* all)
    {
        byte* information = stackalloc byte[128]; // siginfo_t
        Kernel.Call(SystemCallNumber.prctl, Uapi.PR_SET_NAME, (long)Kernel.Literal("init"u8), 0, 0, 0, 0);
        Kernel.Call(SystemCallNumber.close_range, 0, uint.MaxValue, 0, 0, 0, 0);
        Kernel.Call(SystemCallNumber.munmap, (long)execution->StepWord & ~(StepWordPage - 1L), StepWordPage, 0, 0, 0, 0);
        while (true)
        {
            long signal = Kernel.Call(SystemCallNumber.rt_sigtimedwait, (long)all, (long)information, 0, sizeof(ulong), 0, 0);
            if (signal > 0 && signal != Uapi.SIGCHLD)
                Kernel.Call(SystemCallNumber.kill, program, signal, 0, 0, 0, 0);
            int status = 0;
            long ended;
            while ((ended = Kernel.Call(SystemCallNumber.wait4, -1, (long)(&status), Uapi.WNOHANG, 0, 0, 0)) > 0)
                if (ended == program)
                    return Kernel.Call(SystemCallNumber.exit_group, CodeOf(status), 0, 0, 0, 0, 0); // and the kernel ends all others
        }
    }

    /// <summary>As shells count. A first process cannot end itself by a signal.</summary>
    private static int CodeOf(int status) => (status & 0x7F) != 0 ? 128 + (status & 0x7F) : status >> 8 & 0xFF;
}
