using System.Net;
using System.Text.Json;
using static LibContainer.Configuration.Json.Shapes;

namespace LibContainer.Configuration.Json;

/// <summary>An address as a text: <c>10.88.0.1</c>, <c>fd00::1</c>.</summary>
internal sealed class AddressShape : JsonShape<IPAddress>
{
    internal override IPAddress Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.String && InterfaceAddress.TryParseAddress(JsonText.Of(element), out IPAddress? address)
            ? address
            : Wrong(path, findings, "an address of IPv4 or IPv6: 10.88.0.1");

    internal override void Write(Utf8JsonWriter writer, IPAddress value)
    {
        if (!InterfaceAddress.IsPlain(value))
            throw new ArgumentException($"{value} has a scope, and the format has no place for it.", nameof(value));
        writer.WriteStringValue(value.ToString());
    }
}

/// <summary>An address and its prefix length as a text: <c>10.88.0.2/24</c>.</summary>
internal sealed class InterfaceAddressShape : JsonShape<InterfaceAddress>
{
    internal override InterfaceAddress Read(JsonElement element, string path, Findings findings)
        => element.ValueKind == JsonValueKind.String && InterfaceAddress.TryParse(JsonText.Of(element), out InterfaceAddress? address)
            ? address
            : Wrong(path, findings, "an address with a prefix length: 10.88.0.2/24");

    internal override void Write(Utf8JsonWriter writer, InterfaceAddress value) => writer.WriteStringValue(value.ToString());
}

/// <summary>What a container's network is.</summary>
internal static class NetworkShapes
{
    private static AddressShape Address { get; } = new();

    private static InterfaceAddressShape InterfaceAddress { get; } = new();

    internal static ChoiceShape<NetworkConfiguration> Network { get; } = new ChoiceShape<NetworkConfiguration>()
        .Choice("loopback", Record(LoopbackNetwork.Instance)
            .Member("mtu", IntOrNull, it => it.Mtu, (it, value) => it with { Mtu = value }))
        .Choice("veth", Interface(new VethNetwork())
            .Member("bridge", TextOrNull, it => it.Bridge, (it, value) => it with { Bridge = value })
            .Member("hostPrefix", Text, it => it.HostPrefix, (it, value) => it with { HostPrefix = value }))
        .Choice("bridge", Interface(new BridgeNetwork { Bridge = "" })
            .Required("bridge", Text, it => it.Bridge, (it, value) => it with { Bridge = value })
            .Member("subnets", List(InterfaceAddress), it => it.Subnets, (it, value) => it with { Subnets = value })
            .Member("isInternal", Bool, it => it.IsInternal, (it, value) => it with { IsInternal = value })
            .Member("masquerade", Bool, it => it.Masquerade, (it, value) => it with { Masquerade = value }))
        .Choice("macvlan", Interface(new MacvlanNetwork { Parent = "" })
            .Required("parent", Text, it => it.Parent, (it, value) => it with { Parent = value })
            .Member("mode", Name<MacvlanMode>(), it => it.Mode, (it, value) => it with { Mode = value }))
        .Choice("ipvlan", Interface(new IpvlanNetwork { Parent = "" })
            .Required("parent", Text, it => it.Parent, (it, value) => it with { Parent = value })
            .Member("mode", Name<IpvlanMode>(), it => it.Mode, (it, value) => it with { Mode = value }))
        .Choice("custom", Record(new CustomNetwork(""))
            .Required("strategy", Text, it => it.Strategy, (it, value) => it with { Strategy = value })
            .Member("settings", TextMap, it => it.Settings, (it, value) => it with { Settings = value }));

    internal static ObjectShape<RouteConfiguration> Route { get; } = Record(new RouteConfiguration { Interface = "" })
        .Member(
            "destination", new OptionalShape<InterfaceAddress>(InterfaceAddress),
            it => it.Destination, (it, value) => it with { Destination = value })
        .Member("source", new OptionalShape<IPAddress>(Address), it => it.Source, (it, value) => it with { Source = value })
        .Member("gateway", new OptionalShape<IPAddress>(Address), it => it.Gateway, (it, value) => it with { Gateway = value })
        .Required("interface", Text, it => it.Interface, (it, value) => it with { Interface = value });

    internal static ObjectShape<NameResolutionConfiguration> NameResolution { get; } = Record(new NameResolutionConfiguration())
        .Member("nameservers", List(Address), it => it.Nameservers, (it, value) => it with { Nameservers = value })
        .Member("searchDomains", Texts, it => it.SearchDomains, (it, value) => it with { SearchDomains = value })
        .Member("options", Texts, it => it.Options, (it, value) => it with { Options = value })
        .Member("hosts", Map(Address), it => it.Hosts, (it, value) => it with { Hosts = value });

    /// <summary>What all interfaces have.</summary>
    private static ObjectShape<T> Interface<T>(T blank)
        where T : InterfaceNetwork
        => Record(blank)
            .Member("name", TextOrNull, it => it.Name, (it, value) => it with { Name = value })
            .Member("addresses", List(InterfaceAddress), it => it.Addresses, (it, value) => it with { Addresses = value })
            .Member("gateways", List(Address), it => it.Gateways, (it, value) => it with { Gateways = value })
            .Member("mtu", IntOrNull, it => it.Mtu, (it, value) => it with { Mtu = value })
            .Member("hardwareAddress", TextOrNull, it => it.HardwareAddress, (it, value) => it with { HardwareAddress = value });
}
