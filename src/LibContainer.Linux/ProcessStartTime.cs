using System.Globalization;

namespace LibContainer.Linux;

/// <summary>When a process started, in clock ticks since the machine did: with the process id, its identity. Source: proc(5), /proc/PID/stat, field 22.</summary>
public static class ProcessStartTime
{
    /// <summary>The start time as the kernel writes it, or null when there is no such process.</summary>
    public static string? Read(int processId) => ProcessStat.Read(processId) is { } stat ? Parse(stat) : null;

    /// <summary>The process that started then runs still: its id is no other's, and it is neither a zombie nor about to be one.</summary>
    public static bool IsRunning(int processId, string startTime)
        => ProcessStat.Read(processId) is { } stat && Parse(stat) == startTime && ProcessStat.Runs(stat);

    internal static string Parse(string stat) => ProcessStat.Field(stat, 22);
}

/// <summary>The kernel's line about a process. Source: proc(5), /proc/PID/stat.</summary>
internal static class ProcessStat
{
    /// <summary>There is such a process, and it is no zombie.</summary>
    internal static bool Runs(int processId) => Read(processId) is { } stat && Runs(stat);

    /// <remarks>
    /// The first process of a PID namespace that was killed stays, and runs nothing, until all others in there are reaped: one that has entered it by its own parent, which may be a process 1 that reaps nobody
    /// (zap_pid_ns_processes of kernel/pid_namespace.c).
    /// </remarks>
    internal static bool Runs(string stat)
        => Field(stat, FirstBehindName) is not ("Z" or "X") && (uint.Parse(Field(stat, Flags), CultureInfo.InvariantCulture) & Exiting) == 0;

    private const int FirstBehindName = 3, Flags = 9;
    private const uint Exiting = 0x4; // PF_EXITING, include/linux/sched.h

    internal static string? Read(int processId)
    {
        try
        {
            return KernelText.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        }
        catch (LinuxException error) when (error.Error is Errno.ENOENT or Errno.ESRCH)
        {
            return null; // ESRCH: it ended while the file was open
        }
    }

    /// <summary>A program's name stands in brackets and may hold blanks and brackets itself, so fields count from the last bracket.</summary>
    internal static string Field(string stat, int number) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[number - FirstBehindName];
}
