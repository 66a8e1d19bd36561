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
    private readonly IReadOnlyDictionary<string, INetworkStrategy> _strategies;
    private readonly List<HostEnd> _cables = [];
    private readonly List<BridgeEnd> _leases = [];
    private readonly List<(string Where, IDisposable Lent)> _lent = [];
    private HostNetwork? _host;
    private Task? _removal;

    /// <summary>Makes nothing yet.</summary>
    /// <param name="container">The container.</param>
    /// <param name="strategies">Those of the host application, by name.</param>
    public ContainerNetwork(ContainerConfiguration container, IReadOnlyDictionary<string, INetworkStrategy> strategies)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(strategies);
        (_container, _names, _strategies) = (container, InterfaceNames.Of(container), strategies);
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
    /// <param name="container">The container.</param>
    /// <param name="strategies">Those of the host application, by name.</param>
    public static IEnumerable<ConfigurationFinding> Check(ContainerConfiguration container, IReadOnlyDictionary<string, INetworkStrategy> strategies)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(strategies);
        return container.JoinedNamespaces.TryGetValue(NamespaceKinds.Network, out string? path) ? NetworkChecks.CheckNamespace(path)
            : IsAskedFor(container) ? NetworkChecks.Check(container, strategies) : [];
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
        NetworkAttachment attachment = new(processId, target, _host.Netlink, inside);
        for (int i = 0; i < _container.Networks.Length; i++)
        {
            (NetworkConfiguration network, string name) = (_container.Networks[i], _names[i]);
            string where = $"networks[{i}]";
            Attempt(where, () => Connect(where, network, name, target, attachment));
        }
        foreach ((string name, string nameInside) in _container.NetworkDevices.OrderBy(device => device.Key, StringComparer.Ordinal))
        {
            string where = $"networkDevices[\"{name}\"]";
            Attempt(where, () => _lent.Add((where, MovedDevice.Move(_host, target, netlink, name, nameInside))));
        }
        for (int i = 0; i < _container.Routes.Length; i++)
        {
            RouteConfiguration route = _container.Routes[i];
            Attempt($"routes[{i}]", () => inside.AddRoute(inside.GetLink(route.Interface), route));
        }
    }

    /// <summary>
    /// The container has ended, and its interfaces with it: takes back what it was lent. Nobody has to wait until the kernel is through with the rest, some 15 ms later; when this program ends by itself
    /// before that, it waits for addresses that were given out.
    /// </summary>
    /// <returns>Ends when the host has nothing of it any more.</returns>
    /// <exception cref="NetworkException">A device cannot be taken back.</exception>
    public Task DisconnectAsync()
    {
        if (_removal is not null)
            return _removal;
        List<Exception> failures = TakeBack();
        _removal = RemoveAsync();
        if (_leases.Count > 0)
            Departures.Track(_removal);
        return failures switch
        {
            [] => _removal,
            [var one] => throw one,
            _ => throw new AggregateException(failures),
        };
    }

    /// <summary>The same, and waits for it.</summary>
    /// <exception cref="NetworkException">A device cannot be taken back.</exception>
    /// <exception cref="NetlinkException">An interface cannot be removed.</exception>
    public void Dispose()
    {
        if (_removal is not null)
            return;
        try
        {
            DisconnectAsync();
        }
        finally
        {
            _removal!.GetAwaiter().GetResult();
        }
    }

    /// <summary>In the reverse order, all of it, whatever fails.</summary>
    private List<Exception> TakeBack()
    {
        List<Exception> failures = [];
        foreach ((string where, IDisposable lent) in Enumerable.Reverse(_lent))
        {
            try
            {
                Attempt($"{where} is not taken back", lent.Dispose);
            }
            catch (Exception error)
            {
                failures.Add(error);
            }
        }
        return failures;
    }

    private async Task RemoveAsync()
    {
        try
        {
            await Task.WhenAll(_cables.Select(cable => cable.RemoveAsync()).Concat(_leases.Select(lease => lease.RemoveAsync()))).ConfigureAwait(false);
        }
        finally
        {
            _host?.Dispose();
        }
    }

    private void Connect(string where, NetworkConfiguration network, string name, SafeFileHandle target, NetworkAttachment container)
    {
        RouteNetlink inside = container.Inside;
        switch (network)
        {
            case LoopbackNetwork { Mtu: { } mtu }:
                inside.SetMtu(inside.GetLink("lo"), mtu);
                break;
            case LoopbackNetwork:
                break; // a step of the container's own
            case VethNetwork veth:
                _cables.Add(VethStrategy.Connect(veth, name, target, _host!));
                InterfaceSetup.Complete(veth, inside.GetLink(name), inside);
                break;
            case BridgeNetwork bridged:
                (VethNetwork cable, BridgeEnd lease) = BridgeStrategy.Connect(bridged, name, target, _host!);
                _leases.Add(lease);
                InterfaceSetup.Complete(cable, inside.GetLink(name), inside);
                break;
            case MacvlanNetwork macvlan:
                container.Host.CreateMacvlan(InterfaceSetup.Options(macvlan, name, target), container.Host.GetLink(macvlan.Parent), macvlan.Mode);
                InterfaceSetup.Complete(macvlan, inside.GetLink(name), inside);
                break;
            case IpvlanNetwork ipvlan:
                container.Host.CreateIpvlan(InterfaceSetup.Options(ipvlan, name, target), container.Host.GetLink(ipvlan.Parent), ipvlan.Mode);
                InterfaceSetup.Complete(ipvlan, inside.GetLink(name), inside);
                break;
            case CustomNetwork custom:
                if (_strategies[custom.Strategy].Connect(custom, container) is { } lent)
                    _lent.Add((where, lent));
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
        catch (NetworkException error)
        {
            throw new NetworkException($"{where}: {error.Message}", error.Error, error);
        }
    }
}
