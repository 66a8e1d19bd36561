using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Network;

/// <summary>Rules by which what containers send elsewhere leaves the host under the host's address. In a table of its own, so that nobody else's are touched. Source: nft(8).</summary>
internal static class Masquerade
{
    private const string Program = "nft";

    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"];

    /// <summary>Null: this host has no nft.</summary>
    internal static string? FindProgram() => Folders.Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);

    /// <summary>One transaction, in the place of whatever an earlier bridge of that name has left. And the host passes on what is not for itself.</summary>
    /// <exception cref="NetworkException">nft refuses, and says why.</exception>
    internal static void Add(BridgeNetwork network, HostNetwork host)
    {
        string table = TableOf(network.Bridge);
        StringBuilder rules = new($"add table {table}; delete table {table}; add table {table}; add chain {table} postrouting {{ type nat hook postrouting priority srcnat; }}");
        foreach (InterfaceAddress own in network.Subnets)
            rules.Append($"; add rule {table} postrouting {(new Subnet(own).IsIPv4 ? "ip" : "ip6")} saddr {own.Network} oifname != \"{network.Bridge}\" masquerade");
        Run(rules.ToString(), host);
        foreach (string setting in network.Subnets.Select(own => new Subnet(own).IsIPv4 ? "/proc/sys/net/ipv4/ip_forward" : "/proc/sys/net/ipv6/conf/all/forwarding").Distinct())
            File.WriteAllText(setting, "1"); // of the calling thread's network namespace, which is the host's
    }

    internal static void Remove(string bridge, HostNetwork host) => Run($"add table {TableOf(bridge)}; delete table {TableOf(bridge)}", host);

    private static string TableOf(string bridge) => $"inet libcontainer-{bridge}";

    /// <summary>By the launcher, in the host's network namespace: whoever ends the last container may be a thread of another one.</summary>
    private static void Run(string commands, HostNetwork host)
    {
        string program = FindProgram() ?? throw new NetworkException($"masquerading is done by {Program}, and this host has none", Errno.ENOENT);
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = Pipe.Create();
        using (readEnd)
        using (writeEnd)
        using (Borrowed network = new(host.Namespace))
        {
            LaunchPlan.Builder plan = new(0);
            plan.Add(new JoinNamespaceStep($"/proc/{Environment.ProcessId}/fd/{network.Number}", (ulong)NamespaceKinds.Network));
            plan.Add(new ExecuteStep([program], [Program, commands], []));
            using LaunchedProcess process = Launcher.Shared.Start(plan.Build(), new LaunchOptions { StandardOutput = writeEnd, StandardError = writeEnd });
            writeEnd.Dispose();
            string output = ReadAll(readEnd);
            if (process.WaitForExit() is { Success: false } status)
                throw new NetworkException($"{program} '{commands}' ended with {status}: {output.ReplaceLineEndings(" ").Trim()}");
        }
    }

    private static string ReadAll(SafeFileHandle pipe)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[4096];
        while (Descriptor.Read(pipe, buffer) is > 0 and var count)
            all.Write(buffer, 0, count);
        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }
}
