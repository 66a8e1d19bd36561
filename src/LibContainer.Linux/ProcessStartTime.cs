using System.Globalization;

namespace LibContainer.Linux;

/// <summary>When a process started, in clock ticks since the machine did: with the process id, its identity. Source: proc(5), /proc/PID/stat, field 22.</summary>
public static class ProcessStartTime
{
    /// <summary>The start time as the kernel writes it, or null when there is no such process.</summary>
    public static string? Read(int processId)
    {
        try
        {
            return Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat")));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or LinuxException)
        {
            return null;
        }
        catch (IOException error) when (error.HResult == (int)Errno.ESRCH)
        {
            return null; // it ended while the file was open
        }
    }

    /// <summary>A program's name stands in brackets and may hold blanks and brackets itself, so fields count from the last bracket.</summary>
    internal static string Parse(string stat)
    {
        const int StateField = 3, StartTimeField = 22;
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField - StateField];
    }
}
