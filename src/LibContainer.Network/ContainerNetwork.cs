using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Network;

/// <summary>The host's part of a container's networks: made while the container sets itself up, over a socket of its own network namespace; gone when that is.</summary>
/// <remarks>Not thread-safe. What the host has of it goes with the container's network namespace, also when this process is killed.</remarks>
public sealed class ContainerNetwork : IDisposable
{
    private readonly ContainerConfiguration _container;
    private readonly ImmutableArray<string> _names;
    private readonly List<HostEnd> _ends = [];
    private HostNetwork? _host;
    private Task? _removal;

    /// <summary>Makes nothing yet.</summary>
    public ContainerNetwork(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        (_container, _names) = (container, InterfaceNames.Of(container));
    }

    /// <summary>Whether a container needs anything of the host: more than a loopback interface as the kernel makes it.</summary>
    public static bool IsAskedFor(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        foreach (NetworkConfiguration network in container.Networks)
            if (network is not LoopbackNetwork { Mtu: null })
                return true;
        return !container.Routes.IsEmpty || !container.NetworkDevices.IsEmpty;
    }

    /// <summary>What is wrong with a container's networks on this host: all of it.</summary>
    public static IEnumerable<ConfigurationFinding> Check(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return container.JoinedNamespaces.TryGetValue(NamespaceKinds.Network, out string? path) ? CheckNamespace(path) : IsAskedFor(container) ? CheckNetworks(container) : [];
    }

    /// <summary>Connects a container.</summary>
    /// <param name="processId">A process of it.</param>
    /// <param name="netlink">A socket of rtnetlink that was opened in its network namespace.</param>
    /// <exception cref="NetworkException">It cannot be. What there is goes with <see cref="Dispose"/>.</exception>
    public void Connect(int processId, SafeHandle netlink)
    {
        _host = HostNetwork.Take();
        using RouteNetlink inside = RouteNetlink.Over(netlink);
        using SafeFileHandle target = NamespaceFile.Open($"/proc/{processId}/ns/net");
        for (int i = 0; i < _container.Networks.Length; i++)
        {
            (NetworkConfiguration network, string name) = (_container.Networks[i], _names[i]);
            Attempt($"networks[{i}]", () => Connect(network, name, target, inside));
        }
        for (int i = 0; i < _container.Routes.Length; i++)
        {
            RouteConfiguration route = _container.Routes[i];
            Attempt($"routes[{i}]", () => inside.AddRoute(inside.GetLink(route.Interface), route));
        }
    }

    /// <summary>What each interface that the host has the other end of has received and sent, in the container's view; by the name inside.</summary>
    /// <exception cref="NetlinkException">The container has ended.</exception>
    public ImmutableArray<KeyValuePair<string, LinkStatistics>> GetStatistics()
        => [.. _ends.Select((end, index) => KeyValuePair.Create(_names.Where(name => name.Length > 0).ElementAt(index), end.Statistics))];

    /// <summary>The container has ended, and its interfaces with it. Nobody has to wait until the kernel is through, some 15 ms later.</summary>
    /// <returns>Ends when the host has nothing of it any more.</returns>
    public Task DisconnectAsync() => _removal ??= RemoveAsync();

    /// <summary>The same, and waits for it.</summary>
    /// <exception cref="NetlinkException">An interface cannot be removed.</exception>
    public void Dispose()
    {
        if (_removal is null)
            DisconnectAsync().GetAwaiter().GetResult();
    }

    private async Task RemoveAsync()
    {
        try
        {
            await Task.WhenAll(_ends.Select(end => end.RemoveAsync())).ConfigureAwait(false);
        }
        finally
        {
            _host?.Dispose();
        }
    }

    private void Connect(NetworkConfiguration network, string name, SafeFileHandle target, RouteNetlink inside)
    {
        switch (network)
        {
            case LoopbackNetwork { Mtu: { } mtu }:
                inside.SetMtu(inside.GetLink("lo"), mtu);
                break;
            case LoopbackNetwork:
                break; // a step of the container's own
            case VethNetwork veth:
                _ends.Add(VethStrategy.Connect(veth, name, target, _host!));
                InterfaceSetup.Complete(veth, inside.GetLink(name), inside);
                break;
            default:
                throw new NotSupportedException($"{network.GetType().Name} is not supported yet");
        }
    }

    /// <summary>Says which entry it was.</summary>
    private static void Attempt(string where, Action connect)
    {
        try
        {
            connect();
        }
        catch (NetlinkException error)
        {
            throw new NetworkException($"{where}: {error.Message}", error.Error, error);
        }
        catch (LinuxException error)
        {
            throw new NetworkException($"{where}: {error.Message}", error.Error, error);
        }
    }

    private static IEnumerable<ConfigurationFinding> CheckNamespace(string path)
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

    private static List<ConfigurationFinding> CheckNetworks(ContainerConfiguration container)
    {
        using RouteNetlink host = RouteNetlink.Open();
        List<ConfigurationFinding> findings = [];
        for (int i = 0; i < container.Networks.Length; i++)
            if (container.Networks[i] is VethNetwork { Bridge: { } bridge } && WhyNoBridge(host, bridge) is { } why)
                findings.Add(new($"networks[{i}].bridge", why));
        return findings;
    }

    /// <summary>Null: it is one.</summary>
    private static string? WhyNoBridge(RouteNetlink host, string name)
    {
        try
        {
            return host.FindLink(name) switch
            {
                null => $"this host has no interface {name}",
                { Kind: "bridge" } => null,
                { Kind: "" } => $"{name} is no bridge",
                { Kind: var kind } => $"{name} is no bridge: it is {kind}",
            };
        }
        catch (NetlinkException error)
        {
            return error.Message; // a name that no interface can have is one that the kernel does not look for
        }
    }
}
