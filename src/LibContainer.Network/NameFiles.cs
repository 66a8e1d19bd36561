using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Network;

/// <summary>
/// A container's own <c>/etc/resolv.conf</c>, <c>/etc/hosts</c> and <c>/etc/hostname</c>: files of the host that are bound there, read-only. They lose their names on the host as soon as the container has
/// them: nothing is left of them when it ends, however it does. Source: resolv.conf(5), hosts(5).
/// </summary>
public sealed class NameFiles : IDisposable
{
    private readonly NameResolutionConfiguration _names;
    private readonly string? _hostname;
    private readonly RunDirectory _directory = new(NetworkLeftovers.NamesKind);

    private NameFiles(ContainerConfiguration container, NameResolutionConfiguration names)
    {
        (_names, _hostname) = (names, container.Hostname);
        try
        {
            ImmutableArray<MountConfiguration>.Builder mounts = container.Mounts.ToBuilder();
            Add("resolv.conf", ResolverText(names));
            Add("hosts", HostsText(names, _hostname, []));
            if (_hostname is not null)
                Add("hostname", $"{_hostname}\n");
            Container = container with { Mounts = mounts.ToImmutable() };

            void Add(string name, string text)
            {
                File.WriteAllText(_directory[name], text);
                mounts.Add(MountConfiguration.Bind(_directory[name], $"/etc/{name}", readOnly: true));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Writes them.</summary>
    /// <returns>Null: the container has those of its root.</returns>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static NameFiles? Create(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return container.NameResolution is { } names ? new NameFiles(container, names) : null;
    }

    /// <summary>The container, which binds them.</summary>
    public ContainerConfiguration Container { get; }

    /// <summary>The container's host name stands for these from now on.</summary>
    public void SetOwnAddresses(IReadOnlyList<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count > 0)
            File.WriteAllText(_directory["hosts"], HostsText(_names, _hostname, addresses)); // the same file, wherever it is bound by now
    }

    /// <summary>Removes their names from the host.</summary>
    public void Dispose() => _directory.Dispose();

    internal static string ResolverText(NameResolutionConfiguration names)
    {
        StringBuilder text = new();
        if (!names.SearchDomains.IsEmpty)
            text.Append("search ").AppendJoin(' ', names.SearchDomains).Append('\n');
        foreach (IPAddress server in names.Nameservers)
            text.Append(CultureInfo.InvariantCulture, $"nameserver {server}\n");
        if (!names.Options.IsEmpty)
            text.Append("options ").AppendJoin(' ', names.Options).Append('\n');
        return text.ToString();
    }

    /// <summary>The host name of a container without an address is its loopback's.</summary>
    internal static string HostsText(NameResolutionConfiguration names, string? hostname, IReadOnlyList<IPAddress> own)
    {
        StringBuilder text = new($"127.0.0.1\tlocalhost{(own.Count == 0 && hostname is not null ? $" {hostname}" : "")}\n::1\tlocalhost\n");
        if (hostname is not null)
            foreach (IPAddress address in own)
                text.Append(CultureInfo.InvariantCulture, $"{address}\t{hostname}\n");
        foreach ((string name, IPAddress address) in names.Hosts.OrderBy(host => host.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{address}\t{name}\n");
        return text.ToString();
    }
}
