using System.CommandLine;
using System.Text;
using LibContainer.Cgroups;

namespace NsInit.Commands;

/// <summary><c>nsinit stats</c>: what the container has used, as libcontainer printed it in June 2014.</summary>
internal sealed class StatsCommand : Command
{
    private const string Failure = "Failed to get stats";

    /// <summary>Between the two looks at its use of CPUs, as in 2014.</summary>
    private static readonly TimeSpan Sampled = TimeSpan.FromMilliseconds(100);

    internal StatsCommand()
        : base("stats", "display statistics for the container")
        => SetAction(async (_, cancellationToken) =>
        {
            SeedStats stats = await RunningContainer.FindCgroup(Failure).GetSeedStatsAsync(Sampled, cancellationToken).ConfigureAwait(false);
            Output.Standard.Write($"Stats:\n{Encoding.UTF8.GetString(stats.ToJson(indented: true))}\n");
            return 0;
        });
}

/// <summary><c>nsinit pause</c>: stops every process of the container.</summary>
internal sealed class PauseCommand : Command
{
    internal PauseCommand()
        : base("pause", "pause the container's processes")
        => SetAction(_ => RunningContainer.FindCgroup("Failed to pause").Freeze());
}

/// <summary><c>nsinit unpause</c>: lets them go on.</summary>
internal sealed class UnpauseCommand : Command
{
    internal UnpauseCommand()
        : base("unpause", "unpause the container's processes")
        => SetAction(_ => RunningContainer.FindCgroup("Failed to unpause").Thaw());
}

/// <summary><c>nsinit oom</c>: a line each time that the container's memory has run out, until it ends.</summary>
internal sealed class OomCommand : Command
{
    internal OomCommand()
        : base("oom", "display oom notifications for a container")
        => SetAction(async (_, cancellationToken) =>
        {
            using CgroupEventStream events = RunningContainer.FindCgroup("Failed to watch").WatchAsync(cancellationToken: cancellationToken);
            await foreach (CgroupEvent happened in events.ConfigureAwait(false))
                if (happened.Kind == CgroupEventKind.OutOfMemory)
                    Output.Standard.Write("OOM notification received\n");
            return 0;
        });
}
