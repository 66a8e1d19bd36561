using System.Collections.Immutable;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Mount;

/// <summary>This host's programs and libraries as a root: an empty file system in memory into which the parts of the host are bound, read-only.</summary>
/// <remarks>
/// An allow-list: what is not named here is not there. No homes, no /var, no /run, and of /etc what programs need to run; never shadow, keys,
/// host identity (machine-id), or what services are configured with.
/// </remarks>
internal sealed class HostUserland
{
    /// <summary>Links on a host with merged /usr, directories on others.</summary>
    private static readonly string[] Trees = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "opt", "nix/store"];

    /// <summary>What programs read in /etc and everybody may know. Private halves (ssl/private, pki/tls/private) are left out by naming the public ones.</summary>
    private static readonly string[] EtcEntries =
    [
        "alternatives", "bash.bashrc", "crypto-policies", "debian_version", "dotnet", "fonts", "gai.conf", "host.conf", "inputrc", "java-11-openjdk",
        "java-17-openjdk", "java-21-openjdk", "java-25-openjdk", "ld.so.cache", "locale.alias", "locale.conf", "localtime", "magic", "magic.mime", "mime.types",
        "nsswitch.conf", "os-release", "perl", "pki/ca-trust/extracted", "pki/java", "pki/tls/cert.pem", "pki/tls/certs/ca-bundle.crt", "profile", "protocols", "python3",
        "python3.11", "python3.12", "python3.13", "redhat-release", "services", "ssl/cert.pem", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone",
    ];

    // Programs look their own user up. The host's accounts are nobody's business inside.
    private const string Passwd = "root:x:0:0:root:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n";
    private const string Group = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n";

    private readonly ImmutableArray<BindStep> _binds;
    private readonly ImmutableArray<(string Path, string Target)> _links;

    private HostUserland(ImmutableArray<BindStep> binds, ImmutableArray<(string Path, string Target)> links)
    {
        _binds = binds;
        _links = links;
    }

    /// <summary>Looks at what this host has.</summary>
    /// <param name="host">Its root; another directory in tests.</param>
    internal static HostUserland Inspect(string host)
    {
        ImmutableArray<BindStep>.Builder binds = ImmutableArray.CreateBuilder<BindStep>();
        ImmutableArray<(string, string)>.Builder links = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (string entry in Trees.Concat(EtcEntries.Select(entry => "etc/" + entry)))
        {
            string source = Path.Combine(host, entry);
            // A link is copied as a link: bound, it would show what it points to under a second name, and libraries are found by path.
            if (new FileInfo(source).LinkTarget is { } target)
                links.Add(("/" + entry, target));
            else if (Directory.Exists(source))
                binds.Add(new BindStep(source, "/" + entry, MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.Recursive));
            else if (File.Exists(source))
                binds.Add(new BindStep(source, "/" + entry, MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDev, IsFile: true));
        }
        return new HostUserland(binds.ToImmutable(), links.ToImmutable());
    }

    internal void AddSteps(LaunchPlan.Builder plan, string? hostname, string? label)
    {
        plan.Add(new OpenRootMemoryStep("1m", label)); // a few names; the data lies in the binds
        foreach (BindStep bind in _binds)
            plan.Add(bind);
        plan.Add(new MaskPathStep("/usr/local/etc")); // settings of this host that came along with /usr
        string? open = null;
        foreach ((string path, string target) in _links.Append(("/var/tmp", "/tmp")).Append(("/var/run", "/run")))
        {
            open = DirectorySteps.Open(plan, Path.GetDirectoryName(path)!, open);
            plan.Add(new MakeSymbolicLinkStep(Path.GetFileName(path), target));
        }
        DirectorySteps.Open(plan, "/etc", open);
        plan.Add(new WriteFileStep("passwd", Passwd));
        plan.Add(new WriteFileStep("group", Group));
        plan.Add(new WriteFileStep("hosts", Hosts(hostname)));
        plan.Add(new OpenDirectoryStep("/run"));
        plan.Add(new MountStep("tmpfs", "/tmp", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, MountLabel.AddTo("mode=1777", label)));
    }

    private static string Hosts(string? hostname) => $"127.0.0.1\tlocalhost {hostname}".TrimEnd() + "\n::1\tlocalhost\n";
}
