using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Launch;

namespace LibContainer.Mount.Tests;

/// <summary>The steps that a root comes down to.</summary>
internal static class Plans
{
    /// <summary>A directory as root, with nothing in it: a test adds what it is about.</summary>
    internal static ContainerConfiguration Bare { get; } = new()
    {
        Root = RootFileSystem.Directory("/srv/root"),
        Mounts = [],
        Devices = [],
        MaskedPaths = [],
        ReadOnlyPaths = [],
        Networks = [],
    };

    internal static ImmutableArray<LaunchStep> Root(ContainerConfiguration container, TerminalConfiguration? terminal = null)
    {
        LaunchPlan.Builder plan = new();
        MountSteps.AddRoot(plan, container, terminal);
        MountSteps.AddRootSwitch(plan, container);
        return plan.Build().Steps;
    }
}
