using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Mount;

/// <summary>The program's terminal, and the console that it is inside.</summary>
internal static class TerminalSteps
{
    /// <summary>Comes behind the devices, which leave /dev open, and before the root is switched: a terminal of the host is opened by its name there.</summary>
    internal static void Add(LaunchPlan.Builder plan, ContainerConfiguration container, TerminalConfiguration terminal)
    {
        plan.Add(terminal.Path is { } path ? new UseTerminalStep(path, terminal.Rows, terminal.Columns) : new OpenTerminalStep(terminal.Rows, terminal.Columns));
        if (!DeviceSteps.IsHostsDev(container))
            plan.Add(new BindTerminalStep("console"));
    }
}
