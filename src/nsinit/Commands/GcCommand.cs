using System.CommandLine;
using LibContainer;

namespace NsInit.Commands;

/// <summary><c>nsinit gc</c>: removes what containers have left whose program was killed, and prints a line for each.</summary>
internal sealed class GcCommand : Command
{
    private readonly Option<string?> _states = new("--state-directory") { HelpName = "DIR", Description = "Where the states of containers are. By itself /run/libcontainer." };

    internal GcCommand()
        : base("gc", "remove what is left of containers whose program was killed")
    {
        Options.Add(_states);
        SetAction(async (parsed, cancellationToken) =>
        {
            LibContainerOptions options = new();
            if (parsed.GetValue(_states) is { } directory)
                options.StateDirectory = Path.GetFullPath(directory);
            ContainerRuntime runtime = ContainerRuntime.Create(options);
            await using (runtime.ConfigureAwait(false))
            {
                CollectedLeftovers collected = await runtime.CollectLeftoversAsync(cancellationToken).ConfigureAwait(false);
                foreach (string line in collected.ContainerIds.Select(id => $"container {id}").Concat(collected.Others))
                    Output.Standard.Write($"{line}\n");
            }
            return 0;
        });
    }
}
