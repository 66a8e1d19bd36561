using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using LibContainer.Cgroups;
using LibContainer.Network;

namespace NsInit.Commands;

/// <summary><c>nsinit stats</c>: what the container has used, as libcontainer printed it in June 2014.</summary>
internal sealed class StatsCommand : Command
{
    private const string Failure = "Failed to get stats";

    /// <summary>Between the two looks at its use of CPUs, as in 2014.</summary>
    private static readonly TimeSpan Sampled = TimeSpan.FromMilliseconds(100);

    private static readonly Option<bool> Network = new("--network") { Description = "Print one line as libcontainer did in July 2014, with what the container has received and sent." };

    internal StatsCommand()
        : base("stats", "display statistics for the container")
    {
        Options.Add(Network);
        SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(Network))
                await PrintAllAsync(cancellationToken).ConfigureAwait(false);
            else
                Output.Standard.Write($"Stats:\n{Encoding.UTF8.GetString((await SampleAsync(cancellationToken).ConfigureAwait(false)).ToJson(indented: true))}\n");
            return 0;
        });
    }

    private static Task<SeedStats> SampleAsync(CancellationToken cancellationToken) => ContainerOfFolder.FindCgroup(Failure).GetSeedStatsAsync(Sampled, cancellationToken);

    /// <summary>A container without a cgroup has its network alone.</summary>
    private static async Task PrintAllAsync(CancellationToken cancellationToken)
    {
        SeedStats? ofCgroup = DataPath.ReadSpec().Cgroups is null ? null : await SampleAsync(cancellationToken).ConfigureAwait(false);
        var interfaces = ContainerOfFolder.FindProcess() is { } id ? NetworkStatistics.OfProcess(id) : null;
        if (interfaces is null)
            throw new UsageException($"{Failure} - {ContainerOfFolder.NotRunning}");
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("network_stats"u8);
            NetworkStatistics.WriteSeedJson(writer, interfaces);
            if (ofCgroup is not null)
            {
                writer.WritePropertyName("cgroup_stats"u8);
                ofCgroup.Write(writer);
            }
            writer.WriteEndObject();
        }
        Output.Standard.Write($"{Encoding.UTF8.GetString(bytes.WrittenSpan)}\n");
    }
}

/// <summary><c>nsinit pause</c>: stops every process of the container.</summary>
internal sealed class PauseCommand : Command
{
    internal PauseCommand()
        : base("pause", "pause the container's processes")
        => SetAction(_ => ContainerOfFolder.FindCgroup("Failed to pause").Freeze());
}

/// <summary><c>nsinit unpause</c>: lets them go on.</summary>
internal sealed class UnpauseCommand : Command
{
    internal UnpauseCommand()
        : base("unpause", "unpause the container's processes")
        => SetAction(_ => ContainerOfFolder.FindCgroup("Failed to unpause").Thaw());
}

/// <summary><c>nsinit oom</c>: a line each time that the container's memory has run out, until it ends.</summary>
internal sealed class OomCommand : Command
{
    internal OomCommand()
        : base("oom", "display oom notifications for a container")
        => SetAction(async (_, cancellationToken) =>
        {
            using CgroupEventStream events = ContainerOfFolder.FindCgroup("Failed to watch").WatchAsync(cancellationToken: cancellationToken);
            await foreach (CgroupEvent happened in events.ConfigureAwait(false))
                if (happened.Kind == CgroupEventKind.OutOfMemory)
                    Output.Standard.Write("OOM notification received\n");
            return 0;
        });
}
