using System.CommandLine;
using LibContainer;
using LibContainer.Configuration.ContainerJson;

namespace NsInit.Commands;

/// <summary><c>nsinit exec</c>: a command in the container that <c>container.json</c> describes.</summary>
internal sealed class ExecCommand : OperandCommand
{
    internal ExecCommand()
        : base("exec", "execute a new command inside a container")
        => SetAction(_ => Execute());

    /// <summary>Everything behind the name is the container's: in 2014 <c>exec ls -la</c> failed.</summary>
    internal override bool HasOptions => false;

    private int Execute()
    {
        if (Operands.Length == 0)
            throw new UsageException("exec needs a command: nsinit exec CMD [ARG ...]");
        ConvertedContainer converted = ContainerJson.Read(Operands);
        using (RunningContainer? running = ContainerOfFolder.Open())
            if (running is not null)
                return Entrance.Run(running, converted.Process);
        ExecOptions options = new() { DataPath = DataPath.Folder, Started = SignalForwarding.Instance.Start };
        return Recorded.Exec(converted.Container, converted.Process, options);
    }
}
