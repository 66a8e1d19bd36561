using FluentAssertions;
using LibContainer.Configuration;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>What containers with interfaces leave behind on their host: nothing, one after the other or at once.</summary>
public sealed class NetworkLeakTests : IDisposable
{
    public void Dispose() => Sandbox.AwaitListener();

    [Fact]
    public void Five_hundred_starts_leave_no_interface()
    {
        Requires.Root();
        using OwnNetwork host = Bridged();

        host.Run(() =>
        {
            for (int i = 0; i < 500; i++)
                Start(host: 2);
            AwaitNames("br0", "lo");
        });
    }

    [Fact]
    public void Fifty_at_once_are_connected_and_leave_no_interface()
    {
        Requires.Root();
        using OwnNetwork host = Bridged();

        Thread[] callers = [.. Enumerable.Range(2, 50).Select(number => new Thread(() => host.Run(() => Start(number))))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());

        host.Run(() => AwaitNames("br0", "lo"));
    }

    [Fact]
    public void An_interface_whose_namespace_somebody_holds_is_removed_by_the_host()
    {
        Requires.Root();
        using OwnNetwork host = Bridged();
        SafeFileHandle? held = null;

        host.Run(() =>
        {
            Sandbox.Exec(
                Sandbox.Default with { Networks = [new VethNetwork { Bridge = "br0", HostPrefix = "held" }] }, new ProcessConfiguration("/bin/sleep", "60"),
                new ExecOptions
                {
                    Started = process =>
                    {
                        held = File.OpenHandle($"/proc/{process.Id}/ns/net");
                        process.Kill();
                    },
                });
            using (held)
                AwaitNames("br0", "lo");
        });
    }

    private static void Start(int host) => Sandbox.Exec(
        Sandbox.Default with { Networks = [LoopbackNetwork.Instance, new VethNetwork { Bridge = "br0", Addresses = [InterfaceAddress.Parse($"10.88.0.{host}/24"), InterfaceAddress.Parse($"fd00::{host:x}/64")] }] },
        new ProcessConfiguration("/bin/sh", "-c", $"grep -q 10.88.0.{host} /proc/net/fib_trie")).ExitCode.Should().Be(0);

    private static OwnNetwork Bridged()
    {
        Sandbox.StartLauncher();
        OwnNetwork host = new();
        host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateBridge(new LinkOptions("br0") { IsUp = true });
        });
        return host;
    }

    /// <summary>The kernel takes the last ones away a little after the containers have ended.</summary>
    private static void AwaitNames(params string[] names)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        SpinWait.SpinUntil(() => Names().SequenceEqual(names), TimeSpan.FromSeconds(10));
        Names().Should().Equal(names);

        IEnumerable<string> Names() => netlink.GetLinks().Select(link => link.Name).Order(StringComparer.Ordinal);
    }
}
