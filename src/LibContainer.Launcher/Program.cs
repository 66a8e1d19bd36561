using System.Runtime;
using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>
/// The launcher: clones the first process of each container for a host that has too many threads to do it, and kills those processes
/// when the host is gone. One or two per host process, single-threaded, without heap, parser or policy.
/// </summary>
/// <remarks>
/// Enters with: 0-2 /dev/null, 3 the host's socket, 4 the memory of the step words; a session of its own, default signals, no environment. With an argument behind its name it has
/// no bounding set: what each of its children would have to drop, one call for each capability, it drops once.
/// </remarks>
internal static unsafe class Program
{
    private const int HostSocket = 3;
    private const int StepWordMemory = 4;

    /// <summary>An eventfd: the child that was cloned last has its own descriptors. Takes the number of the memory, which is closed once it is mapped.</summary>
    private const int Unshared = StepWordMemory;

    /// <summary>
    /// Pidfds of containers are kept from here on, out of the way of what comes with a request: a child copies the table below only, however many containers run. Copied and closed
    /// again, 1,000 of them cost a start 0.3 ms.
    /// </summary>
    private const int FirstPidFd = Interpreter.SmallTable;

    private const int BufferLength = LaunchRequest.MaxInlinePlan + 4096;
    private const int ControlLength = 256;

    /// <summary>What lives as long as the launcher.</summary>
    private struct State
    {
        public byte* Buffer;
        public uint* StepWords;

        /// <summary>Highest descriptor that can be a container's pidfd.</summary>
        public int LastPidFd;

        /// <summary>Processes cloned, until there are two: with one alone an empty namespace would not pay.</summary>
        public uint Launches;

        /// <summary>1: <see cref="EmptyNamespace.Descriptor"/> is one.</summary>
        public uint HasEmptyNamespace;

        /// <summary>1: nobody who is born of us can gain a capability.</summary>
        public uint HasNoBoundingSet;
    }

    private static int Main() => 0; // csc wants one; the linker drops it

    [RuntimeExport("main")]
    private static int Start(int argumentCount, byte** arguments)
    {
        // Whatever the host forgot to mark close-on-exec ends here, before it can reach a container.
        Kernel.Call(SystemCallNumber.close_range, StepWordMemory + 1, uint.MaxValue, 0, 0, 0, 0);
        Kernel.Call(SystemCallNumber.chdir, (long)Kernel.Literal("/"u8), 0, 0, 0, 0, 0);
        Kernel.Call(SystemCallNumber.prctl, Uapi.PR_SET_NAME, (long)Kernel.Literal("lc-launcher"u8), 0, 0, 0, 0);

        State state;
        state.LastPidFd = 0;
        state.Launches = 0;
        state.HasEmptyNamespace = 0;
        long words = Kernel.Call(
            SystemCallNumber.mmap, 0, StepWord.Count * sizeof(uint), Uapi.PROT_READ | Uapi.PROT_WRITE, Uapi.MAP_SHARED, StepWordMemory, 0);
        long buffer = Kernel.Call(
            SystemCallNumber.mmap, 0, BufferLength, Uapi.PROT_READ | Uapi.PROT_WRITE, Uapi.MAP_PRIVATE | Uapi.MAP_ANONYMOUS, -1, 0);
        Kernel.Call(SystemCallNumber.close, StepWordMemory, 0, 0, 0, 0, 0);
        long unshared = Kernel.Call(SystemCallNumber.eventfd2, 0, Uapi.EFD_CLOEXEC | Uapi.EFD_NONBLOCK, 0, 0, 0, 0);
        if (words < 0 || buffer < 0 || unshared != Unshared)
            return 1;
        state.HasNoBoundingSet = argumentCount > 1 ? DropBoundingSet() : 0;
        state.StepWords = (uint*)words;
        state.Buffer = (byte*)buffer;

        while (Serve(&state)) { }

        KillContainers(&state);
        return 0;
    }

    /// <returns>1: it is empty. 0: the host may not change it, and each child that tries will say so.</returns>
    private static uint DropBoundingSet()
    {
        for (int capability = 0; ; capability++)
        {
            long result = Kernel.Call(SystemCallNumber.prctl, Uapi.PR_CAPBSET_DROP, capability, 0, 0, 0, 0);
            if (result < 0)
                return result == -Uapi.EINVAL ? 1u : 0u; // behind the kernel's last one
        }
    }

    /// <returns>False when the host is gone.</returns>
    private static bool Serve(State* state)
    {
        byte* control = stackalloc byte[ControlLength];
        SocketPiece piece;
        piece.Start = state->Buffer;
        piece.Length = BufferLength;
        SocketMessage message = default;
        message.Initialize(&piece, control, ControlLength);

        long received = Kernel.Call(SystemCallNumber.recvmsg, HostSocket, (long)(&message), Uapi.MSG_CMSG_CLOEXEC, 0, 0, 0);
        if (received == -Uapi.EINTR)
            return true;
        if (received <= 0)
            return false;

        LaunchRequest* request = (LaunchRequest*)state->Buffer;
        for (uint i = 0; i < request->ReleaseCount; i++)
            Close(request->Release[i]);
        if (request->Kind == LaunchRequestKind.Release)
            return true;

        SocketRights* passed = (SocketRights*)control;
        int count = 0;
        if (message.ControlLength >= SocketRights.HeaderLength)
            count = passed->Count;

        LaunchReply reply;
        reply.Pid = 0;
        reply.Descriptor = -1;
        if (request->Kind == LaunchRequestKind.Adopt)
        {
            if (count > 0)
            {
                Keep(state, Kernel.Call(SystemCallNumber.fcntl, passed->Descriptors[0], Uapi.F_DUPFD_CLOEXEC, FirstPidFd, 0, 0, 0), &reply);
                Close(passed->Descriptors[0]);
            }
            Reply(&reply);
            return true;
        }
        if ((message.Flags & Uapi.MSG_CTRUNC) != 0 || count < (int)request->DescriptorCount)
            reply.Pid = -Uapi.EMFILE; // the kernel drops what does not fit into our descriptor table
        else
            Clone(state, request, passed, count, &reply);

        Reply(&reply);
        if (reply.Pid > 0)
            AwaitUnshared(reply.Descriptor);
        for (int i = 0; i < count; i++)
            Close(passed->Descriptors[i]);

        if (reply.Pid > 0 && state->Launches < 2 && ++state->Launches == 2)
            MakeEmptyNamespace(state);
        return true;
    }

    /// <summary>Between two requests, when nobody waits for it.</summary>
    private static void MakeEmptyNamespace(State* state)
    {
        uint lost = 0;
        state->HasEmptyNamespace = EmptyNamespace.Make(&lost) >= 0 ? 1u : 0u;
        if (lost != 0)
            Kernel.Call(SystemCallNumber.exit_group, 1, 0, 0, 0, 0, 0); // the host starts another, and gives it the containers
    }

    private static void Clone(State* state, LaunchRequest* request, SocketRights* passed, int count, LaunchReply* reply)
    {
        // Where its pidfd will be kept, before there is a child that nobody could be told of.
        long kept = Kernel.Call(SystemCallNumber.fcntl, HostSocket, Uapi.F_DUPFD_CLOEXEC, FirstPidFd, 0, 0, 0);
        if (kept < 0)
        {
            reply->Pid = (int)kept;
            return;
        }
        int pidFd = -1;
        CloneArguments arguments = default; // ExitSignal 0: with CLONE_PARENT it is ours, SIGCHLD, and anything else here is EINVAL
        arguments.Flags = request->CloneFlags | (ulong)(Uapi.CLONE_PARENT | Uapi.CLONE_PIDFD | Uapi.CLONE_FILES);
        arguments.PidFd = (ulong)(&pidFd);
        if (request->CgroupInDescriptor != 0)
        {
            arguments.Flags |= (ulong)Uapi.CLONE_INTO_CGROUP;
            arguments.Cgroup = (ulong)passed->Descriptors[count - 1 - (int)request->PlanInDescriptor];
        }

        long pid = Kernel.Call(SystemCallNumber.clone3, (long)(&arguments), sizeof(CloneArguments), 0, 0, 0, 0);
        if (pid == 0)
            RunChild(state, request, passed, count);
        reply->Pid = (int)pid;
        if (pid < 0)
        {
            Close((int)kept);
            return;
        }
        Kernel.Call(SystemCallNumber.dup3, pidFd, kept, Uapi.O_CLOEXEC, 0, 0, 0);
        Close(pidFd);
        Keep(state, kept, reply);
    }

    private static void Keep(State* state, long pidFd, LaunchReply* reply)
    {
        reply->Descriptor = (int)pidFd;
        if (pidFd > state->LastPidFd)
            state->LastPidFd = (int)pidFd;
    }

    /// <summary>struct pollfd of poll(2).</summary>
    private struct Polled
    {
        public int Descriptor;
        public short Wanted, Found;
    }

    /// <summary>Until the child has its own descriptors, or has ended: until then closing one here closes it there.</summary>
    private static void AwaitUnshared(int pidFd)
    {
        Polled* polled = stackalloc Polled[2];
        polled[0].Descriptor = Unshared;
        polled[1].Descriptor = pidFd;
        for (int i = 0; i < 2; i++)
        {
            polled[i].Wanted = Uapi.POLLIN;
            polled[i].Found = 0;
        }
        while (Kernel.Call(SystemCallNumber.ppoll, (long)polled, 2, 0, 0, 0, 0) == -Uapi.EINTR) { }
        ulong word; // a child that ended may have said so before, or not
        Kernel.Call(SystemCallNumber.read, Unshared, (long)(&word), sizeof(ulong), 0, 0, 0);
    }

    private static void RunChild(State* state, LaunchRequest* request, SocketRights* passed, int count)
    {
        // First of all: descriptors of its own, and no pidfd of another container among them.
        long unshared = Kernel.Call(SystemCallNumber.close_range, FirstPidFd, uint.MaxValue, Uapi.CLOSE_RANGE_UNSHARE, 0, 0, 0);
        if (unshared < 0)
            Fail(passed->Descriptors[0], SystemCallNumber.close_range, unshared);
        ulong one = 1;
        Kernel.Call(SystemCallNumber.write, Unshared, (long)(&one), sizeof(ulong), 0, 0, 0);

        // The launcher's socket goes: its number becomes the child's own, or the program's.
        int more = (int)request->MoreDescriptors;
        int sync = HostSocket + more;
        if (more > 0)
        {
            long moved = MoveUp(passed, count);
            if (moved < 0)
                Fail(passed->Descriptors[0], SystemCallNumber.fcntl, moved);
        }
        for (int i = 0; i < more; i++)
            Kernel.Call(SystemCallNumber.dup3, passed->Descriptors[LaunchRequest.Descriptors + i], HostSocket + i, 0, 0, 0, 0);
        Kernel.Call(SystemCallNumber.dup3, passed->Descriptors[0], sync, Uapi.O_CLOEXEC, 0, 0, 0);
        for (int i = 0; i < 3; i++)
            Kernel.Call(SystemCallNumber.dup3, passed->Descriptors[1 + i], i, 0, 0, 0, 0);

        byte* plan = (byte*)(request + 1);
        if (request->PlanInDescriptor != 0)
        {
            long mapped = Kernel.Call(
                SystemCallNumber.mmap, 0, request->PlanLength, Uapi.PROT_READ | Uapi.PROT_WRITE, Uapi.MAP_PRIVATE, passed->Descriptors[count - 1], 0);
            if (mapped < 0)
                Fail(sync, SystemCallNumber.mmap, mapped);
            plan = (byte*)mapped;
        }

        StepTime* clock = null;
        if (request->ClockInDescriptor != 0)
        {
            long mapped = Kernel.Call(
                SystemCallNumber.mmap, 0, StepTime.Count * sizeof(StepTime), Uapi.PROT_READ | Uapi.PROT_WRITE, Uapi.MAP_SHARED,
                passed->Descriptors[LaunchRequest.Descriptors + more], 0);
            if (mapped < 0)
                Fail(sync, SystemCallNumber.mmap, mapped);
            clock = (StepTime*)mapped;
        }

        // The descriptors just copied.
        Kernel.Call(SystemCallNumber.close_range, sync + 1, EmptyNamespace.Descriptor - 1, 0, 0, 0, 0);

        PlanExecution execution = default;
        execution.Initialize(plan, sync, state->StepWords + request->StepWord);
        execution.Clock = clock;
        execution.HasNoBoundingSet = state->HasNoBoundingSet;
        execution.EmptyNamespace = state->HasEmptyNamespace != 0 ? EmptyNamespace.Descriptor : -1;
        StepReport report = Interpreter.Run(&execution);
        End(sync, &report);
    }

    /// <summary>Out of the way of the numbers that they shall have, which others of them have now.</summary>
    private static long MoveUp(SocketRights* passed, int count)
    {
        for (int i = 0; i < count; i++)
        {
            long moved = Kernel.Call(
                SystemCallNumber.fcntl, passed->Descriptors[i], Uapi.F_DUPFD_CLOEXEC, HostSocket + SocketRights.MaxDescriptors, 0, 0, 0);
            if (moved < 0)
                return moved;
            passed->Descriptors[i] = (int)moved;
        }
        return 0;
    }

    /// <summary>Before the first step: it is the one that is told.</summary>
    private static void Fail(int sync, long call, long error)
    {
        StepReport report;
        report.Step = 0;
        report.Errno = (ushort)-error;
        report.Call = (ushort)call;
        End(sync, &report);
    }

    private static void End(int sync, StepReport* report)
    {
        Kernel.Call(SystemCallNumber.sendto, sync, (long)report, sizeof(StepReport), Uapi.MSG_NOSIGNAL, 0, 0);
        while (true)
            Kernel.Call(SystemCallNumber.exit_group, 127, 0, 0, 0, 0, 0);
    }

    private static void Reply(LaunchReply* reply)
    {
        SocketRights right;
        SocketPiece piece;
        SocketMessage message = default;
        message.Initialize(&piece, &right, reply, sizeof(LaunchReply), reply->Descriptor);
        if (reply->Pid <= 0)
            message.ControlLength = 0;
        // An error here means that the host is gone; the next receive says so too, and every container dies.
        Kernel.Call(SystemCallNumber.sendmsg, HostSocket, (long)(&message), Uapi.MSG_NOSIGNAL, 0, 0, 0);
    }

    /// <summary>
    /// The host is gone: so are its containers, whatever they did to their parent-death signal. Other descriptors than pidfds answer EBADF,
    /// and processes that have ended answer ESRCH, so no table is needed.
    /// </summary>
    private static void KillContainers(State* state)
    {
        for (int descriptor = FirstPidFd; descriptor <= state->LastPidFd; descriptor++)
            Kernel.Call(SystemCallNumber.pidfd_send_signal, descriptor, Uapi.SIGKILL, 0, 0, 0, 0);
    }

    private static void Close(int descriptor) => Kernel.Call(SystemCallNumber.close, descriptor, 0, 0, 0, 0, 0);
}
