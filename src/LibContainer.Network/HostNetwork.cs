using System.Collections.Concurrent;
using LibContainer.Linux;
using LibContainer.Network.Netlink;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Network;

/// <summary>
/// The network namespace of the calling thread, seen from a container: what it gets there, and how long that lasts. An interface that goes with the container's namespace goes 15 to 50 ms after the last
/// process in it; nobody has to wait for that, and one listener for all of them hears it.
/// </summary>
internal sealed class HostNetwork : IDisposable
{
    /// <summary>How long the listener stays when it has nothing to listen for: the next container may come soon.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private const string OfThisThread = "/proc/thread-self/ns/net";

    private static readonly Dictionary<string, HostNetwork> All = [];

    private readonly string _namespace;
    private readonly NetlinkSocket _events;
    private readonly Dictionary<int, TaskCompletionSource> _watched = [];
    private readonly ConcurrentDictionary<int, bool> _bridges = new();
    private int _users;

    private HostNetwork(string ofNamespace)
    {
        _namespace = ofNamespace;
        Namespace = NamespaceFile.Open(OfThisThread);
        NetlinkSocket? events = null;
        RouteNetlink? netlink = null;
        try
        {
            Netlink = netlink = RouteNetlink.Open();
            _events = events = NetlinkSocket.Open();
            _events.Join(Rtnetlink.RTNLGRP_LINK, Rtnetlink.RTM_DELLINK);
            new Thread(Listen) { IsBackground = true, Name = "LibContainer links" }.Start();
        }
        catch
        {
            events?.Dispose();
            netlink?.Dispose();
            Namespace.Dispose();
            throw;
        }
    }

    internal RouteNetlink Netlink { get; }

    internal SafeFileHandle Namespace { get; }

    /// <summary>What tells it from the others of this machine: <c>net:[4026531840]</c>.</summary>
    internal string Id => _namespace;

    /// <summary>That of the calling thread. To be disposed.</summary>
    internal static HostNetwork Take()
    {
        string current = File.ResolveLinkTarget(OfThisThread, returnFinalTarget: false)!.Name;
        lock (All)
        {
            if (!All.TryGetValue(current, out HostNetwork? network))
                All.Add(current, network = new HostNetwork(current));
            network._users++;
            return network;
        }
    }

    /// <summary>Why a cable cannot be led into an interface of this name. Null: it is a bridge.</summary>
    internal string? WhyNoBridge(string name)
    {
        // The kernel tells the kind only after it has seen to whatever it has put off for the interface: 0.3 ms. A number is never another's in one namespace.
        if (Netlink.FindIndex(name) is not { } index)
            return $"this host has no interface {name}";
        if (_bridges.ContainsKey(index))
            return null;
        switch (Netlink.FindLink(index))
        {
            case null:
                return $"this host has no interface {name}";
            case { Kind: "bridge" }:
                _bridges.TryAdd(index, true);
                return null;
            case { Kind: var kind }:
                return $"{name} is no bridge{(kind.Length == 0 ? "" : $": it is {kind}")}";
        }
    }

    /// <summary>Has an end that comes when the interface is gone.</summary>
    internal Task WhenGone(NetworkLink link)
    {
        lock (_watched)
        {
            if (!_watched.TryGetValue(link.Index, out TaskCompletionSource? gone))
                _watched.Add(link.Index, gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return gone.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (All)
            _users--;
    }

    private void Listen()
    {
        byte[] buffer = new byte[32768];
        while (true)
        {
            try
            {
                Read(buffer.AsSpan(0, _events.Receive(buffer, Linger)));
            }
            catch (LinuxException error) when (error.Error == Errno.ETIMEDOUT)
            {
                if (TryClose())
                    return;
            }
            catch (LinuxException error) when (error.Error == Errno.ENOBUFS)
            {
                LookForAll(); // more has happened than the socket has room for
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                Abandon(); // nobody called who could be told
                return;
            }
        }
    }

    private void Read(ReadOnlySpan<byte> packet)
    {
        while (!packet.IsEmpty)
        {
            ReadOnlySpan<byte> body = NetlinkConnection.Next(ref packet, out ushort type, out _)[NetlinkRequest.HeaderLength..];
            // Family AF_BRIDGE: it is no longer a port, which is told first.
            if (type == Rtnetlink.RTM_DELLINK && body[0] == 0)
                Complete(NetworkLink.IndexOf(body));
        }
    }

    private void LookForAll()
    {
        int[] watched;
        lock (_watched)
            watched = [.. _watched.Keys];
        HashSet<int> present = [.. Netlink.GetLinks().Select(link => link.Index)];
        foreach (int index in watched)
            if (!present.Contains(index))
                Complete(index);
    }

    /// <summary>Who has taken this one does without its news, and looks for itself when the time is up. The next one makes another.</summary>
    private void Abandon()
    {
        lock (All)
            All.Remove(_namespace);
        _events.Dispose();
    }

    /// <summary>Nobody has to be told any more.</summary>
    internal void Forget(NetworkLink link) => Complete(link.Index);

    private void Complete(int index)
    {
        TaskCompletionSource? gone;
        lock (_watched)
            _watched.Remove(index, out gone);
        gone?.SetResult();
    }

    private bool TryClose()
    {
        lock (All)
        {
            if (_users > 0)
                return false;
            All.Remove(_namespace);
        }
        _events.Dispose();
        Netlink.Dispose();
        Namespace.Dispose();
        return true;
    }
}
