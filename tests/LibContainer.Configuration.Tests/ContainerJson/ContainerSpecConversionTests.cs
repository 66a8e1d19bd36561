using System.Text;
using LibContainer.Configuration.ContainerJson;

namespace LibContainer.Configuration.Tests.ContainerJson;

public sealed class ContainerSpecConversionTests
{
    private static ConvertedContainer Convert(string json)
        => ContainerSpecConversion.Convert(ContainerSpecReader.Read(Encoding.UTF8.GetBytes(json)), "/root/of/it", ["cmd"], name => name switch { "CHOWN" => CapabilitySet.Chown, "KILL" => CapabilitySet.Kill, _ => null });

    [Fact]
    public void What_is_given_is_taken_over()
    {
        ConvertedContainer converted = Convert("""
            {"hostname":"h","readonly_fs":true,"user":"web","working_dir":"/w","environment":["A=1"],"namespaces":{"NEWNS":true,"NEWPID":true,"NEWUTS":false},"capabilities":["CHOWN","KILL"],
             "networks":[{"type":"loopback","address":"127.0.0.1/0","gateway":"localhost"}],
             "mounts":[{"type":"devtmpfs"},{"type":"bind","source":"/s","destination":"/d"},{"type":"bind","source":"/s2","destination":"/d2","writable":true,"private":true}],
             "device_nodes":[{"type":98,"path":"/dev/disk","major_number":8,"file_mode":25008}]}
            """);

        converted.Container.Should().BeEquivalentTo(new
        {
            Root = RootFileSystem.Directory("/root/of/it"),
            ReadOnlyRoot = true,
            Hostname = "h",
            Namespaces = NamespaceKinds.Mount | NamespaceKinds.Pid,
        });
        converted.Container.Networks.Should().Equal(LoopbackNetwork.Instance);
        converted.Container.Mounts.Should().Equal(MountConfiguration.Defaults
            .Add(new("/d", "bind", "/s", MountOptions.Recursive | MountOptions.ReadOnly))
            .Add(new("/d2", "bind", "/s2", MountOptions.Recursive)));
        converted.Container.Devices.Should().Equal(new DeviceNode("/dev/disk", DeviceType.Block, 8, 0, 0x1B0));
        converted.Process.Should().BeEquivalentTo(new { User = "web", WorkingDirectory = "/w", NoNewPrivileges = false, Capabilities = CapabilityConfiguration.Of(CapabilitySet.Chown | CapabilitySet.Kill) });
        converted.Process.Arguments.Should().Equal("cmd");
        converted.Process.Environment.Should().Equal("A=1");
    }

    [Fact]
    public void What_is_not_given_is_what_it_was_then()
    {
        ConvertedContainer converted = Convert("""{"namespaces":{"NEWNS":true,"NEWTHING":true}}""");

        converted.Container.Namespaces.Should().Be(NamespaceKinds.Mount, "an unknown namespace contributed nothing");
        converted.Container.Hostname.Should().BeNull();
        converted.Container.Networks.Should().BeEmpty();
        converted.Container.MaskedPaths.Should().BeEmpty();
        converted.Process.User.Should().Be("0");
        converted.Process.WorkingDirectory.Should().Be("/");
        converted.Process.Capabilities.Should().Be(CapabilityConfiguration.Empty);
    }

    [Theory]
    [InlineData("""{"context":{"restrictions":"true"}}""", true)]
    [InlineData("""{"context":{"restrictions":"false"}}""", true)] // any word, as then
    [InlineData("""{"context":{"restrictions":""}}""", false)]
    [InlineData("{}", false)]
    public void Restrictions_are_any_word(string json, bool restricted)
    {
        Convert(json).Container.MaskedPaths.IsEmpty.Should().Be(!restricted);
        Convert(json).Container.ReadOnlyPaths.IsEmpty.Should().Be(!restricted);
    }

    [Fact]
    public void A_terminal_labels_and_the_way_out_of_the_hosts_root_are_kept()
    {
        ConvertedContainer converted = Convert(
            """{"tty":true,"no_pivot_root":true,"context":{"apparmor_profile":"docker-default","process_label":"a:b:c:s0","mount_label":"a:b:d:s0"}}""");

        converted.Process.Terminal.Should().Be(new TerminalConfiguration());
        converted.Process.AppArmorProfile.Should().Be("docker-default");
        converted.Process.SELinuxLabel.Should().Be("a:b:c:s0");
        converted.Container.MountLabel.Should().Be("a:b:d:s0");
        converted.Container.RootSwitch.Should().Be(RootSwitch.Move);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tty":false,"no_pivot_root":false,"context":{"apparmor_profile":"","process_label":"","mount_label":""}}""")]
    public void What_is_empty_is_none(string json)
    {
        ConvertedContainer converted = Convert(json);

        converted.Process.Should().Match<ProcessConfiguration>(process => process.Terminal == null && process.AppArmorProfile == null && process.SELinuxLabel == null);
        converted.Container.Should().Match<ContainerConfiguration>(container => container.MountLabel == null && container.RootSwitch == RootSwitch.Pivot);
    }

    [Theory]
    [InlineData("""{"namespaces":{"NEWUSER":true}}""", "namespaces.NEWUSER: is not supported yet")]
    [InlineData("""{"capabilities":["KILL","FLY"]}""", "capabilities[1]: 'FLY' is not a capability that is known")]
    [InlineData("""{"device_nodes":[{"type":112}]}""", "device_nodes[0].type: 112 is not a type of device: 99 (c) or 98 (b)")]
    [InlineData("""{"device_nodes":[{"type":99,"path":"/x","major_number":-1}]}""", "device_nodes[0]: -1:0 is not a device number: 0 to 4095, and 0 to 1048575")]
    [InlineData("""{"routes":[{"gateway":"10.0.0.1"}],"capabilities":["FLY"]}""", "capabilities[0]: 'FLY' is not a capability that is known; routes[0].interface_name: is missing")]
    [InlineData("""{"cgroups":{"memory":-1}}""", "cgroups.memory: -1 is negative")]
    [InlineData("""{"cgroups":{"memory_swap":-2,"cpu_quota":-2}}""", "cgroups.memory_swap: -2 is not a number of bytes, nor -1 for no limit; cgroups.cpu_quota: -2 is not a number of microseconds, nor -1 for no limit")]
    [InlineData("""{"cgroups":{"freezer":"COLD"}}""", "cgroups.freezer: 'COLD' is not FROZEN or THAWED")]
    [InlineData("""{"cgroups":{"freezer":"FROZEN"}}""", "cgroups.freezer: a container that is FROZEN from the start would never run its command; nsinit pause stops one that runs")]
    [InlineData("""{"cgroups":{"allowed_devices":[{"type":112}]}}""", "cgroups.allowed_devices[0].type: 112 is not a type of device: 99 (c) or 98 (b)")]
    [InlineData("""{"cgroups":{"allowed_devices":[{"type":99,"cgroup_permissions":"rx"}]}}""", "cgroups.allowed_devices[0].cgroup_permissions: 'rx' is not of r, w, m")]
    [InlineData("""{"cgroups":{"allowed_devices":[{"type":99,"major_number":-2}]}}""", "cgroups.allowed_devices[0]: -2:0 is not a device number, nor -1 for any")]
    public void What_is_unknown_or_not_supported_yet_is_told(string json, string sentence)
        => FluentActions.Invoking(() => Convert(json)).Should().Throw<ConfigurationException>().WithMessage(sentence);

    [Fact]
    public void A_cgroup_has_its_name_below_its_parent()
    {
        Convert("""{"cgroups":{"name":"koye","parent":"docker/x"}}""").Container.CgroupPath.Should().Be("docker/x/koye");
        Convert("""{"cgroups":{"name":"koye"}}""").Container.CgroupPath.Should().Be("koye");
        Convert("""{"cgroups":{}}""").Container.CgroupPath.Should().BeNull();
        Convert("{}").Container.Resources.Should().BeNull();
    }

    [Fact]
    public void Limits_are_those_of_2014()
    {
        ResourceConfiguration resources = Convert("""
            {"cgroups":{"memory":1000,"memory_reservation":500,"cpu_shares":512,"cpu_quota":50000,"cpu_period":100000,"cpuset_cpus":"0-1",
            "allowed_devices":[{"type":99,"major_number":136,"minor_number":-1,"cgroup_permissions":"rw"}]}}
            """).Container.Resources!;

        resources.Memory.Should().Be(new MemoryResources { LimitBytes = 1000, ReservationBytes = 500, MemoryAndSwapBytes = 2000 });
        resources.Cpu.Should().Be(new CpuResources { Shares = 512, QuotaMicroseconds = 50000, PeriodMicroseconds = 100000, Cpus = "0-1" });
        resources.Devices.Should().Equal(new DeviceRule(false), new DeviceRule(true, DeviceType.Character, 136, null, DeviceAccess.Read | DeviceAccess.Write));
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(3000, 3000L)]
    [InlineData(0, 2000L)]
    public void Swap_is_given_left_or_as_much_again_as_memory(int swap, long? both)
        => Convert($$$"""{"cgroups":{"memory":1000,"memory_swap":{{{swap}}}}}""").Container.Resources!.Memory!.MemoryAndSwapBytes.Should().Be(both);

    [Fact]
    public void All_devices_are_one_rule()
        => Convert("""{"cgroups":{"allow_all_devices":true,"allowed_devices":[{"type":98}]}}""").Container.Resources!.Devices.Should().Equal(new DeviceRule(true));
}
