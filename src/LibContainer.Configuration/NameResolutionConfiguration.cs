using System.Collections.Immutable;
using System.Net;

namespace LibContainer.Configuration;

/// <summary>How names are resolved in a container. Source: resolv.conf(5), hosts(5).</summary>
public sealed record NameResolutionConfiguration
{
    /// <summary>Servers that are asked, in this order; programs of the C library ask the first three.</summary>
    public ImmutableArray<IPAddress> Nameservers { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Domains that a short name is looked for in.</summary>
    public ImmutableArray<string> SearchDomains { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Options of the resolver: <c>ndots:2</c>.</summary>
    public ImmutableArray<string> Options { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Names that are known without a server, and the address of each. <c>localhost</c> is, and the container's own host name.</summary>
    public ImmutableDictionary<string, IPAddress> Hosts { get; init; } = ImmutableDictionary<string, IPAddress>.Empty;

    /// <summary>As this host does it, from its <c>/etc/resolv.conf</c>. A server on the host's loopback is left out: inside, that is another.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static NameResolutionConfiguration OfHost() => Parse(File.ReadAllText("/etc/resolv.conf"));

    /// <summary>From the text of a resolv.conf. What is not understood is passed over, as the C library does.</summary>
    public static NameResolutionConfiguration Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        NameResolutionConfiguration parsed = new();
        foreach (string line in text.Split('\n'))
        {
            if (line.TrimStart() is ['#' or ';', ..])
                continue;
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            parsed = words switch
            {
                ["nameserver", var address, ..] when InterfaceAddress.TryParseAddress(address, out IPAddress? server) && !IPAddress.IsLoopback(server)
                    => parsed with { Nameservers = parsed.Nameservers.Add(server) },
                ["search" or "domain", .. var domains] => parsed with { SearchDomains = [.. domains] }, // the last one counts
                ["options", .. var options] => parsed with { Options = [.. parsed.Options, .. options] },
                _ => parsed,
            };
        }
        return parsed;
    }
}
