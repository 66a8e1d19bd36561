using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using FluentAssertions;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network;
using LibContainer.Network.Netlink;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>Bridges that the library makes itself, and the addresses that it gives out on them, in a network namespace that the test has made.</summary>
public sealed class BridgeNetworkTests : IDisposable
{
    private const string Bridge = "lc0";
    private const string Folder = "/run/libcontainer/networks";

    private readonly OwnNetwork _host;
    private readonly string _table;

    public BridgeNetworkTests()
    {
        Requires.Root();
        Sandbox.StartLauncher();
        _host = new OwnNetwork();
        _table = _host.Run(() => $"{Folder}/{Bridge}@{File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.Name[5..^1]}.json");
    }

    public void Dispose()
    {
        Directory.EnumerateFiles(Directory.CreateDirectory(Folder).FullName, Path.GetFileName(_table) + "*").Should().BeEmpty("the last container takes the table along");
        _host.Dispose();
        Sandbox.AwaitListener();
    }

    [Fact]
    public void Containers_get_addresses_reach_each_other_and_leave_nothing()
    {
        Requires.ProgramOfUserland("busybox");
        Requires.Program("ip");
        Sandbox.Result second = null!;

        _host.Run(() => Sandbox.Exec(OnBridge(), new ProcessConfiguration("busybox", "nc", "-l", "-p", "7000"), new ExecOptions
        {
            StandardInput = StandardStream.Null,
            Started = _ =>
            {
                Names().Should().Contain(Bridge);
                second = Sandbox.Script(
                    $"ip -o address show dev eth0 scope global; ip route; ip -6 route show default; cat /sys/class/net/eth0/address; for a in 10.88.0.1 fd00:88::1; do busybox nc -w 5 $a 9 2>&1 | grep -o refused; done; {Connect("10.88.0.2")}",
                    OnBridge());
            },
        })).ExitCode.Should().Be(0);

        second.Output.Should().ContainAll("10.88.0.3/24", "fd00:88::3/64", "default via 10.88.0.1 dev eth0", "default via fd00:88::1 dev eth0", "02:42:0a:58:00:03", "refused\nrefused\nconnected");
        _host.Run(AwaitNothing);
    }

    [Fact]
    public void Fifty_at_once_get_fifty_addresses_and_five_hundred_starts_leave_none()
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = Pipe.Create();
        MemoryStream[] outputs = [.. Enumerable.Range(0, 50).Select(_ => new MemoryStream())];
        using (readEnd)
        using (CountdownEvent running = new(outputs.Length))
        {
            Thread[] callers = [.. outputs.Select(output => new Thread(() => _host.Run(() => Sandbox.Exec(
                OnBridge(), new ProcessConfiguration("/bin/sh", "-c", "grep -o '10\\.88\\.0\\.[0-9]*' /proc/net/fib_trie | sort -u | tr '\\n' ' '; read end"),
                new ExecOptions { StandardInput = StandardStream.FromHandle(readEnd), StandardOutput = StandardStream.FromStream(output), Started = _ => running.Signal() }))))];
            Array.ForEach(callers, caller => caller.Start());
            bool allRun = running.Wait(TimeSpan.FromSeconds(60));
            writeEnd.Dispose(); // all end
            Array.ForEach(callers, caller => caller.Join());
            allRun.Should().BeTrue();
        }
        outputs.Select(output => Encoding.UTF8.GetString(output.ToArray()).Split(' ').Single(address => address is not ("" or "10.88.0.0" or "10.88.0.255"))).Should().OnlyHaveUniqueItems().And.HaveCount(50);

        _host.Run(() =>
        {
            for (int i = 0; i < 500; i++)
                Sandbox.Exec(OnBridge(), new ProcessConfiguration("/bin/true")).ExitCode.Should().Be(0);
            AwaitNothing();
        });
    }

    [Fact]
    public void An_address_that_is_asked_for_is_had_by_one_alone()
    {
        ContainerConfiguration container = OnBridge(new BridgeNetwork { Bridge = Bridge, Subnets = [InterfaceAddress.Parse("10.88.0.0/24")], Addresses = [InterfaceAddress.Parse("10.88.0.7/24")] });

        _host.Run(() => Sandbox.Exec(container, new ProcessConfiguration("/bin/true"), new ExecOptions
        {
            Started = _ => FluentActions.Invoking(() => Sandbox.Script("true", container)).Should().Throw<NetworkException>()
                .WithMessage($"networks[1]: 10.88.0.7 is in use on {Bridge}: by veth*, of process {Environment.ProcessId}"),
        }));

        _host.Run(AwaitNothing);
    }

    [Fact]
    public void A_subnet_that_is_full_says_so_and_nothing_is_left()
    {
        ContainerConfiguration container = OnBridge(Networks.Bridge(Bridge, "10.88.0.0/30"));

        _host.Run(() => Sandbox.Exec(container, new ProcessConfiguration("/bin/true"), new ExecOptions
        {
            Started = _ => FluentActions.Invoking(() => Sandbox.Script("true", container)).Should().Throw<NetworkException>()
                .WithMessage($"networks[1]: no address of 10.88.0.0/30 is free on {Bridge}: 1 containers have one"),
        }));

        _host.Run(AwaitNothing);
    }

    [Fact]
    public void What_a_killed_host_had_is_given_out_again_and_its_bridge_goes_with_the_next_last_container()
    {
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateBridge(new LinkOptions(Bridge)); // half-made: down, without an address
            Directory.CreateDirectory(Folder);
            File.WriteAllText(_table, """{"isMade":true,"masquerades":false,"leases":[{"addresses":["10.88.0.2/24","fd00:88::2/64"],"link":"veth00000000","owner":2147483647,"ownerStart":"1"}]}""");

            Sandbox.Script("grep -c 10.88.0.2 /proc/net/fib_trie", OnBridge()).Output.Should().NotBe("0\n").And.NotBeEmpty();

            AwaitNothing();
        });
    }

    [Fact]
    public void A_bridge_of_somebody_else_stays_and_needs_the_address()
    {
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateBridge(new LinkOptions(Bridge) { IsUp = true });
            FluentActions.Invoking(() => Sandbox.Script("true", OnBridge(Networks.Bridge(Bridge, "10.88.0.0/24")))).Should().Throw<ConfigurationException>()
                .WithMessage($"networks[1].bridge: {Bridge} is there, and was not made by this library: it has no address 10.88.0.1/24");
            netlink.AddAddress(netlink.GetLink(Bridge), InterfaceAddress.Parse("10.88.0.1/24"));

            Sandbox.Script("true", OnBridge(Networks.Bridge(Bridge, "10.88.0.0/24"))).Status.ExitCode.Should().Be(0);

            SpinWait.SpinUntil(() => !File.Exists(_table + ".lock"), TimeSpan.FromSeconds(10)).Should().BeTrue();
            Names().Should().Equal(Bridge, "lo");
        });
    }

    [Fact]
    public void A_bridge_that_goes_while_it_is_looked_at_is_none_of_somebody_else()
    {
        Requires.Program("flock");
        Directory.CreateDirectory(Folder);
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.CreateBridge(new LinkOptions(Bridge)); // as the last container's end has it between two calls: the table is gone
            using Process holder = Process.Start(new ProcessStartInfo("flock", [_table + ".lock", "sh", "-c", "echo held; read end"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            holder.StandardOutput.ReadLine().Should().Be("held");
            Task<Sandbox.Result> start = Task.Factory.StartNew(() => _host.Run(() => Sandbox.Script("true", OnBridge())), TaskCreationOptions.LongRunning);
            SpinWait.SpinUntil(() => start.IsCompleted || File.ReadLines("/proc/locks").Any(held => held.Contains("-> FLOCK", StringComparison.Ordinal)), TimeSpan.FromSeconds(30)).Should().BeTrue();

            netlink.Delete(netlink.GetLink(Bridge));
            holder.StandardInput.Close();

            start.GetAwaiter().GetResult().Status.ExitCode.Should().Be(0);
            holder.WaitForExit();
            AwaitNothing();
        });
    }

    [Fact]
    public void A_table_that_is_none_is_named()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(_table, "{");
        try
        {
            FluentActions.Invoking(() => _host.Run(() => Sandbox.Script("true", OnBridge()))).Should().Throw<IOException>().WithMessage($"*{_table} is no table of leases: *");
        }
        finally
        {
            File.Delete(_table);
            File.Delete(_table + ".lock");
        }
    }

    [Fact]
    public void What_leaves_the_host_has_the_hosts_address_where_that_is_asked_for()
    {
        Requires.Program("nft");
        Requires.ProgramOfUserland("busybox");
        using OwnNetwork outside = new(); // knows no way back to 10.88.0.0/24
        _host.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            using SafeFileHandle target = File.OpenHandle(outside.Path);
            netlink.CreateVeth(new LinkOptions("wan0") { IsUp = true }, new LinkOptions("wan0") { Namespace = target });
            netlink.AddAddress(netlink.GetLink("wan0"), InterfaceAddress.Parse("192.0.2.1/24"));
            outside.Run(() =>
            {
                using RouteNetlink far = RouteNetlink.Open();
                far.SetUp(far.GetLink("wan0"));
                far.AddAddress(far.GetLink("wan0"), InterfaceAddress.Parse("192.0.2.2/24"));
            });
            const string Ask = "busybox nc -w 2 192.0.2.2 9 2>&1 | grep -o refused";

            Sandbox.Script(Ask, OnBridge()).Output.Should().BeEmpty("nobody outside knows the way back");
            AwaitNothing("wan0");
            Sandbox.Script(Ask, OnBridge(Networks.Bridge(Bridge, "10.88.0.0/24", "fd00:88::/64") with { Masquerade = true })).Output.Should().Be("refused\n");

            AwaitNothing("wan0");
            Command.Run("nft", "list", "tables").Output.Should().BeEmpty();
        });
    }

    [Fact]
    public void An_internal_network_has_no_way_out()
        => _host.Run(() =>
        {
            Sandbox.Script("grep -c ^eth0 /proc/net/route; grep -c '^eth0[[:space:]]00000000' /proc/net/route", OnBridge(Networks.Bridge(Bridge, "10.88.0.0/24") with { IsInternal = true })).Lines.Should().Equal("1", "0");
            AwaitNothing();
        });

    private static string Connect(string address) => $"n=0; until : | busybox nc -w 5 {address} 7000; do n=$((n+1)); [ $n -lt 100000 ] || exit 1; done; echo connected";

    private static ContainerConfiguration OnBridge(BridgeNetwork? network = null)
        => Sandbox.Default with { Networks = [LoopbackNetwork.Instance, network ?? Networks.Bridge(Bridge, "10.88.0.0/24", "fd00:88::/64")] };

    /// <summary>The last one goes a little after its container.</summary>
    private void AwaitNothing() => AwaitNothing([]);

    private void AwaitNothing(params string[] others)
    {
        string[] left = [.. others.Append("lo").Order(StringComparer.Ordinal)];
        SpinWait.SpinUntil(() => Names().SequenceEqual(left) && !File.Exists(_table + ".lock"), TimeSpan.FromSeconds(10));
        Names().Should().Equal(left);
        File.Exists(_table).Should().BeFalse();
    }

    private static ImmutableArray<string> Names()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return [.. netlink.GetLinks().Select(link => link.Name).Order(StringComparer.Ordinal)];
    }
}
