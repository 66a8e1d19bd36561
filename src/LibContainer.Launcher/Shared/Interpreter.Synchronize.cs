using LibContainer.Linux;

namespace LibContainer.Launch;

// The one moment at which the container's process and its host talk: see LaunchMessages.cs.
internal static unsafe partial class Interpreter
{
    private const int GoBufferLength = LaunchRequest.MaxInlinePlan + 4096;

    /// <summary>Tells the host where we are and waits: for the ids it resolves, the network it configures, the hooks it runs.</summary>
    private static long Synchronize(PlanExecution* execution)
    {
        StepReport here;
        here.Step = execution->Step;
        here.Errno = 0;
        here.Call = 0;
        long result = execution->Do(SystemCallNumber.sendto, execution->Sync, (long)(&here), sizeof(StepReport), Uapi.MSG_NOSIGNAL);
        if (result < 0)
            return result;

        long buffer = execution->Do(
            SystemCallNumber.mmap, 0, GoBufferLength, Uapi.PROT_READ | Uapi.PROT_WRITE, Uapi.MAP_PRIVATE | Uapi.MAP_ANONYMOUS, -1);
        if (buffer < 0)
            return buffer;
        SocketRights rights = default;
        rights.Length = SocketRights.HeaderLength;
        result = Receive(execution, (byte*)buffer, &rights);
        if (result < 0)
            return result;

        // An explicit word: end of file alone also comes from a host that died half-way, and must not release us.
        GoMessage* message = (GoMessage*)buffer;
        if (result < sizeof(GoMessage) || message->Word != GoMessage.Go)
            return -Uapi.ECANCELED;
        uint count = (uint)rights.Count - message->PlanInDescriptor;
        for (uint i = 0; i < count; i++)
            execution->Given[i] = rights.Descriptors[i];
        execution->GivenCount = count;
        return message->PlanLength == 0 ? 0 : Replace(execution, message, rights.Descriptors[count]);
    }

    private static long Receive(PlanExecution* execution, byte* buffer, SocketRights* rights)
    {
        SocketPiece piece;
        piece.Start = buffer;
        piece.Length = GoBufferLength;
        SocketMessage message = default;
        message.Initialize(&piece, (byte*)rights, (ulong)sizeof(SocketRights));
        long result;
        do
            result = execution->Do(SystemCallNumber.recvmsg, execution->Sync, (long)(&message), Uapi.MSG_CMSG_CLOEXEC);
        while (result == -Uapi.EINTR);
        return result >= 0 && (message.Flags & Uapi.MSG_CTRUNC) != 0 ? -Uapi.EMFILE : result; // the kernel drops what does not fit into our table
    }

    private static long Replace(PlanExecution* execution, GoMessage* message, int descriptor)
    {
        long plan = (long)(message + 1);
        if (message->PlanInDescriptor != 0)
        {
            plan = execution->Do(SystemCallNumber.mmap, 0, message->PlanLength, Uapi.PROT_READ | Uapi.PROT_WRITE, Uapi.MAP_PRIVATE, descriptor);
            Close(descriptor);
            if (plan < 0)
                return plan;
        }
        execution->Plan = (byte*)plan;
        execution->IsReplaced = 1;
        return 0;
    }

    /// <summary>
    /// "0" is the writer, and <c>tasks</c> means that thread alone: the one write that moves a process without waiting for an RCU grace period, 25 us in place of 11 ms. This
    /// process has no other thread.
    /// </summary>
    private static long JoinCgroup(PlanExecution* execution, StepRecord* step)
    {
        execution->Call = SystemCallNumber.write;
        if (step->Value >= execution->GivenCount)
            return -Uapi.EINVAL; // the host sent fewer than its plan says
        int tasks = execution->Given[step->Value];
        long result = execution->Do(SystemCallNumber.write, tasks, (long)Kernel.Literal("0"u8), 1);
        Close(tasks);
        return result;
    }

    /// <summary>Sends the host a descriptor. It knows by the step's number, or by the word, what that is.</summary>
    private static long HandOver(PlanExecution* execution, int descriptor)
    {
        StepReport report;
        report.Step = execution->Step;
        report.Errno = 0;
        report.Call = 0;
        SocketRights right = default;
        SocketPiece piece;
        SocketMessage message = default;
        if (execution->IsOwnInit != 0)
            message.Initialize(&piece, &right, Kernel.Literal("terminal\n"u8), 9, descriptor);
        else
            message.Initialize(&piece, &right, &report, sizeof(StepReport), descriptor);
        return execution->Do(SystemCallNumber.sendmsg, execution->Sync, (long)(&message), Uapi.MSG_NOSIGNAL);
    }
}
