using System.CommandLine;
using LibContainer;

namespace NsInit.Commands;

/// <summary><c>nsinit plan</c>: what <c>run</c> would do, in order, without doing it.</summary>
internal sealed class PlanCommand : ContainerCommand
{
    internal PlanCommand()
        : base("plan", "Prints every step that run would make, in order: nsinit plan [options] [--] CMD [ARG ...]. Needs no root.")
        => SetAction(result => Console.Out.Write(Namespaces.Plan(Container(result), Process(result)).ToString()));
}
