using LibContainer.Linux;

namespace LibContainer.Launch;

// What only a process does that has a runtime, and is its own init. The launcher has neither signals to restore nor lines of text to read.
internal static unsafe partial class Interpreter
{
    private const int SignalCount = 64;

    /// <summary>struct sigaction as the kernel has it, with a restorer on x86 and arm64 alike.</summary>
    private struct SignalAction
    {
        public ulong Handler, Flags, Restorer, Mask;
    }

    /// <summary>The word itself: end of file alone also comes from a host that died half-way, and must not release us.</summary>
    private static long AwaitGo(PlanExecution* execution)
    {
        uint word = 0;
        long result;
        do
            result = execution->Do(SystemCallNumber.recvfrom, execution->Sync, (long)(&word), 3, Uapi.MSG_WAITALL);
        while (result == -Uapi.EINTR);
        if (result < 0)
            return result;
        return result == 3 && word == 0x0A6F67 ? 0 : -Uapi.ECANCELED; // "go\n"
    }

    /// <summary>An ignored or blocked signal stays so across execve, and .NET ignores SIGPIPE. Handlers need nothing: execve takes them away, and until then the runtime needs them.</summary>
    private static long ResetSignals(PlanExecution* execution)
    {
        const ulong Ignored = 1; // SIG_IGN
        long result = 0;
        for (int signal = 1; signal <= SignalCount && result >= 0; signal++)
        {
            if (signal is Uapi.SIGKILL or Uapi.SIGSTOP)
                continue;
            SignalAction action = default;
            result = execution->Do(SystemCallNumber.rt_sigaction, signal, 0, (long)(&action), sizeof(ulong));
            if (result < 0 || action.Handler != Ignored)
                continue;
            action = default;
            result = execution->Do(SystemCallNumber.rt_sigaction, signal, (long)(&action), 0, sizeof(ulong));
        }
        ulong none = 0;
        return result < 0 ? result : execution->Do(SystemCallNumber.rt_sigprocmask, Uapi.SIG_SETMASK, (long)(&none), 0, sizeof(ulong));
    }
}
