using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Network;

/// <summary>What this host has against a container's networks, before anything is made.</summary>
internal static class NetworkChecks
{
    /// <summary>Against a network namespace that a container would join.</summary>
    internal static IEnumerable<ConfigurationFinding> CheckNamespace(string path)
    {
        const string Where = "joinedNamespaces[\"network\"]";
        ulong? kind;
        try
        {
            using SafeFileHandle file = NamespaceFile.Open(path);
            kind = NamespaceFile.KindOf(file);
        }
        catch (LinuxException error)
        {
            return [new(Where, error.Message)];
        }
        return kind == (ulong)NamespaceKinds.Network ? [] : [new(Where, $"{path} is no {(kind is null ? "namespace" : "network namespace")}")];
    }

    /// <summary>Against interfaces that it would get.</summary>
    internal static List<ConfigurationFinding> Check(ContainerConfiguration container, IReadOnlyDictionary<string, INetworkStrategy> strategies)
    {
        using HostNetwork network = HostNetwork.Take();
        RouteNetlink host = network.Netlink;
        List<ConfigurationFinding> findings = [];
        for (int i = 0; i < container.Networks.Length; i++)
        {
            string entry = $"networks[{i}]";
            switch (container.Networks[i])
            {
                case VethNetwork { Bridge: { } bridge }:
                    Report($"{entry}.bridge", () => network.WhyNoBridge(bridge));
                    break;
                case BridgeNetwork bridged:
                    Report($"{entry}.bridge", () => BridgeStrategy.WhyNot(bridged, network));
                    Report($"{entry}.masquerade", () => bridged.Masquerade && Masquerade.FindProgram() is null ? "masquerading is done by nft, and this host has none" : null);
                    break;
                case MacvlanNetwork { Parent: var parent }:
                    Report($"{entry}.parent", () => WhyNone(host, parent));
                    break;
                case IpvlanNetwork { Parent: var parent }:
                    Report($"{entry}.parent", () => WhyNone(host, parent));
                    break;
                case CustomNetwork custom when strategies.TryGetValue(custom.Strategy, out INetworkStrategy? strategy):
                    findings.AddRange(strategy.Check(custom).Select(finding => finding with { Path = finding.Path.Length == 0 ? entry : $"{entry}.{finding.Path}" }));
                    break;
                case CustomNetwork { Strategy: var name }:
                    findings.Add(new($"{entry}.strategy", $"there is no strategy '{name}'{(strategies.Count == 0 ? "" : $": {string.Join(", ", strategies.Keys.Order(StringComparer.Ordinal))}")}"));
                    break;
            }
        }
        foreach (string device in container.NetworkDevices.Keys.Order(StringComparer.Ordinal))
            Report($"networkDevices[\"{device}\"]", () => WhyNone(host, device));
        return findings;

        void Report(string path, Func<string?> why)
        {
            try
            {
                if (why() is { } sentence)
                    findings.Add(new(path, sentence));
            }
            catch (NetlinkException error)
            {
                findings.Add(new(path, error.Message)); // a name that no interface can have is one that the kernel does not look for
            }
        }
    }

    private static string? WhyNone(RouteNetlink host, string name) => host.FindIndex(name) is null ? $"this host has no interface {name}" : null;
}
