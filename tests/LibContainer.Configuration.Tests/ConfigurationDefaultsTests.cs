namespace LibContainer.Configuration.Tests;

/// <summary>What a configuration is when little is said, and that it is a value.</summary>
public sealed class ConfigurationDefaultsTests
{
    [Fact]
    public void A_container_has_all_namespaces_the_system_mounts_and_devices_and_a_loopback()
    {
        ContainerConfiguration container = new() { Root = RootFileSystem.HostUserland() };

        container.Namespaces.Should().Be((NamespaceKinds)0x6E020000);
        container.Mounts.Select(mount => mount.Destination).Should().Equal("/proc", "/sys", "/dev", "/dev/shm", "/dev/pts", "/dev/mqueue");
        container.Devices.Select(device => (device.Path, device.Major, device.Minor)).Should().BeEquivalentTo(
            [("/dev/null", 1, 3), ("/dev/zero", 1, 5), ("/dev/full", 1, 7), ("/dev/random", 1, 8), ("/dev/urandom", 1, 9), ("/dev/tty", 5, 0)]);
        container.Networks.Should().Equal(LoopbackNetwork.Instance);
        container.MaskedPaths.Should().Equal(ContainerConfiguration.DefaultMaskedPaths).And.Contain("/proc/kcore").And.Contain("/proc/keys");
        container.ReadOnlyPaths.Should().Equal(ContainerConfiguration.DefaultReadOnlyPaths).And.Contain("/proc/sys").And.Contain("/proc/sysrq-trigger");
    }

    [Fact]
    public void A_process_has_no_rights_and_gets_none()
    {
        ProcessConfiguration process = new("/bin/true");

        process.Capabilities.Should().Be(new CapabilityConfiguration(0, 0, 0, 0, 0));
        process.NoNewPrivileges.Should().BeTrue();
        process.Environment.Should().Equal("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        process.Umask.Should().Be(Convert.ToInt32("022", 8));
        (process.UserId, process.GroupId, process.WorkingDirectory).Should().Be((0, 0, "/"));
    }

    [Fact]
    public void A_default_device_is_a_character_device_that_everybody_may_use()
        => DeviceNode.Defaults.Should().OnlyContain(device => device.Type == DeviceType.Character && device.Mode == Convert.ToInt32("0666", 8));

    [Theory]
    [InlineData("/proc", MountOptions.NoSuid | MountOptions.NoDev | MountOptions.NoExec)]
    [InlineData("/sys", MountOptions.NoSuid | MountOptions.NoDev | MountOptions.NoExec | MountOptions.ReadOnly)]
    [InlineData("/dev/shm", MountOptions.NoSuid | MountOptions.NoDev | MountOptions.NoExec)]
    [InlineData("/dev/mqueue", MountOptions.NoSuid | MountOptions.NoDev | MountOptions.NoExec)]
    [InlineData("/dev/pts", MountOptions.NoSuid | MountOptions.NoExec)] // its nodes have to work
    [InlineData("/dev", MountOptions.NoSuid)]
    public void A_system_mount_does_no_more_than_it_must(string destination, MountOptions options)
        => MountConfiguration.Defaults.Single(mount => mount.Destination == destination).Options.Should().HaveFlag(options);

    [Theory]
    [InlineData(false, MountOptions.Recursive | MountOptions.NoSuid | MountOptions.NoDev)]
    [InlineData(true, MountOptions.Recursive | MountOptions.NoSuid | MountOptions.NoDev | MountOptions.ReadOnly)]
    public void A_bind_brings_what_is_mounted_below_it(bool readOnly, MountOptions options)
        => MountConfiguration.Bind("/a", "/b", readOnly).Should().Be(new MountConfiguration("/b", "bind", "/a", options));

    [Fact]
    public void A_list_of_a_container_that_was_never_made_is_empty()
    {
        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.HostUserland(),
            Mounts = default,
            Devices = default,
            MaskedPaths = default,
            ReadOnlyPaths = default,
            Networks = default,
        };

        new[] { container.Mounts.Length, container.Devices.Length, container.MaskedPaths.Length, container.ReadOnlyPaths.Length, container.Networks.Length }
            .Should().OnlyContain(length => length == 0);
    }

    [Fact]
    public void A_list_of_a_process_that_was_never_made_is_empty()
    {
        ProcessConfiguration process = new() { Arguments = default, Environment = default, AdditionalGroupIds = default, ResourceLimits = default };

        new[] { process.Arguments.Length, process.Environment.Length, process.AdditionalGroupIds.Length, process.ResourceLimits.Length }
            .Should().OnlyContain(length => length == 0);
    }

    [Fact]
    public void Two_that_say_the_same_are_the_same()
    {
        MountConfiguration.Bind("/a", "/b").Should().Be(MountConfiguration.Bind("/a", "/b")).And.NotBe(MountConfiguration.Bind("/a", "/b", readOnly: true));
        MountConfiguration.Memory("/a").Should().Be(MountConfiguration.Memory("/a")).And.NotBe(MountConfiguration.Memory("/b"));
        RootFileSystem.Directory("/a").Should().Be(RootFileSystem.Directory("/a")).And.NotBe(RootFileSystem.Directory("/b"));
        RootFileSystem.HostUserland().Should().Be(RootFileSystem.HostUserland()).And.NotBe(RootFileSystem.Directory("/"));
        new DeviceNode("/x", DeviceType.Fifo, 0, 0).Should().Be(new DeviceNode("/x", DeviceType.Fifo, 0, 0));
        new ResourceLimit(ResourceKind.Core, null, 1).Should().Be(new ResourceLimit(ResourceKind.Core, null, 1));
        CapabilityConfiguration.Of(CapabilitySet.None).Should().Be(CapabilityConfiguration.Empty);
    }

    [Fact]
    public void A_changed_copy_leaves_its_original_as_it_was()
    {
        ContainerConfiguration original = new() { Root = RootFileSystem.Directory("/a") };

        ContainerConfiguration copy = original with { Hostname = "b", Mounts = original.Mounts.Add(MountConfiguration.Memory("/x")) };

        original.Hostname.Should().BeNull();
        original.Mounts.Should().Equal(MountConfiguration.Defaults);
        copy.Should().NotBe(original);
        (copy with { Hostname = null, Mounts = original.Mounts }).Should().Be(original);
    }
}
