using System.Collections.Immutable;
using System.CommandLine;
using LibContainer;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace NsInit.Commands;

/// <summary><c>nsinit run</c>: a program in a new container, in the foreground.</summary>
internal sealed class RunCommand : ContainerCommand
{
    private readonly Option<bool> _timing = new("--timing") { Description = "Print, on standard error and at the end, where the time of the start went, step by step." };

    internal RunCommand()
        : base("run", "Runs a command in a new container and returns its exit code: nsinit run [options] [--] CMD [ARG ...]. What follows CMD belongs to it.")
    {
        Options.Add(_timing);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        ContainerConfiguration container = Container(result);
        ProcessConfiguration process = Process(result);
        ExecOptions options = new() { Started = SignalForwarding.Instance.Start, Notified = HostNotifications.IsAwaited ? Relay : null };
        if (!result.GetValue(_timing))
            return Recorded.Exec(container, process, options);

        using StartTiming timing = new();
        timing.Rehearse(container, process);
        int code = Recorded.Exec(container, process, options with { Clock = timing.Clock });
        timing.Print(Output.Error);
        return code;
    }

    /// <summary>A manager that does not listen is no reason to end what runs.</summary>
    private static void Relay(ImmutableArray<string> lines)
    {
        try
        {
            HostNotifications.Relay(lines);
        }
        catch (LinuxException error)
        {
            ErrorLog.Write($"the service manager was not told {string.Join(' ', lines)}: {error.Message}");
        }
    }
}
