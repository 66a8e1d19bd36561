using LibContainer.Linux;

namespace LibContainer.Launch;

// Into a container that runs already, where somebody may wait for a process that comes from outside.
internal static unsafe partial class Interpreter
{
    /// <summary>All at once: the kernel takes the user namespace first, and either every one or none. Where the mounts are the container's, so are root and working directory from here on.</summary>
    private static long EnterNamespaces(PlanExecution* execution, StepRecord* step)
    {
        execution->Call = SystemCallNumber.setns;
        if (step->Value2 >= execution->GivenCount)
            return -Uapi.EINVAL; // the host sent fewer than its plan says
        long result = execution->Do(SystemCallNumber.setns, execution->Given[step->Value2], (long)step->Value);
        return result < 0 ? result : LeaveNothingOpen(execution);
    }

    /// <summary>The kernel leaves out what the cgroup does not allow, and answers EINVAL when nothing is left.</summary>
    private static long SetCpuAffinity(PlanExecution* execution, StepRecord* step)
    {
        long result = execution->Do(SystemCallNumber.sched_setaffinity, 0, (long)step->Value, (long)execution->Text(step->Text));
        return result == -Uapi.EINVAL && step->Flags != 0 ? 0 : result;
    }

    /// <summary>
    /// A process stays in the process id namespace that it was born in: only a child is in the one that was entered, and can be seen there. With CLONE_PARENT it is the host's child, too.
    /// </summary>
    private static long Fork(PlanExecution* execution)
    {
        int pidFd = -1;
        CloneArguments arguments = default;
        arguments.Flags = (ulong)(Uapi.CLONE_PARENT | Uapi.CLONE_PIDFD);
        arguments.PidFd = (ulong)(&pidFd);
        long child = execution->Do(SystemCallNumber.clone3, (long)(&arguments), sizeof(CloneArguments));
        if (child <= 0)
            return child;
        long result = HandOver(execution, pidFd);
        if (result < 0)
        {
            Kernel.Call(SystemCallNumber.pidfd_send_signal, pidFd, Uapi.SIGKILL, 0, 0, 0, 0); // nobody knows it
            return result;
        }
        return Kernel.Call(SystemCallNumber.exit_group, 0, 0, 0, 0, 0, 0); // it does not
    }
}
