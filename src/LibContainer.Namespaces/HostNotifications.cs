using System.Collections.Immutable;
using System.Text;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Passes what a container's program says of itself on to the service manager of this host. Source: sd_notify(3).</summary>
public static class HostNotifications
{
    /// <summary>The variable that names the manager's socket.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>What is of the container's own process ids and descriptors, and would mean something else outside.</summary>
    private static readonly ImmutableArray<string> Inside = ["MAINPID=", "MAINPIDFDID=", "FDSTORE", "FDNAME=", "FDPOLL=", "BARRIER="];

    /// <summary>A service manager has started this program, and wants to hear.</summary>
    public static bool IsAwaited => Environment.GetEnvironmentVariable(Variable) is ['/' or '@', ..];

    /// <summary>For <see cref="ExecOptions.Notified"/>: sends the lines to the manager that <c>NOTIFY_SOCKET</c> names, but those about process ids and descriptors. Nothing when there is none.</summary>
    /// <exception cref="LinuxException">It cannot be reached.</exception>
    public static void Relay(ImmutableArray<string> lines)
    {
        string message = string.Join('\n', lines.Where(line => !Inside.Any(name => line.StartsWith(name, StringComparison.Ordinal))));
        if (message.Length > 0 && IsAwaited)
            UnixSocket.Send(Environment.GetEnvironmentVariable(Variable)!, isStream: false, Encoding.UTF8.GetBytes(message));
    }
}
