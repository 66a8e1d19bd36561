using System.CommandLine;
using LibContainer.Configuration.ContainerJson;

namespace NsInit.Commands;

/// <summary><c>nsinit spec</c>: the container's specification, as libcontainer printed it in June 2014.</summary>
internal sealed class SpecCommand : Command
{
    internal SpecCommand()
        : base("spec", "display the container specification")
        => SetAction(_ => Output.Standard.Write($"Spec:\n{ContainerSpecWriter.WriteIndented(DataPath.ReadSpec())}\n"));
}

/// <summary><c>nsinit config</c>: the same as JSON on one line, for programs.</summary>
internal sealed class ConfigCommand : Command
{
    internal ConfigCommand()
        : base("config", "display the container configuration")
        => SetAction(_ => Output.Standard.Write(ContainerSpecWriter.Write(DataPath.ReadSpec())));
}
