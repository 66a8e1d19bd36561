using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.Security;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A directory as root, and what can be put into it.</summary>
public sealed class RootTests : IDisposable
{
    private readonly ProbeRoot _root = new();

    [Fact]
    public void An_empty_root_with_one_static_program_is_enough()
    {
        Requires.Root();

        Sandbox.Run(_root.Container, new ProcessConfiguration("/probe", "write", "hello")).Should().Match<Sandbox.Result>(result => result.Status.Success && result.Output == "hello");
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "written")]
    public void A_read_only_root_is_not_written_and_another_is(bool readOnly, string expected)
    {
        Requires.Root();

        Sandbox.Script("echo written > /here", OnUserland() with { ReadOnlyRoot = readOnly });

        (File.Exists(_root["here"]) ? File.ReadAllText(_root["here"]).Trim() : "").Should().Be(expected);
    }

    [Fact]
    public void A_bind_shows_the_host_and_read_only_means_the_whole_tree()
    {
        Requires.Root();
        using TemporaryDirectory shared = new();
        Directory.CreateDirectory(shared["sub"]);
        File.WriteAllText(shared["file"], "from the host");

        ContainerConfiguration writable = OnUserland() with { Mounts = [.. MountConfiguration.Defaults, Userland, MountConfiguration.Bind(shared.Path, "/shared")] };
        Sandbox.Script("cat /shared/file; echo in > /shared/sub/new", writable).Output.Should().Be("from the host");
        File.ReadAllText(shared["sub/new"]).Should().Be("in\n");

        ContainerConfiguration readOnly = OnUserland() with { Mounts = [.. MountConfiguration.Defaults, Userland, MountConfiguration.Bind(shared.Path, "/shared", readOnly: true)] };
        Sandbox.Script("echo in > /shared/sub/other; cat /shared/file", readOnly).Should().Match<Sandbox.Result>(result => result.Output == "from the host" && result.Error.Contains("Read-only"));
        File.Exists(shared["sub/other"]).Should().BeFalse();
    }

    /// <summary>The classic way out of a chroot: make another one below, and climb from where one stands.</summary>
    [Theory]
    [InlineData(RootSwitch.Move)]
    [InlineData(RootSwitch.Pivot)]
    public void A_root_is_where_climbing_out_of_a_chroot_ends(RootSwitch way)
    {
        Requires.Root();
        Requires.ProgramOfUserland("python3");
        ContainerConfiguration container = Sandbox.Default with { RootSwitch = way };
        ProcessConfiguration process = new("python3", "-c", """
            import os
            before = os.stat('/')
            os.mkdir('/tmp/x')
            os.chroot('/tmp/x')
            os.chdir('../' * 20)
            os.chroot('.')
            after = os.stat('/')
            print((before.st_dev, before.st_ino) == (after.st_dev, after.st_ino), os.path.exists('/proc/1/root'))
            """) { Capabilities = CapabilityConfiguration.Of(CapabilitySet.SysChroot) };

        Sandbox.Run(container, process).Should().Be(new Sandbox.Result(ExitStatus.FromWaitStatus(0), "True True\n", ""));
    }

    [Fact]
    public void A_root_that_was_moved_is_like_any_other()
    {
        Requires.Root();

        string[] pivoted = Sandbox.Script("ls -a / /dev /etc; cut -d ' ' -f 5 /proc/self/mountinfo | sort; pwd").Lines;
        Sandbox.Script("ls -a / /dev /etc; cut -d ' ' -f 5 /proc/self/mountinfo | sort; pwd", Sandbox.Default with { RootSwitch = RootSwitch.Move }).Lines.Should().Equal(pivoted);
    }

    /// <summary>The kernel lets nobody make a user namespace whose root is not that of its mount namespace (current_chrooted): it must not look like a chroot.</summary>
    [Fact]
    public void A_program_can_make_user_and_mount_namespaces_of_its_own()
    {
        Requires.Root();
        Requires.Program("unshare");
        // Not as root, whom a user without CAP_SETFCAP may not map.
        ProcessConfiguration process = new("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /tmp && grep -c ' /tmp ' /proc/self/mountinfo") { UserId = 65534, GroupId = 65534 };
        Sandbox.Script(":"); // and one more, below: a launcher that has started two has its own way to the root

        for (int i = 0; i < 2; i++)
            Sandbox.Run(Sandbox.Default, process).Should().Be(new Sandbox.Result(ExitStatus.FromWaitStatus(0), "2\n", ""));
    }

    [Fact]
    public void A_label_that_the_kernel_would_pass_over_is_an_error()
    {
        Requires.Root();
        string[] unknown = [.. SecurityModules.IsAppArmorEnabled ? [] : new[] { "process.appArmorProfile" }, .. SecurityModules.IsSELinuxEnabled ? [] : new[] { "process.selinuxLabel", "mountLabel" }];

        FluentActions.Invoking(() => Sandbox.Run(Sandbox.Default with { MountLabel = "l" }, new ProcessConfiguration("/bin/true") { AppArmorProfile = "p", SELinuxLabel = "l" }))
            .Should().Throw<ConfigurationException>().Which.Findings.Select(finding => finding.Path).Should().Equal(unknown, "a kernel has one of the two modules at most");
    }

    [Fact]
    public void A_file_can_be_bound_where_nothing_is()
    {
        Requires.Root();
        using TemporaryDirectory shared = new();
        File.WriteAllText(shared["config"], "key=value");

        Sandbox.Script("cat /etc/app/deep/config", OnUserland() with { Mounts = [.. MountConfiguration.Defaults, Userland, MountConfiguration.Bind(shared["config"], "/etc/app/deep/config", readOnly: true)] })
            .Output.Should().Be("key=value");
    }

    [Theory]
    [InlineData("/../../outside", "climbs out of the root")]
    [InlineData("/climbs/x", "symbolic link /climbs leads to ../../../../tmp, out of the root")]
    [InlineData("/dangling/x", "symbolic link /dangling leads to /nowhere/outside, which does not exist in the root")]
    public void A_destination_that_climbs_out_is_refused(string destination, string reason)
    {
        Requires.Root();
        File.CreateSymbolicLink(_root["climbs"], "../../../../tmp");
        File.CreateSymbolicLink(_root["dangling"], "/nowhere/outside");

        FluentActions.Invoking(() => Sandbox.Exec(_root.Container with { Mounts = [MountConfiguration.Bind("/usr", destination)] }, new ProcessConfiguration("/probe")))
            .Should().Throw<ConfigurationException>().WithMessage($"mounts[0].destination: '{destination}'*{reason}");
        Directory.Exists("/nowhere").Should().BeFalse();
    }

    /// <summary>The check before is for the sentence; this is what holds when the link is made after it.</summary>
    [Fact]
    public void A_link_to_the_outside_leads_to_the_inside()
    {
        Requires.Root();
        using TemporaryDirectory outside = new();
        Directory.CreateDirectory(_root["real" + outside.Path]);
        File.CreateSymbolicLink(_root["absolute"], "/real" + outside.Path);

        Sandbox.Script("true", OnUserland() with { Mounts = [.. MountConfiguration.Defaults, Userland, MountConfiguration.Memory("/absolute/made")] }).Status.Success.Should().BeTrue();

        Directory.GetFileSystemEntries(outside.Path).Should().BeEmpty();
        Directory.Exists(_root["real" + outside.Path + "/made"]).Should().BeTrue();
    }

    [Fact]
    public void Proc_is_not_mounted_through_a_link()
    {
        Requires.Root();
        Directory.CreateDirectory(_root["fake"]);
        File.CreateSymbolicLink(_root["proc"], "fake");

        FluentActions.Invoking(() => Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe"))).Should().Throw<LaunchException>()
            .WithMessage("mount proc on /proc*: openat2: ELOOP*");
    }

    [Fact]
    public void Devices_carry_owner_and_mode()
    {
        Requires.Root();

        Sandbox.Script("stat -c '%F %t:%T %a %u:%g' /dev/net/tun /dev/fifo", OnUserland() with
        {
            Devices = [new DeviceNode("/dev/net/tun", DeviceType.Character, 10, 200, 0x180, 3, 4), new DeviceNode("/dev/fifo", DeviceType.Fifo, 0, 0, 0x1A4)],
        }).Lines.Should().Equal("character special file a:c8 600 3:4", "fifo 0:0 644 0:0");
    }

    private static MountConfiguration Userland { get; } = MountConfiguration.Bind("/usr", "/usr", readOnly: true);

    /// <summary>The directory root with this host's programs, for scripts.</summary>
    private ContainerConfiguration OnUserland()
    {
        foreach (string link in new[] { "bin", "lib", "lib64", "sbin" })
            if (!Path.Exists(_root[link]) && new FileInfo("/" + link).LinkTarget is { } target)
                File.CreateSymbolicLink(_root[link], target);
        return _root.Container with { Mounts = [.. MountConfiguration.Defaults, Userland] };
    }

    public void Dispose() => _root.Dispose();

    /// <summary>The mount is made in a mount namespace of the test's own, which nsinit inherits.</summary>
    [Theory]
    [InlineData("", 1)]
    [InlineData("--rw", 0)]
    public void A_read_only_root_includes_what_is_mounted_below_it(string option, int expected)
    {
        Requires.Root();
        Directory.CreateDirectory(_root["sub"]);
        foreach (string link in new[] { "bin", "lib", "lib64" })
            if (new FileInfo("/" + link).LinkTarget is { } target)
                File.CreateSymbolicLink(_root[link], target);

        string script = $"mount -t tmpfs below {_root["sub"]} && {Repository.NsInit} run --root {_root.Path} {option} --bind /usr:/usr:ro -- /bin/sh -c ': > /sub/written'";
        Command.Result result = Command.Run("unshare", "-m", "--propagation", "private", "/bin/sh", "-c", script);

        Math.Min(result.ExitCode, 1).Should().Be(expected, result.Error);
    }

    [Fact]
    public void A_device_that_lies_in_an_image_cannot_be_opened()
    {
        Requires.Root();
        Command.Run("mknod", _root["null"], "c", "1", "3").ExitCode.Should().Be(0);

        Sandbox.Script("cat /null", OnUserland()).Error.Should().Contain("Permission denied");
        Sandbox.Script("cat /null", OnUserland() with { Devices = [.. DeviceNode.Defaults, new DeviceNode("/null", DeviceType.Character, 1, 3)] }).Status.Success.Should().BeTrue("one that the container asks for can");
    }

    [Fact]
    public void A_directory_is_not_bound_onto_a_file()
    {
        Requires.Root();
        File.WriteAllText(_root["file"], "");

        FluentActions.Invoking(() => Sandbox.Exec(_root.Container with { Mounts = [MountConfiguration.Bind("/usr", "/file")] }, new ProcessConfiguration("/probe")))
            .Should().Throw<LaunchException>().WithMessage("bind /usr on /file*: move_mount: E*: a directory can only be bound onto a directory, and a file onto a file");
    }
}
