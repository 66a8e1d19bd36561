using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Mount.Tests;

/// <summary>What is taken of a host, and what never is. The host is a tree of files that the test makes.</summary>
public sealed class HostUserlandTests : IDisposable
{
    private const MountFlags ReadOnlyTree = MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.Recursive;
    private const MountFlags ReadOnlyFile = MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDev;

    private readonly TemporaryDirectory _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_host_with_merged_usr_gives_usr_and_its_links()
    {
        MakeDirectories("usr/bin", "usr/lib");
        MakeLink("bin", "usr/bin");
        MakeLink("sbin", "usr/sbin"); // also where it leads to nothing
        MakeLink("lib64", "usr/lib");

        LaunchStep[] steps = Inspect();

        steps.OfType<BindStep>().Should().Equal(new BindStep(_host["usr"], "/usr", ReadOnlyTree));
        MadeIn("/", steps).OfType<MakeSymbolicLinkStep>().Should().Equal(
            new MakeSymbolicLinkStep("bin", "usr/bin"), new MakeSymbolicLinkStep("sbin", "usr/sbin"), new MakeSymbolicLinkStep("lib64", "usr/lib"));
    }

    [Fact]
    public void A_host_without_merged_usr_gives_its_directories()
    {
        MakeDirectories("bin", "sbin", "lib", "lib64", "usr", "opt", "nix/store");

        LaunchStep[] steps = Inspect();

        steps.OfType<BindStep>().Should().BeEquivalentTo(
            new[] { "bin", "sbin", "lib", "lib64", "usr", "opt", "nix/store" }.Select(name => new BindStep(_host[name], "/" + name, ReadOnlyTree)));
        MadeIn("/", steps).Should().BeEmpty();
    }

    [Theory]
    [InlineData("etc/shadow")]
    [InlineData("etc/gshadow")]
    [InlineData("etc/passwd")]
    [InlineData("etc/sudoers")]
    [InlineData("etc/machine-id")]
    [InlineData("etc/hostname")]
    [InlineData("etc/fstab")]
    [InlineData("etc/ssh/ssh_host_ed25519_key")]
    [InlineData("etc/ssl/private/key.pem")]
    [InlineData("etc/pki/tls/private/key.pem")]
    [InlineData("etc/pki/nssdb/key4.db")]
    [InlineData("etc/krb5.keytab")]
    [InlineData("etc/NetworkManager/system-connections/home")]
    [InlineData("home/user/.ssh/id_ed25519")]
    [InlineData("root/.bash_history")]
    [InlineData("var/lib/app/data")]
    [InlineData("run/secrets/token")]
    [InlineData("srv/data")]
    [InlineData("tmp/file")]
    [InlineData("boot/vmlinuz")]
    [InlineData("nix/var/file")]
    public void A_secret_or_private_file_of_the_host_is_in_no_step(string secret)
    {
        MakeDirectories("usr", "nix/store");
        MakeFile("etc/nsswitch.conf");
        MakeFile("etc/ssl/certs/ca.pem");
        MakeFile("etc/pki/tls/certs/ca-bundle.crt");
        MakeFile(secret);

        LaunchStep[] steps = Inspect();

        steps.OfType<BindStep>().Select(bind => bind.Destination).Should().BeEquivalentTo(
            ["/usr", "/nix/store", "/etc/nsswitch.conf", "/etc/ssl/certs", "/etc/pki/tls/certs/ca-bundle.crt"], "the host has these too, and nothing else of it is taken");
        steps.OfType<BindStep>().Should().NotContain(bind => (_host[secret] + "/").StartsWith(bind.Source + "/"));
        steps.Should().NotContain(step => step.Description.Contains(_host[secret]));
    }

    [Fact]
    public void Accounts_are_written_and_not_the_hosts()
    {
        MakeFile("etc/passwd", "mallory:x:1000:1000::/home/mallory:/bin/sh\n");
        MakeFile("etc/group", "mallory:x:1000:\n");
        MakeFile("etc/hosts", "10.0.0.1 secret.example\n");

        LaunchStep[] steps = Inspect("web");

        WriteFileStep[] files = [.. MadeIn("/etc", steps).OfType<WriteFileStep>()];
        files.Select(file => file.Name).Should().Equal("passwd", "group", "hosts");
        files.Should().OnlyContain(file => file.Mode == Convert.ToInt32("0644", 8) && file.Content.EndsWith('\n') && !file.Content.Contains("mallory"));
        files[0].Content.Should().StartWith("root:x:0:0:");
        files[2].Content.Should().Be("127.0.0.1\tlocalhost web\n::1\tlocalhost\n");
    }

    [Fact]
    public void Without_a_host_name_localhost_is_alone()
        => Inspect(hostname: null).OfType<WriteFileStep>().Single(file => file.Name == "hosts").Content.Should().Be("127.0.0.1\tlocalhost\n::1\tlocalhost\n");

    [Fact]
    public void A_link_in_etc_is_copied_as_a_link_and_a_file_is_bound()
    {
        MakeFile("etc/services");
        MakeFile("etc/ssl/openssl.cnf");
        MakeDirectories("etc/fonts");
        MakeLink("etc/localtime", "/usr/share/zoneinfo/UTC");
        MakeLink("etc/os-release", "../usr/lib/os-release");
        MakeLink("etc/ssl/cert.pem", "certs/ca.pem");

        LaunchStep[] steps = Inspect();

        steps.OfType<BindStep>().Should().BeEquivalentTo(
        [
            new BindStep(_host["etc/services"], "/etc/services", ReadOnlyFile, IsFile: true),
            new BindStep(_host["etc/ssl/openssl.cnf"], "/etc/ssl/openssl.cnf", ReadOnlyFile, IsFile: true),
            new BindStep(_host["etc/fonts"], "/etc/fonts", ReadOnlyTree),
        ]);
        MadeIn("/etc", steps).Should().Contain(new MakeSymbolicLinkStep("localtime", "/usr/share/zoneinfo/UTC"))
            .And.Contain(new MakeSymbolicLinkStep("os-release", "../usr/lib/os-release"));
        MadeIn("/etc/ssl", steps).Should().Equal(new MakeSymbolicLinkStep("cert.pem", "certs/ca.pem"));
    }

    [Fact]
    public void A_host_with_nothing_gives_an_empty_root_with_tmp_var_and_run()
        => Inspect().Where(step => step is not WriteFileStep).Should().Equal(
            new OpenRootMemoryStep("1m"),
            new MaskPathStep("/usr/local/etc"),
            new OpenDirectoryStep("/var"),
            new MakeSymbolicLinkStep("tmp", "/tmp"),
            new MakeSymbolicLinkStep("run", "/run"),
            new OpenDirectoryStep("/etc"),
            new OpenDirectoryStep("/run"),
            new MountStep("tmpfs", "/tmp", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "mode=1777"));

    [Fact]
    public void Only_tmp_can_be_written()
    {
        MakeDirectories("usr", "opt");
        MakeFile("etc/services");
        LaunchStep[] steps = Inspect();

        steps.OfType<BindStep>().Should().HaveCount(3).And.OnlyContain(bind => bind.Flags.HasFlag(ReadOnlyFile));
        steps.OfType<MountStep>().Should().Equal(new MountStep("tmpfs", "/tmp", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "mode=1777"));
    }

    [Fact]
    public void The_memory_of_the_root_comes_before_what_is_put_into_it()
    {
        MakeDirectories("usr");
        MakeLink("bin", "usr/bin");

        Inspect()[0].Should().Be(new OpenRootMemoryStep("1m"));
    }

    private LaunchStep[] Inspect(string? hostname = null)
    {
        LaunchPlan.Builder plan = new();
        HostUserland.Inspect(_host.Path).AddSteps(plan, hostname, null);
        return [.. plan.Build().Steps];
    }

    /// <summary>The steps that work in a directory: those behind its opening, up to another's.</summary>
    private static IEnumerable<LaunchStep> MadeIn(string directory, IEnumerable<LaunchStep> steps)
    {
        string? open = null;
        foreach (LaunchStep step in steps)
        {
            if (step is OpenDirectoryStep opening)
                open = opening.Path;
            else if (open == directory && (step is MakeSymbolicLinkStep or WriteFileStep))
                yield return step;
        }
    }

    private void MakeDirectories(params string[] names)
    {
        foreach (string name in names)
            Directory.CreateDirectory(_host[name]);
    }

    private void MakeFile(string name, string content = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_host[name])!);
        File.WriteAllText(_host[name], content);
    }

    private void MakeLink(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_host[name])!);
        File.CreateSymbolicLink(_host[name], target);
    }
}
