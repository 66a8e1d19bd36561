using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>Carries out a plan, step by step, in the process that becomes the container's first.</summary>
/// <remarks>
/// Compiled twice: without a runtime into the launcher, and as ordinary C# into LibContainer.Launch. Hence the subset: pointers,
/// structs, u8 literals; nothing that allocates, throws or casts. It decides nothing: what is missing in a plan does not happen.
/// </remarks>
internal static unsafe partial class Interpreter
{
    /// <summary>Runs every step. The last one is execve, so returning at all means that one failed.</summary>
    /// <returns>The report for the host.</returns>
    internal static StepReport Run(PlanExecution* execution)
    {
        uint next = 0;
        long result;
        do
        {
            execution->IsReplaced = 0;
            result = RunPlan(execution, &next);
        }
        while (execution->IsReplaced != 0 && result >= 0);

        StepReport report;
        report.Step = execution->Step;
        report.Errno = result < 0 ? (ushort)-result : (ushort)0;
        report.Call = (ushort)execution->Call;
        return report;
    }

    private static long RunPlan(PlanExecution* execution, uint* next)
    {
        PlanHeader* header = (PlanHeader*)execution->Plan;
        StepRecord* step = (StepRecord*)(header + 1);
        long result = 0;
        for (uint i = 0; i < header->StepCount && result >= 0 && execution->IsReplaced == 0; i++, step++)
        {
            execution->Step = (*next)++;
            *execution->StepWord = execution->Step + 1;
            if (execution->Clock != null && execution->Step < StepTime.Count)
                Kernel.Call(SystemCallNumber.clock_gettime, Uapi.CLOCK_MONOTONIC, (long)(execution->Clock + execution->Step), 0, 0, 0, 0);
            result = RunStep(execution, step);
        }
        return result;
    }

    /// <returns>Negative errno on failure.</returns>
    private static long RunStep(PlanExecution* execution, StepRecord* step)
    {
        switch (step->Kind)
        {
            case StepKind.SetPropagation: return SetPropagation(execution, step);
            case StepKind.OpenRootTree: return OpenRootTree(execution, step);
            case StepKind.OpenRootMemory: return OpenRootMemory(execution, step);
            case StepKind.Mount: return Mount(execution, step);
            case StepKind.MountInDirectory: return MountInDirectory(execution, step);
            case StepKind.Bind: return Bind(execution, step);
            case StepKind.MaskPath: return MaskPath(execution, step);
            case StepKind.ReadOnlyPath: return ReadOnlyPath(execution, step);
            case StepKind.ReadOnlyMount: return ReadOnlyMount(execution, step);
            case StepKind.ReadOnlyRoot: return ReadOnlyRoot(execution);
            case StepKind.PivotRoot: return PivotRoot(execution, step);
            case StepKind.ChangeRoot: return ChangeRoot(execution);
            case StepKind.Unmount: return Unmount(execution, step);

            case StepKind.OpenDirectory: return OpenDirectory(execution, step);
            case StepKind.MakeNode: return MakeNode(execution, step);
            case StepKind.MakeSymbolicLink: return MakeSymbolicLink(execution, step);
            case StepKind.WriteFile: return WriteFile(execution, step);

            case StepKind.OpenTerminal: return OpenTerminal(execution, step);
            case StepKind.UseTerminal: return UseTerminal(execution, step);
            case StepKind.ControlTerminal: return execution->Do(SystemCallNumber.ioctl, 0, Uapi.TIOCSCTTY);
            case StepKind.BindTerminal: return BindTerminal(execution, step);
            case StepKind.OwnTerminal: return OwnTerminal(execution, step);

            case StepKind.JoinNamespace: return JoinNamespace(execution, step);
            case StepKind.OpenNetlink: return OpenNetlink(execution);
            case StepKind.InterfaceUp: return InterfaceUp(execution, step);

            case StepKind.SetUmask: return execution->Do(SystemCallNumber.umask, step->Mode);
            case StepKind.NewSession: return execution->Do(SystemCallNumber.setsid);
            case StepKind.NewSessionKeyring: return NewSessionKeyring(execution);
            case StepKind.SetHostname: return execution->Do(SystemCallNumber.sethostname, (long)execution->Text(step->Text), (long)step->Value);
            case StepKind.SetResourceLimit: return SetResourceLimit(execution, step);
            case StepKind.LimitCapabilities: return LimitCapabilities(execution, step);
            case StepKind.KeepCapabilities: return execution->Do(SystemCallNumber.prctl, Uapi.PR_SET_KEEPCAPS, (long)step->Value);
            case StepKind.SetGroups: return execution->Do(SystemCallNumber.setgroups, (long)step->Value, (long)execution->Text(step->Text));
            case StepKind.SetIds: return SetIds(execution, step);
            case StepKind.SetCapabilities: return SetCapabilities(execution, step);
            case StepKind.SetAmbientCapabilities: return SetAmbientCapabilities(execution, step);
            case StepKind.SetParentDeathSignal: return SetParentDeathSignal(execution, step);
            case StepKind.SetDumpable: return execution->Do(SystemCallNumber.prctl, Uapi.PR_SET_DUMPABLE, (long)step->Value);
            case StepKind.SetNoNewPrivileges: return execution->Do(SystemCallNumber.prctl, Uapi.PR_SET_NO_NEW_PRIVS, 1);
            case StepKind.SetLabel: return SetLabel(execution, step);
            case StepKind.BecomeInit: return BecomeInit(execution, step);
            case StepKind.ChangeDirectory: return ChangeDirectory(execution, step);
            case StepKind.Synchronize: return Synchronize(execution);
            case StepKind.JoinCgroup: return JoinCgroup(execution, step);
            case StepKind.NewCgroupNamespace: return execution->Do(SystemCallNumber.unshare, Uapi.CLONE_NEWCGROUP);
            case StepKind.EnterNamespaces: return EnterNamespaces(execution, step);
            case StepKind.SetCpuAffinity: return SetCpuAffinity(execution, step);
            case StepKind.Fork: return Fork(execution);
            case StepKind.AwaitGo: return AwaitGo(execution);
            case StepKind.ResetSignals: return ResetSignals(execution);
            case StepKind.AnnounceExec: return execution->Do(SystemCallNumber.sendto, execution->Sync, (long)Kernel.Literal("exec\n"u8), 5, Uapi.MSG_NOSIGNAL);
            case StepKind.CloseOnExec: return execution->Do(SystemCallNumber.close_range, (long)step->Value, uint.MaxValue, Uapi.CLOSE_RANGE_CLOEXEC);
            case StepKind.Execute: return Execute(execution, step);
            default: return -Uapi.EINVAL; // a plan of another build
        }
    }

    private static void Close(long descriptor) => Kernel.Call(SystemCallNumber.close, descriptor, 0, 0, 0, 0, 0);

    /// <summary>
    /// Of what need not go at once: the change of root closes all at once, which is one call in place of some thirty. Only while the table is as small as it was born; an own init has
    /// other descriptors beside ours.
    /// </summary>
    private static void CloseLater(PlanExecution* execution, long descriptor)
    {
        if (execution->IsOwnInit != 0 || descriptor >= SmallTable)
            Close(descriptor);
    }

    /// <summary>Descriptors of a table that need not be allocated: NR_OPEN_DEFAULT of include/linux/fdtable.h.</summary>
    internal const int SmallTable = 64;

    /// <summary>As execvp(3) does: goes on past what is not there, remembers what may not be run.</summary>
    private static long Execute(PlanExecution* execution, StepRecord* step)
    {
        uint* candidates = (uint*)execution->Text(step->Text);
        ulong* argv = Relocate(execution, step->Text2);
        ulong* envp = Relocate(execution, step->Text3);

        if (step->Flags != 0)
        {
            long id = execution->Do(SystemCallNumber.getpid);
            if (id < 0)
                return id;
            TellProcessId(envp, id);
        }
        *execution->StepWord = StepWord.Executing | (execution->Step + 1);
        long verdict = -Uapi.ENOENT;
        for (ulong i = 0; i < step->Value; i++)
        {
            long result = execution->Do(SystemCallNumber.execve, (long)execution->Text(candidates[i]), (long)argv, (long)envp);
            if (result == -Uapi.EACCES)
                verdict = result;
            else if (result != -Uapi.ENOENT && result != -Uapi.ENOTDIR)
            {
                verdict = result;
                break;
            }
        }
        *execution->StepWord = execution->Step + 1;
        return verdict;
    }

    /// <summary>Into the last variable, behind its name.</summary>
    private static void TellProcessId(ulong* envp, long id)
    {
        while (envp[1] != 0)
            envp++;
        byte* value = (byte*)*envp;
        while (*value++ != (byte)'=') { }
        long divisor = 1;
        while (id / divisor >= 10)
            divisor *= 10;
        for (; divisor > 0; divisor /= 10)
            *value++ = (byte)('0' + id / divisor % 10);
        *value = 0;
    }

    /// <summary>Offsets into the plan become pointers, once and in place.</summary>
    private static ulong* Relocate(PlanExecution* execution, uint array)
    {
        ulong* pointers = (ulong*)execution->Text(array);
        for (ulong* pointer = pointers; *pointer != 0; pointer++)
            *pointer += (ulong)execution->Plan;
        return pointers;
    }
}
