using System.Globalization;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>The default sandbox, as it looks from inside.</summary>
public sealed class InsideTests
{
    [Fact]
    public void The_program_is_process_1_with_its_own_host_name()
    {
        Requires.Root();

        Sandbox.Script("echo $$; hostname; cat /proc/1/comm").Lines.Should().Equal("1", "box", "sh");
    }

    [Fact]
    public void It_has_no_capabilities_and_cannot_gain_any()
    {
        Requires.Root();

        string[] status = Sandbox.Script("cat /proc/self/status").Lines;

        foreach (string set in new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" })
            status.Should().Contain($"{set}:\t0000000000000000");
        status.Should().Contain("NoNewPrivs:\t1");
    }

    [Fact]
    public void Signals_are_as_if_no_runtime_had_touched_them()
    {
        Requires.Root();

        string[] status = Sandbox.Script("cat /proc/self/status").Lines;

        status.Should().Contain("SigIgn:\t0000000000000000", "the .NET host ignores SIGPIPE");
        status.Should().Contain("SigBlk:\t0000000000000000");
    }

    [Fact]
    public void It_has_descriptors_0_to_2_and_no_others()
    {
        Requires.Root();

        // The shell expands the pattern itself; its own descriptor for the directory is the last one.
        Sandbox.Script("for fd in /proc/$$/fd/*; do test -e $fd && echo ${fd##*/}; done").Lines.Should().Equal("0", "1", "2");
    }

    [Fact]
    public void It_has_the_environment_that_was_given_and_nothing_of_the_hosts()
    {
        Requires.Root();
        Environment.SetEnvironmentVariable("LIBCONTAINER_TEST_SECRET", "host");

        Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/usr/bin/env") { Environment = ["A=1", "B=x=y"] }).Lines.Should().Equal("A=1", "B=x=y");
    }

    [Fact]
    public void It_sees_its_own_mounts_only()
    {
        Requires.Root();

        IEnumerable<string> mountPoints = Sandbox.Script("cat /proc/self/mountinfo").Lines.Select(line => line.Split(' ')[4]);

        mountPoints.Should().OnlyContain(path => path == "/" || new[] { "/usr", "/opt", "/bin", "/lib", "/sbin", "/nix", "/etc/", "/proc", "/sys", "/dev", "/tmp" }.Any(path.StartsWith));
        mountPoints.Should().Contain(["/", "/usr", "/proc", "/sys", "/dev", "/dev/pts", "/tmp", "/proc/sys"]);
    }

    [Fact]
    public void Every_namespace_is_its_own()
    {
        Requires.Root();

        string[] inside = Sandbox.Script("for n in mnt uts ipc pid net cgroup; do readlink /proc/self/ns/$n; done").Lines;

        inside.Should().HaveCount(6);
        inside.Should().NotIntersectWith(new[] { "mnt", "uts", "ipc", "pid", "net", "cgroup" }.Select(name => new FileInfo($"/proc/self/ns/{name}").LinkTarget!));
    }

    [Fact]
    public void Nothing_outside_tmp_can_be_written()
    {
        Requires.Root();
        ContainerConfiguration container = Sandbox.Default with
        {
            Mounts = [.. MountConfiguration.Defaults.Where(mount => mount.Destination != "/dev/shm").Select(mount => mount.Destination is "/dev" or "/dev/mqueue" ? mount with { Options = mount.Options | MountOptions.ReadOnly } : mount)],
        };

        string[] written = Sandbox.Script(
            "find / -xdev -type d 2>/dev/null; find /dev /sys /usr /etc /proc/sys -maxdepth 2 -type d 2>/dev/null", container).Lines;
        string list = string.Join(' ', written.Where(path => path.Length > 0).Distinct());
        Sandbox.Result result = Sandbox.Script(
            $"for d in {list} /tmp; do (: > $d/written) 2>/dev/null && echo $d; done; exit 0", container);

        result.Lines.Should().BeSubsetOf(["/tmp", "/var/tmp", "/dev/shm"], "the last two are links to the first");
        result.Lines.Should().Contain("/tmp");
    }

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("/etc/gshadow")]
    [InlineData("/etc/ssh")]
    [InlineData("/etc/machine-id")]
    [InlineData("/etc/ssl/private")]
    [InlineData("/root")]
    [InlineData("/home")]
    [InlineData("/var/lib")]
    [InlineData("/proc/1/root/etc/shadow")]
    public void Secrets_and_homes_are_not_there(string path)
    {
        Requires.Root();

        Sandbox.Script($"test -e {path}").Status.ExitCode.Should().Be(1);
    }

    [Theory]
    [InlineData("/proc/keys")]
    [InlineData("/proc/timer_list")]
    [InlineData("/proc/interrupts")]
    [InlineData("/sys/firmware")]
    public void Masked_paths_are_empty(string path)
    {
        Requires.Root();

        if (!Path.Exists(path))
            return; // this kernel has no such path, and there is nothing to hide
        Sandbox.Script($"if test -d {path}; then ls -A {path}; else cat {path}; fi").Should().Match<Sandbox.Result>(result => result.Status.Success && result.Output == "");
    }

    [Fact]
    public void Kernel_settings_cannot_be_written()
    {
        Requires.Root();

        Sandbox.Script("echo 1 > /proc/sys/net/ipv4/ip_forward").Error.Should().Contain("Read-only file system");
        Sandbox.Script("echo h > /proc/sysrq-trigger; echo $?").Output.Should().NotBe("0\n");
    }

    [Fact]
    public void Loopback_is_up_and_there_is_no_other_network()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("cat /sys/class/net/lo/flags; ls /sys/class/net; cat /proc/net/if_inet6");

        (int.Parse(result.Lines[0][2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1).Should().Be(1, "IFF_UP");
        result.Lines.Should().Contain(line => line.StartsWith("00000000000000000000000000000001", StringComparison.Ordinal));
        result.Lines.Should().NotContain("eth0");
    }

    [Fact]
    public void Devices_and_links_are_where_programs_expect_them()
    {
        Requires.Root();

        Sandbox.Script("for n in null zero full tty random urandom; do stat -c '%n %F %t:%T %a' /dev/$n; done").Lines.Should().Equal(
            "/dev/null character special file 1:3 666", "/dev/zero character special file 1:5 666", "/dev/full character special file 1:7 666",
            "/dev/tty character special file 5:0 666", "/dev/random character special file 1:8 666", "/dev/urandom character special file 1:9 666");
        Sandbox.Script("readlink /dev/fd /dev/stdin /dev/stdout /dev/stderr /dev/ptmx").Lines.Should().Equal(
            "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "pts/ptmx");
        Sandbox.Script("echo gone > /dev/null && head -c 4 /dev/zero | od -An -tx1 && test -c /dev/pts/ptmx").Status.Success.Should().BeTrue();
    }

    [Fact]
    public void Nothing_of_it_shows_on_the_host()
    {
        Requires.Root();
        string before = File.ReadAllText("/proc/self/mountinfo");

        Sandbox.Script("echo x > /tmp/libcontainer-test-inside && mkdir /tmp/d").Status.Success.Should().BeTrue();

        File.ReadAllText("/proc/self/mountinfo").Should().Be(before);
        File.Exists("/tmp/libcontainer-test-inside").Should().BeFalse();
    }

    [Fact]
    public void Dotnet_runs()
    {
        Requires.Root();
        Requires.ProgramOfUserland("dotnet");

        Sandbox.Run(Sandbox.Default, Tool("dotnet", "--version")).Output.Should().MatchRegex(@"^\d+\.\d+\.\d+");
    }

    [Fact]
    public void A_compiler_runs_and_so_does_what_it_made()
    {
        Requires.Root();
        Requires.ProgramOfUserland("gcc");

        Sandbox.Script("cd /tmp && echo 'int main(void){return 7;}' > a.c && gcc a.c && ./a.out").Status.ExitCode.Should().Be(7);
    }

    [Fact]
    public void Python_runs()
    {
        Requires.Root();
        Requires.ProgramOfUserland("python3");

        Sandbox.Run(Sandbox.Default, Tool("python3", "-c", "print(1)")).Output.Should().Be("1\n");
    }

    private static ProcessConfiguration Tool(params string[] command) => new(command) { Environment = [ProcessConfiguration.DefaultPath, "HOME=/tmp"] };

    /// <summary>Its uid is the host's, and so is the inode of /dev/null that hides a file.</summary>
    [Fact]
    public void What_hides_a_path_cannot_be_changed_from_inside()
    {
        Requires.Root();
        UnixFileMode before = File.GetUnixFileMode("/dev/null");

        Sandbox.Result result = Sandbox.Script("chmod 0600 /proc/keys || touch -d 2001-01-01 /proc/keys; echo x > /proc/keys && echo opens");

        result.Error.Should().Contain("Read-only file system");
        result.Output.Should().Be("opens\n");
        File.GetUnixFileMode("/dev/null").Should().Be(before);
    }

    [Fact]
    public void The_session_keyring_is_its_own_and_empty()
    {
        Requires.Root();

        string[] keys = Sandbox.Run(Sandbox.Default with { MaskedPaths = [] }, new ProcessConfiguration("/bin/cat", "/proc/keys")).Lines;
        string[] inside = Sandbox.Run(Sandbox.Default with { MaskedPaths = [] }, new ProcessConfiguration("/bin/sh", "-c", "cat /proc/keys | grep -c '_ses.*: empty'")).Lines;

        keys.Should().Contain(line => line.Contains("keyring") && line.Contains("_ses"));
        int.Parse(inside[0], CultureInfo.InvariantCulture).Should().BePositive();
    }
}
