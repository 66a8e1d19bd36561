using LibContainer.Linux;

namespace LibContainer.Launch;

// The one moment at which the container's process and its host talk: see LaunchMessages.cs.
internal static unsafe partial class Interpreter
{
    private const int GoBufferLength = LaunchRequest.MaxInlinePlan + 4096;

    /// <summary>struct iovec, struct msghdr and a cmsghdr with one descriptor, of recvmsg(2) and cmsg(3).</summary>
    private struct ReceivedMessage
    {
        public byte* Name;
        public ulong NameLength;
        public byte** Piece;
        public ulong PieceCount;
        public byte* Control;
        public ulong ControlLength;
        public ulong Flags;
    }

    private struct ReceivedRight
    {
        public ulong Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }

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
        ReceivedRight right;
        right.Descriptor = -1;
        result = Receive(execution, (byte*)buffer, &right);
        if (result < 0)
            return result;

        // An explicit word: end of file alone also comes from a host that died half-way, and must not release us.
        GoMessage* message = (GoMessage*)buffer;
        if (result < sizeof(GoMessage) || message->Word != GoMessage.Go)
            return -Uapi.ECANCELED;
        return message->PlanLength == 0 ? 0 : Replace(execution, message, right.Descriptor);
    }

    private static long Receive(PlanExecution* execution, byte* buffer, ReceivedRight* right)
    {
        byte** piece = stackalloc byte*[2];
        piece[0] = buffer;
        piece[1] = (byte*)GoBufferLength;
        ReceivedMessage message;
        message.Name = null;
        message.NameLength = 0;
        message.Piece = piece;
        message.PieceCount = 1;
        message.Control = (byte*)right;
        message.ControlLength = (ulong)sizeof(ReceivedRight);
        message.Flags = 0;
        long result;
        do
            result = execution->Do(SystemCallNumber.recvmsg, execution->Sync, (long)(&message), Uapi.MSG_CMSG_CLOEXEC);
        while (result == -Uapi.EINTR);
        return result;
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
}
