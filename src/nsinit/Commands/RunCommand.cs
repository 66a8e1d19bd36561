using System.CommandLine;
using System.Runtime.InteropServices;
using LibContainer;
using LibContainer.Launch;
using LibContainer.Linux;

namespace NsInit.Commands;

/// <summary><c>nsinit run</c>: a program in a new container, in the foreground.</summary>
internal sealed class RunCommand : ContainerCommand
{
    /// <summary>Signals that somebody sends to us and means the program. SIGCHLD, SIGURG and SIGWINCH are ours (seed bug B11).</summary>
    private static readonly Signal[] Forwarded = [Signal.SIGHUP, Signal.SIGINT, Signal.SIGQUIT, Signal.SIGTERM, Signal.SIGUSR1, Signal.SIGUSR2];

    internal RunCommand()
        : base("run", "Runs a command in a new container and returns its exit code. What follows the command belongs to it.")
        => SetAction(Run);

    private int Run(ParseResult result)
    {
        List<PosixSignalRegistration> registrations = [];
        try
        {
            ExecOptions options = new() { Started = process => registrations.AddRange(Forwarded.Select(signal => Forward(signal, process))) };
            return Namespaces.Exec(Container(result), Process(result), options).ExitCode;
        }
        finally
        {
            foreach (PosixSignalRegistration registration in registrations)
                registration.Dispose();
        }
    }

    /// <summary>
    /// The first process of a PID namespace gets only signals that it has a handler for (pid_namespaces(7)), so a program that does not handle
    /// SIGINT could not be stopped from the keyboard. The second request of one kind is therefore SIGKILL, which it always gets.
    /// </summary>
    private static PosixSignalRegistration Forward(Signal signal, LaunchedProcess process)
    {
        bool repeated = false;
        return PosixSignalRegistration.Create((PosixSignal)(int)signal, context =>
        {
            context.Cancel = true;
            bool kill = repeated && signal is Signal.SIGINT or Signal.SIGTERM;
            process.TrySendSignal(kill ? Signal.SIGKILL : signal);
            repeated = true;
        });
    }
}
