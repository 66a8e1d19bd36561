using System.Diagnostics;
using System.Globalization;
using LibContainer.Configuration;
using LibContainer.Network.Netlink;

namespace LibContainer.Benchmarks.Compare;

/// <summary>The part of the comparison that is about networks. The bridges are in a network namespace that is the benchmark's own: scripts/bench makes it.</summary>
internal sealed class NetworkComparison(ComparisonOptions options, BenchmarkRoot root, Candidates candidates, Report report, Goals goals) : IDisposable
{
    private const string Bridge = "bench0", OwnBridge = "bench1";

    private static readonly string Pause = $"{ComparisonOptions.CgroupPause.TotalMilliseconds} ms";

    private readonly RouteNetlink _netlink = RouteNetlink.Open();
    private int _last;

    /// <summary>Whether this network has no interface but its loopback: else it may be the machine's.</summary>
    internal static bool IsPossible
    {
        get
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            return netlink.GetLinks().All(link => link.Name == "lo");
        }
    }

    internal void RunAll()
    {
        _netlink.CreateBridge(new LinkOptions(Bridge) { IsUp = true });
        BridgeNetwork given = Networks.Bridge(OwnBridge, "10.98.0.0/24");
        using KeptContainer keeper = new(Connected(given)); // so that the bridge stays
        Candidate veth = Candidates.OfExec("Exec, veth and address", Connected(new VethNetwork { Bridge = Bridge, Addresses = [InterfaceAddress.Parse("10.99.0.2/24")] }));
        Candidate[] all =
        [
            candidates.Exec, veth, Candidates.OfExec("Exec, address given out", Connected(given)),
            .. Programs.Find("ip") is { } ip ? new Candidate[] { new PartlyTimedCandidate("ip link add, a program", () => Start(ip)) } : [],
        ];
        Dictionary<Candidate, Sample> samples = Timing.Interleaved(all, options.CgroupRounds, ComparisonOptions.CgroupPause);
        report.Section(
            "One start with a network",
            $"{options.CgroupRounds} rounds, {Pause} before each. A cable into a bridge, its address and its end up; of an address that is given out also the table of who has which. "
            + "`ip link add` makes such a cable and no more.");
        report.Table(
            ["candidate", "p50 ms", "p90 ms", "p99 ms", "spread", "ms more than Exec"],
            all.Select(candidate => (IReadOnlyList<string>)
                [candidate.Name, .. Comparison.Columns(samples[candidate]), candidate.Name.StartsWith("Exec,", StringComparison.Ordinal) ? $"{More(candidate):0.00}" : ""]));
        goals.AtMost($"ms more for a veth and its address, {Pause} before each", More(veth), 1.5);

        double More(Candidate candidate) => samples[candidate].P50 - samples[candidates.Exec].P50;
    }

    private ContainerConfiguration Connected(NetworkConfiguration network) => root.Container with { Networks = [LoopbackNetwork.Instance, network] };

    /// <summary>What it makes is removed when the clock has stopped.</summary>
    private Start Start(string ip)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"cable{_last++}");
        long start = Stopwatch.GetTimestamp();
        int exitCode = Programs.Run(ip, ["link", "add", "name", name, "up", "master", Bridge, "type", "veth", "peer", "name", $"{name}p"]);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        _netlink.Delete(_netlink.GetLink(name));
        return new Start(milliseconds, exitCode);
    }

    public void Dispose()
    {
        if (_netlink.FindLink(Bridge) is { } bridge)
            _netlink.Delete(bridge);
        _netlink.Dispose();
    }
}
