using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using LibContainer.Network.Netlink;

namespace LibContainer.Network;

/// <summary>What has passed the interfaces of a container since they were made, as it sees it: what comes in was sent to it. Source: proc_pid_net(5), /proc/PID/net/dev.</summary>
public static class NetworkStatistics
{
    private const int HeaderLines = 2, Sent = 8;

    /// <summary>Of each interface in the network namespace of a process, by name.</summary>
    /// <returns>Null: there is no such process.</returns>
    /// <exception cref="InvalidDataException">The kernel's table is not as documented.</exception>
    public static ImmutableSortedDictionary<string, LinkStatistics>? OfProcess(int processId)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/dev"));
        }
        catch (IOException) when (!Directory.Exists($"/proc/{processId}/net"))
        {
            return null;
        }
        return lines.Skip(HeaderLines).Select(Parse).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>The sum over all but the loopback, as libcontainer wrote it in July 2014: the object <c>network_stats</c>. What is zero is left out.</summary>
    public static void WriteSeedJson(Utf8JsonWriter writer, IReadOnlyDictionary<string, LinkStatistics> interfaces)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(interfaces);
        LinkStatistics[] others = [.. interfaces.Where(entry => entry.Key != "lo").Select(entry => entry.Value)];
        writer.WriteStartObject();
        Write("rx_bytes", one => one.ReceivedBytes);
        Write("rx_packets", one => one.ReceivedPackets);
        Write("rx_errors", one => one.ReceiveErrors);
        Write("rx_dropped", one => one.ReceiveDropped);
        Write("tx_bytes", one => one.SentBytes);
        Write("tx_packets", one => one.SentPackets);
        Write("tx_errors", one => one.SendErrors);
        Write("tx_dropped", one => one.SendDropped);
        writer.WriteEndObject();

        void Write(string name, Func<LinkStatistics, ulong> field)
        {
            ulong sum = 0;
            foreach (LinkStatistics one in others)
                sum += field(one);
            if (sum != 0)
                writer.WriteNumber(name, sum);
        }
    }

    internal static KeyValuePair<string, LinkStatistics> Parse(string line)
    {
        int colon = line.LastIndexOf(':');
        string[] texts = colon < 0 ? [] : line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ulong[] fields = new ulong[texts.Length];
        if (texts.Length < 2 * Sent || !texts.Index().All(text => ulong.TryParse(text.Item, NumberStyles.None, CultureInfo.InvariantCulture, out fields[text.Index])))
            throw new InvalidDataException($"/proc/PID/net/dev: '{line}' is no interface with {2 * Sent} counters");
        return new(line[..colon].Trim(), new LinkStatistics
        {
            ReceivedBytes = fields[0],
            ReceivedPackets = fields[1],
            ReceiveErrors = fields[2],
            ReceiveDropped = fields[3],
            SentBytes = fields[Sent],
            SentPackets = fields[Sent + 1],
            SendErrors = fields[Sent + 2],
            SendDropped = fields[Sent + 3],
        });
    }
}
