using System.CommandLine;
using LibContainer;
using LibContainer.Launch;

namespace NsInit.Commands;

/// <summary><c>nsinit plan</c>: what <c>run</c> would do, in order, without doing it.</summary>
internal sealed class PlanCommand : ContainerCommand
{
    private readonly Option<bool> _exec = new("--exec") { Description = "The steps of exec, with the container.json of the folder data_path, in place of those of run." };

    internal PlanCommand()
        : base("plan", "Prints every step that run would make, in order: nsinit plan [options] [--] CMD [ARG ...]. Needs no root.")
    {
        Options.Add(_exec);
        SetAction(Print);
    }

    private void Print(ParseResult result)
    {
        LaunchPlan plan = result.GetValue(_exec) && ContainerJson.Read(Operands) is { } converted
            ? Namespaces.Plan(converted.Container, converted.Process)
            : Namespaces.Plan(Container(result), Process(result));
        Output.Standard.Write(plan.ToString());
    }
}
