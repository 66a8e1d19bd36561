using LibContainer.Linux;

namespace LibContainer.Launch;

// What the program runs as: limits, ids, capabilities, its directory.
internal static unsafe partial class Interpreter
{
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    private static long SetResourceLimit(PlanExecution* execution, StepRecord* step)
    {
        ResourceLimit limit;
        limit.Soft = step->Value;
        limit.Hard = step->Value2;
        return execution->Do(SystemCallNumber.prlimit64, 0, step->Mode, (long)(&limit));
    }

    /// <summary>The signal is sent when the host dies from here on. Had it died before, nobody would send it: its end of the socket tells.</summary>
    private static long SetParentDeathSignal(PlanExecution* execution, StepRecord* step)
    {
        long result = execution->Do(SystemCallNumber.prctl, Uapi.PR_SET_PDEATHSIG, (long)step->Value);
        if (result < 0)
            return result;
        byte nothing;
        result = execution->Do(SystemCallNumber.recvfrom, execution->Sync, (long)(&nothing), 1, Uapi.MSG_PEEK | Uapi.MSG_DONTWAIT);
        return result == 0 ? -Uapi.ECANCELED : result == -Uapi.EAGAIN ? 0 : result;
    }

    /// <summary>Who possesses the host's session keyring may read and change every key in it; a new one is empty.</summary>
    private static long NewSessionKeyring(PlanExecution* execution)
    {
        long result = execution->Do(SystemCallNumber.keyctl, Uapi.KEYCTL_JOIN_SESSION_KEYRING, 0);
        return result == -Uapi.ENOSYS ? 0 : result;
    }

    private static long LimitCapabilities(PlanExecution* execution, StepRecord* step)
    {
        if (execution->HasNoBoundingSet != 0)
            return 0;
        long result = 0;
        for (int capability = 0; capability <= (int)step->Value2 && result >= 0; capability++)
            if ((step->Value >> capability & 1) == 0)
                result = execution->Do(SystemCallNumber.prctl, Uapi.PR_CAPBSET_DROP, capability);
        return result;
    }

    /// <summary>Groups first: after the user id changes there may be no right to change them.</summary>
    private static long SetIds(PlanExecution* execution, StepRecord* step)
    {
        long user = (long)step->Value, group = (long)step->Value2;
        long result = execution->Do(SystemCallNumber.setresgid, group, group, group);
        return result < 0 ? result : execution->Do(SystemCallNumber.setresuid, user, user, user);
    }

    /// <summary>struct __user_cap_header_struct and two struct __user_cap_data_struct of capset(2).</summary>
    private struct CapabilityRequest
    {
        public uint Version;
        public int Pid;
        public uint EffectiveLow, PermittedLow, InheritableLow;
        public uint EffectiveHigh, PermittedHigh, InheritableHigh;
    }

    private static long SetCapabilities(PlanExecution* execution, StepRecord* step)
    {
        CapabilityRequest request;
        request.Version = Uapi._LINUX_CAPABILITY_VERSION_3;
        request.Pid = 0;
        request.EffectiveLow = (uint)step->Value;
        request.PermittedLow = (uint)step->Value2;
        request.InheritableLow = (uint)step->Flags;
        request.EffectiveHigh = (uint)(step->Value >> 32);
        request.PermittedHigh = (uint)(step->Value2 >> 32);
        request.InheritableHigh = (uint)(step->Flags >> 32);
        return execution->Do(SystemCallNumber.capset, (long)(&request), (long)(&request.EffectiveLow));
    }

    private static long SetAmbientCapabilities(PlanExecution* execution, StepRecord* step)
    {
        long result = execution->Do(SystemCallNumber.prctl, Uapi.PR_CAP_AMBIENT, Uapi.PR_CAP_AMBIENT_CLEAR_ALL);
        for (int capability = 0; capability < 64 && result >= 0; capability++)
            if ((step->Value >> capability & 1) != 0)
                result = execution->Do(SystemCallNumber.prctl, Uapi.PR_CAP_AMBIENT, Uapi.PR_CAP_AMBIENT_RAISE, capability);
        return result;
    }

    /// <summary>
    /// By the host's own /proc, and only if it is procfs and nothing is mounted over the file: otherwise the label would go somewhere else, and the program run without it
    /// (CVE-2019-16884, CVE-2025-52881). It takes effect when the program is executed.
    /// </summary>
    private static long SetLabel(PlanExecution* execution, StepRecord* step)
    {
        long proc = execution->Do(SystemCallNumber.openat, Uapi.AT_FDCWD, (long)Kernel.Literal("/proc"u8), Uapi.O_PATH | Uapi.O_CLOEXEC);
        if (proc < 0)
            return proc;
        OpenHow how;
        how.Flags = Uapi.O_WRONLY | Uapi.O_CLOEXEC;
        how.Mode = 0;
        how.Resolve = Uapi.RESOLVE_BENEATH | Uapi.RESOLVE_NO_XDEV | Uapi.RESOLVE_NO_MAGICLINKS;
        long attribute = -1;
        long result = VerifyFileSystem(execution, proc, Uapi.PROC_SUPER_MAGIC);
        if (result >= 0)
            result = attribute = execution->Do(SystemCallNumber.openat2, proc, (long)execution->Text(step->Text), (long)(&how), sizeof(OpenHow));
        Close(proc);
        if (result < 0)
            return result;
        result = execution->Do(SystemCallNumber.write, attribute, (long)execution->Text(step->Text2), (long)step->Value);
        Close(attribute);
        return result;
    }

    /// <summary>After the user id has changed, so that the user's rights decide; and the result must lie inside the root (CVE-2024-21626).</summary>
    private static long ChangeDirectory(PlanExecution* execution, StepRecord* step)
    {
        long result = execution->Do(SystemCallNumber.chdir, (long)execution->Text(step->Text));
        if (result < 0)
            return result;

        byte* wanted = execution->Text(step->Text);
        if (wanted[0] == (byte)'/' && wanted[1] == 0)
            return 0; // the root itself

        byte* path = stackalloc byte[4096]; // PATH_MAX
        result = execution->Do(SystemCallNumber.getcwd, (long)path, 4096);
        if (result < 0)
            return result;
        return path[0] == (byte)'/' ? 0 : -Uapi.ENOENT; // "(unreachable)/..." otherwise: getcwd(2)
    }
}
