using System.CommandLine;

namespace NsInit.Commands;

/// <summary>A command that is followed by the container's own command.</summary>
internal abstract class OperandCommand(string name, string description) : Command(name, description)
{
    /// <summary>The container's command and its arguments.</summary>
    internal string[] Operands { get; set; } = [];

    /// <summary>Options of ours may stand before it.</summary>
    internal virtual bool HasOptions => true;
}
