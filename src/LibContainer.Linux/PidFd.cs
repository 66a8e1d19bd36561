using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A process held by descriptor, so that a recycled pid can never be signalled or waited for by mistake.</summary>
/// <remarks>Linux 5.3. Source: pidfd_open(2), pidfd_send_signal(2), waitid(2), include/uapi/linux/pidfd.h.</remarks>
public sealed unsafe partial class PidFd : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over a descriptor.</summary>
    internal PidFd(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Opens the process with this id.</summary>
    /// <exception cref="LinuxException">ESRCH: there is none.</exception>
    public static PidFd Open(int processId)
    {
        long result = SystemCall.Invoke(SystemCallNumber.pidfd_open, processId);
        return result >= 0 ? new PidFd((int)result) : throw new LinuxException("pidfd_open", (Errno)(-result), detail: $"pid {processId}");
    }

    /// <summary>Opens a child of this program that nobody has reaped, so that the id is still its own. When that fails, the child is killed and reaped.</summary>
    /// <exception cref="LinuxException">EMFILE: too many descriptors. Nothing is left of the child.</exception>
    internal static PidFd OpenChild(int processId)
    {
        try
        {
            return Open(processId);
        }
        catch (LinuxException)
        {
            KillChild(processId);
            throw;
        }
    }

    /// <summary>Kills and reaps a child of this program that nobody has reaped, without a descriptor.</summary>
    internal static void KillChild(int processId)
    {
        // kill(2) by id is safe here and only here: an unreaped child keeps its id.
        _ = LibC.kill(processId, (int)Signal.SIGKILL);
        int* information = stackalloc int[32];
        while (SystemCall.Invoke(SystemCallNumber.waitid, Uapi.P_PID, processId, (long)information, Uapi.WEXITED) == -(long)Errno.EINTR) { }
    }

    /// <summary>Reaps the process if it has ended, without waiting.</summary>
    /// <returns>False while it runs.</returns>
    internal bool TryReap()
    {
        using Borrowed descriptor = new(this);
        int* information = stackalloc int[32];
        long result = SystemCall.Invoke(SystemCallNumber.waitid, Uapi.P_PIDFD, descriptor.Number, (long)information, Uapi.WEXITED | Uapi.WNOHANG);
        return result != 0 || information[0] != 0; // an error is ECHILD: somebody else has reaped it
    }

    /// <summary>The process has ended, reaped or not.</summary>
    public bool HasEnded
    {
        get
        {
            using Borrowed descriptor = new(this);
            pollfd polled = new() { fd = descriptor.Number, events = LibC.POLLIN };
            Readiness.Poll(&polled, 1, TimeSpan.Zero);
            return polled.revents != 0;
        }
    }

    /// <summary>Its id in this program's process id namespace. 0: it is reaped already.</summary>
    internal int GetProcessId()
    {
        using Borrowed descriptor = new(this);
        Information information = default;
        if (SystemCall.Invoke(SystemCallNumber.ioctl, descriptor.Number, Uapi.PIDFD_GET_INFO, (long)(&information)) >= 0)
            return (int)information.Ids[0];
        // Linux before 6.13.
        const string Field = "Pid:";
        string line = File.ReadLines($"/proc/self/fdinfo/{descriptor.Number}").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return Math.Max(0, int.Parse(line.AsSpan(Field.Length).Trim(), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a signal.</summary>
    /// <returns><see langword="false"/> when the process has already gone; that is not an error.</returns>
    /// <exception cref="LinuxException">EPERM: it may not be signalled; EINVAL: there is no such signal.</exception>
    public bool TrySendSignal(Signal signal)
    {
        using Borrowed descriptor = new(this);
        long result = SystemCall.Invoke(SystemCallNumber.pidfd_send_signal, descriptor.Number, (int)signal);
        return result switch
        {
            >= 0 => true,
            -(long)Errno.ESRCH => false,
            _ => throw new LinuxException("pidfd_send_signal", (Errno)(-result), detail: $"signal {signal}"),
        };
    }

    /// <summary>Waits until the process ends, and reaps it when it is this program's child.</summary>
    /// <returns>
    /// How it ended. When other code reaped it, or SIGCHLD is ignored so that the kernel did, the status is read back with PIDFD_GET_INFO
    /// (Linux 6.15) or is <see cref="ExitStatus.Unknown"/>.
    /// </returns>
    public ExitStatus WaitForExit()
    {
        using Borrowed descriptor = new(this);
        // siginfo_t: si_status is the word at 24, si_code at 8 (asm-generic/siginfo.h, 64 bits).
        int* information = stackalloc int[32];
        while (true)
        {
            long result = SystemCall.Invoke(SystemCallNumber.waitid, Uapi.P_PIDFD, descriptor.Number, (long)information, Uapi.WEXITED);
            if (result >= 0)
                return FromInformation(information[2], information[6]);
            if (result == -(long)Errno.ECHILD)
                return ReadExitStatus(descriptor.Number);
            if (result != -(long)Errno.EINTR)
                throw new LinuxException("waitid", (Errno)(-result), detail: "P_PIDFD WEXITED");
        }
    }

    private static ExitStatus FromInformation(int code, int status)
    {
        const int CLD_EXITED = 1, CLD_DUMPED = 3;
        return ExitStatus.FromWaitStatus(code == CLD_EXITED ? (status & 0xFF) << 8 : status | (code == CLD_DUMPED ? 0x80 : 0));
    }

    /// <summary>struct pidfd_info, first published size.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public ulong Mask;
        public ulong CgroupId;
        public fixed uint Ids[11];
        public int ExitCode;
    }

    private static ExitStatus ReadExitStatus(int descriptor)
    {
        pollfd poll = new() { fd = descriptor, events = LibC.POLLIN };
        while (LibC.poll(&poll, 1, -1) < 0)
            if (Marshal.GetLastPInvokeError() != LibC.EINTR)
                throw LinuxException.FromLastError("poll", detail: "pidfd");

        Information information = new() { Mask = Uapi.PIDFD_INFO_EXIT };
        long result = SystemCall.Invoke(SystemCallNumber.ioctl, descriptor, Uapi.PIDFD_GET_INFO, (long)(&information));
        return result >= 0 && (information.Mask & Uapi.PIDFD_INFO_EXIT) != 0 ? ExitStatus.FromWaitStatus(information.ExitCode) : ExitStatus.Unknown;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
