using System.CommandLine;
using LibContainer;
using LibContainer.Configuration;

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
        ExecOptions options = new() { Started = SignalForwarding.Instance.Start };
        if (!result.GetValue(_timing))
            return Namespaces.Exec(container, process, options).ExitCode;

        using StartTiming timing = new();
        timing.Rehearse(container, process);
        int code = Namespaces.Exec(container, process, options with { Clock = timing.Clock }).ExitCode;
        timing.Print(Output.Error);
        return code;
    }
}
