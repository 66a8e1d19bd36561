using System.CommandLine;
using LibContainer;

namespace NsInit.Commands;

/// <summary><c>nsinit init</c>: not for people. A host names it as the program that sets its container up from inside.</summary>
internal sealed class InitCommand : OperandCommand
{
    internal InitCommand()
        : base("init", "runs the init process inside the namespace")
        => SetAction(_ => Namespaces.Init());

    internal override bool HasOptions => false;
}
