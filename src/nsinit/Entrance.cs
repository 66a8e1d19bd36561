using LibContainer;
using LibContainer.Configuration;
using LibContainer.Linux;
using NsInit.Commands;

namespace NsInit;

/// <summary>A command in a container that runs.</summary>
internal static class Entrance
{
    /// <summary>Runs it with nsinit's own streams. At a terminal it gets one of the container's, so that a shell there can control jobs and nothing of the host's can be typed into.</summary>
    internal static int Run(RunningContainer container, ProcessConfiguration process)
    {
        bool isInteractive = Terminal.IsTerminal(HostStreams.Input) && Terminal.IsTerminal(HostStreams.Output);
        return Namespaces.ExecIn(
            container, process with { Terminal = isInteractive ? new TerminalConfiguration() : null }, new ExecInOptions { Started = SignalForwarding.Instance.Start }).ExitCode;
    }
}
