using System.Globalization;

namespace LibContainer.Linux;

/// <summary>When a process started, in clock ticks since the machine did: with the process id, its identity. Source: proc(5), /proc/PID/stat, field 22.</summary>
public static class ProcessStartTime
{
    /// <summary>The start time as the kernel writes it, or null when there is no such process.</summary>
    public static string? Read(int processId) => ProcessStat.Read(processId) is { } stat ? Parse(stat) : null;

    /// <summary>The process that started then runs still: its id is no other's, and it is no zombie.</summary>
    public static bool IsRunning(int processId, string startTime)
        => ProcessStat.Read(processId) is { } stat && Parse(stat) == startTime && ProcessStat.Runs(stat);

    internal static string Parse(string stat) => ProcessStat.Field(stat, 22);
}

/// <summary>The kernel's line about a process. Source: proc(5), /proc/PID/stat.</summary>
internal static class ProcessStat
{
    /// <summary>There is such a process, and it is no zombie.</summary>
    internal static bool Runs(int processId) => Read(processId) is { } stat && Runs(stat);

    internal static bool Runs(string stat) => Field(stat, FirstBehindName) is not ("Z" or "X");

    private const int FirstBehindName = 3;

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
