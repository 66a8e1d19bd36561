using System.Collections.Immutable;
using System.Net;
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
    private readonly InterfaceNetwork?[] _made;
    private HostNetwork? _host;
    private SafeFileHandle? _target;
    private int _processId;
    private Task? _removal;

    /// <summary>Makes nothing yet.</summary>
    /// <param name="container">The container.</param>
    /// <param name="strategies">Those of the host application, by name.</param>
    public ContainerNetwork(ContainerConfiguration container, IReadOnlyDictionary<string, INetworkStrategy> strategies)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(strategies);
        (_container, _names, _strategies) = (container, InterfaceNames.Of(container), strategies);
        _made = new InterfaceNetwork?[container.Networks.Length];
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

    /// <summary>The addresses that it has been given, as soon as its interfaces are made: of each interface, in order.</summary>
    public ImmutableArray<IPAddress> Addresses => [.. _made.OfType<InterfaceNetwork>().SelectMany(network => network.Addresses).Select(address => address.Address)];

    /// <summary>Makes the container's interfaces, in its network namespace, as soon as that is there.</summary>
    /// <param name="processId">A process of it.</param>
    /// <exception cref="NetworkException">One cannot be made. What there is goes with <see cref="Dispose"/>.</exception>
    public void Make(int processId)
    {
        (_processId, _host) = (processId, HostNetwork.Take());
        _target = NamespaceFile.Open($"/proc/{processId}/ns/net");
        for (int i = 0; i < _container.Networks.Length; i++)
            if (_container.Networks[i] is InterfaceNetwork network)
            {
                string name = _names[i];
                _made[i] = Attempt($"networks[{i}]", () => Make(network, name, _target, _host));
            }
    }

    /// <summary>Connects it by them, and by all else.</summary>
    /// <param name="netlink">A socket of rtnetlink that was opened in its network namespace.</param>
    /// <exception cref="NetworkException">It cannot be. What there is goes with <see cref="Dispose"/>.</exception>
    public void Connect(SafeHandle netlink)
    {
        using RouteNetlink inside = RouteNetlink.Over(netlink);
        for (int i = 0; i < _container.Networks.Length; i++)
        {
            int index = i;
            Attempt($"networks[{i}]", () => Connect(index, inside));
        }
        foreach ((string name, string nameInside) in _container.NetworkDevices.OrderBy(device => device.Key, StringComparer.Ordinal))
        {
            string where = $"networkDevices[\"{name}\"]";
            Attempt(where, () => _lent.Add((where, MovedDevice.Move(_host!, _target!, netlink, name, nameInside))));
        }
        for (int i = 0; i < _container.Routes.Length; i++)
        {
            RouteConfiguration route = _container.Routes[i];
            Attempt($"routes[{i}]", () => inside.AddRoute(inside.Refer(route.Interface), route));
        }
        Release();
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
        Release();
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

    /// <returns>What it is set up by when the container can be reached.</returns>
    private InterfaceNetwork Make(InterfaceNetwork network, string name, SafeFileHandle target, HostNetwork host)
    {
        switch (network)
        {
            case VethNetwork veth:
                _cables.Add(VethStrategy.Connect(veth, name, target, host));
                return veth;
            case BridgeNetwork bridged:
                (VethNetwork cable, BridgeEnd lease) = BridgeStrategy.Connect(bridged, name, target, host);
                _leases.Add(lease);
                return cable;
            case MacvlanNetwork macvlan:
                host.Netlink.CreateMacvlan(InterfaceSetup.Options(macvlan, name, target), host.Netlink.Refer(macvlan.Parent), macvlan.Mode);
                return macvlan;
            case IpvlanNetwork ipvlan:
                host.Netlink.CreateIpvlan(InterfaceSetup.Options(ipvlan, name, target), host.Netlink.Refer(ipvlan.Parent), ipvlan.Mode);
                return ipvlan;
            default:
                throw new NotSupportedException($"{network.GetType().Name} is not supported yet");
        }
    }

    private void Connect(int index, RouteNetlink inside)
    {
        if (_made[index] is { } made)
            InterfaceSetup.Complete(made, inside.Refer(_names[index]), inside);
        else if (_container.Networks[index] is LoopbackNetwork { Mtu: { } mtu })
            inside.SetMtu(inside.Refer("lo"), mtu);
        else if (_container.Networks[index] is CustomNetwork custom && _strategies[custom.Strategy].Connect(custom, new NetworkAttachment(_processId, _target!, _host!.Netlink, inside)) is { } lent)
            _lent.Add(($"networks[{index}]", lent));
    }

    /// <summary>As long as it is open, the namespace is there.</summary>
    private void Release()
    {
        _target?.Dispose();
        _target = null;
    }

    private static void Attempt(string where, Action act) => Attempt(where, () =>
    {
        act();
        return true;
    });

    /// <summary>Says which entry it was.</summary>
    private static T Attempt<T>(string where, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (IOException error) when (error is NetlinkException or LinuxException or NetworkException)
        {
            Errno number = error switch
            {
                NetlinkException netlink => netlink.Error,
                NetworkException network => network.Error,
                _ => ((LinuxException)error).Error,
            };
            throw new NetworkException($"{where}: {error.Message}", number, error);
        }
    }
}
