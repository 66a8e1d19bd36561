using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network;

/// <summary>Who has which address on a bridge: one file for each bridge of each network namespace, which all programs of this host share.</summary>
/// <param name="IsMade">The bridge is of this library's making, and goes with the last lease.</param>
/// <param name="Masquerades">There are rules for it, which go with it.</param>
/// <param name="Leases">One for each container.</param>
internal sealed record BridgeTable(bool IsMade, bool Masquerades, ImmutableArray<Lease> Leases)
{
    internal const string Folder = "/run/libcontainer/networks";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    internal static BridgeTable Empty { get; } = new(false, false, []);

    /// <summary>Changes it, alone among all programs.</summary>
    /// <param name="host">The network that the bridge is in.</param>
    /// <param name="bridge">The bridge.</param>
    /// <param name="change">Gets the table as it is, and what writes it down, once or more often: what is made is known before. An empty table is no file.</param>
    /// <exception cref="NetworkException">The file is none of these.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal static void Change(HostNetwork host, string bridge, Action<BridgeTable, Action<BridgeTable>> change)
    {
        Directory.CreateDirectory(Folder, OwnerOnly);
        string path = PathOf(host.Id, bridge);
        using LockedFile file = LockedFile.Open(path);
        change(file.Read() is { } content ? Parse(path, content) : Empty, table =>
        {
            if (table is { IsMade: false, Leases.IsEmpty: true })
                file.Delete();
            else
                file.Replace(JsonSerializer.SerializeToUtf8Bytes(table, BridgeTableJson.Default.BridgeTable));
        });
    }

    /// <summary>Bridges of several network namespaces may have one name: <c>lc0@4026531840.json</c>.</summary>
    internal static string PathOf(string networkId, string bridge)
        => Path.Combine(Folder, $"{Uri.EscapeDataString(bridge)}@{networkId[(networkId.IndexOf('[', StringComparison.Ordinal) + 1)..].TrimEnd(']')}.json");

    /// <summary>Names of the bridges of one network namespace that there are tables for.</summary>
    internal static IEnumerable<string> Bridges(string networkId)
    {
        string end = PathOf(networkId, "")[(Folder.Length + 1)..];
        return !Directory.Exists(Folder) ? [] : Directory.GetFiles(Folder, $"*{end}").Select(path => Uri.UnescapeDataString(Path.GetFileName(path)[..^end.Length]));
    }

    private static BridgeTable Parse(string path, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, BridgeTableJson.Default.BridgeTable) is { Leases.IsDefault: false } table ? table : throw new JsonException("there are no leases");
        }
        catch (JsonException error)
        {
            throw new NetworkException($"{path} is no table of leases: {error.Message}; when no container is on that bridge, it can be removed", inner: error);
        }
    }
}

/// <summary>What one container has on a bridge.</summary>
/// <param name="Addresses">One of each subnet: <c>10.88.0.2/24</c>.</param>
/// <param name="Link">The host's end of its cable.</param>
/// <param name="Owner">Process id of the program that the container lives and dies with.</param>
/// <param name="OwnerStart">When that started: by then the id may be another's.</param>
internal sealed record Lease(ImmutableArray<string> Addresses, string Link, int Owner, string OwnerStart)
{
    /// <summary>Another process id namespace may share these files: there the owner is not seen, but the cable is.</summary>
    /// <param name="hasLink">Whether the host has an interface of this name.</param>
    internal bool IsLeft(Func<string, bool> hasLink) => !hasLink(Link) && ProcessStartTime.Read(Owner) != OwnerStart;

    /// <summary>Those that can be read: what else somebody has written there is nobody's.</summary>
    [JsonIgnore]
    internal IEnumerable<IPAddress> ParsedAddresses => Addresses.Select(text => InterfaceAddress.TryParse(text, out InterfaceAddress? own) ? own.Address : null).OfType<IPAddress>();
}

/// <summary>Written out by the compiler: no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BridgeTable))]
internal sealed partial class BridgeTableJson : JsonSerializerContext;
