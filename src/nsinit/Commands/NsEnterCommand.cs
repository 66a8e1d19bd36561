using System.CommandLine;
using System.Globalization;
using System.Text;
using LibContainer;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;

namespace NsInit.Commands;

/// <summary><c>nsinit nsenter PID LABEL JSON CMD [ARG ...]</c>: in 2014 what <c>exec</c> turned itself into; here for those who call it.</summary>
internal sealed class NsEnterCommand : OperandCommand
{
    private const string Usage = "nsenter needs a process, a label (which may be empty), a container as JSON, and a command: nsinit nsenter PID LABEL JSON CMD [ARG ...]";

    internal NsEnterCommand()
        : base("nsenter", "init process for entering an existing namespace")
        => SetAction(_ => Enter());

    internal override bool HasOptions => false;

    private int Enter()
    {
        if (Operands is not [{ } id, { } label, { } json, _, ..])
            throw new UsageException(Usage);
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) || processId == 0)
            throw new UsageException($"'{id}' is not a process id");
        ProcessConfiguration process = Namespaces.Convert(Read(json), Environment.CurrentDirectory, [.. Operands.AsSpan(3)]).Process;
        using RunningContainer container = RunningContainer.Open(processId);
        return Entrance.Run(container, label.Length == 0 ? process : process with { SELinuxLabel = label });
    }

    private static ContainerSpec Read(string json)
    {
        try
        {
            return ContainerSpecReader.Read(Encoding.UTF8.GetBytes(json));
        }
        catch (ContainerJsonException error)
        {
            throw new UsageException($"the container's JSON cannot be read: {error.Message}");
        }
    }
}
