using System.CommandLine;
using LibContainer;

namespace NsInit.Commands;

/// <summary><c>nsinit run</c>: a program in a new container, in the foreground.</summary>
internal sealed class RunCommand : ContainerCommand
{
    internal RunCommand()
        : base("run", "Runs a command in a new container and returns its exit code. What follows the command belongs to it.")
        => SetAction(Run);

    private int Run(ParseResult result)
    {
        using SignalForwarding signals = new();
        return Namespaces.Exec(Container(result), Process(result), new ExecOptions { Started = signals.Start }).ExitCode;
    }
}
