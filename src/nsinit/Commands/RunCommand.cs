using System.CommandLine;
using LibContainer;

namespace NsInit.Commands;

/// <summary><c>nsinit run</c>: a program in a new container, in the foreground.</summary>
internal sealed class RunCommand : ContainerCommand
{
    internal RunCommand()
        : base("run", "Runs a command in a new container and returns its exit code: nsinit run [options] [--] CMD [ARG ...]. What follows CMD belongs to it.")
        => SetAction(Run);

    private int Run(ParseResult result)
        => Namespaces.Exec(Container(result), Process(result), new ExecOptions { Started = SignalForwarding.Instance.Start }).ExitCode;
}
