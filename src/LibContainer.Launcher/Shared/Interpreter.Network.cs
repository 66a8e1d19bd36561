using LibContainer.Linux;

namespace LibContainer.Launch;

// Interfaces, addresses and routes are the host's work, over a socket that is opened here: nothing of netlink is in the launcher, and no thread of the host enters a namespace.
internal static unsafe partial class Interpreter
{
    /// <summary>One that exists. This process has one thread, so that every kind can be joined.</summary>
    private static long JoinNamespace(PlanExecution* execution, StepRecord* step)
    {
        long entered = execution->Do(SystemCallNumber.openat, Uapi.AT_FDCWD, (long)execution->Text(step->Text), Uapi.O_RDONLY | Uapi.O_CLOEXEC);
        if (entered < 0)
            return entered;
        long result = execution->Do(SystemCallNumber.setns, entered, (long)step->Value);
        Close(entered);
        return result;
    }

    /// <summary>The host asks through it as if it were in this network namespace: a socket stays in the one that it was opened in.</summary>
    private static long OpenNetlink(PlanExecution* execution)
    {
        long socket = execution->Do(SystemCallNumber.socket, Uapi.AF_NETLINK, Uapi.SOCK_RAW | Uapi.SOCK_CLOEXEC, Uapi.NETLINK_ROUTE);
        if (socket < 0)
            return socket;
        long result = HandOver(execution, (int)socket);
        Close(socket);
        return result;
    }

    /// <summary>struct ifreq of netdevice(7).</summary>
    private struct InterfaceRequest
    {
        public fixed byte Name[16];
        public ushort Flags;
        public fixed byte Rest[22];
    }

    private static long InterfaceUp(PlanExecution* execution, StepRecord* step)
    {
        InterfaceRequest request;
        byte* from = execution->Text(step->Text);
        for (int i = 0; i < 40; i++)
            ((byte*)&request)[i] = 0;
        for (int i = 0; i < 15 && from[i] != 0; i++)
            request.Name[i] = from[i];
        request.Flags = Uapi.IFF_UP;

        long socket = execution->Do(SystemCallNumber.socket, Uapi.AF_INET, Uapi.SOCK_DGRAM | Uapi.SOCK_CLOEXEC);
        if (socket < 0)
            return socket;
        long result = execution->Do(SystemCallNumber.ioctl, socket, Uapi.SIOCSIFFLAGS, (long)(&request));
        Close(socket);
        return result;
    }
}
