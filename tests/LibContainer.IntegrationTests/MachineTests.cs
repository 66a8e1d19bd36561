using LibContainer.Security;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>What is true on one kind of machine only. <c>scripts/test-vm</c> boots each kind; other test runs leave these tests out.</summary>
public sealed class MachineTests
{
    [Fact]
    [Trait("Machine", "apparmor")]
    public void Where_the_kernel_says_AppArmor_AppArmor_is_on_and_SELinux_is_not()
    {
        KernelsOwnList().Should().Contain("apparmor");

        SecurityModules.IsAppArmorEnabled.Should().BeTrue();
        SecurityModules.IsSELinuxEnabled.Should().BeFalse();
    }

    [Fact]
    [Trait("Machine", "selinux")]
    public void Where_the_kernel_says_SELinux_SELinux_is_on_and_AppArmor_is_not()
    {
        KernelsOwnList().Should().Contain("selinux");

        SecurityModules.IsSELinuxEnabled.Should().BeTrue();
        SecurityModules.IsAppArmorEnabled.Should().BeFalse();
    }

    [Fact]
    [Trait("Machine", "apparmor")]
    [Trait("Machine", "selinux")]
    [Trait("Machine", "v2")]
    [Trait("Machine", "v1full")]
    [Trait("Machine", "systemd")]
    public void A_container_starts_on_every_machine_and_returns_its_exit_code()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("echo $$; hostname; exit 7");

        result.Error.Should().BeEmpty();
        result.Lines.Should().Equal("1", "box");
        result.Status.ExitCode.Should().Be(7);
    }

    [Fact]
    [Trait("Machine", "v2")]
    public void The_machine_with_version_2_has_the_controllers_of_limits_there()
        => File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Split([' ', '\n']).Should().Contain(["cpuset", "cpu", "io", "memory", "pids"]);

    [Fact]
    [Trait("Machine", "v1full")]
    public void The_machine_with_version_1_has_the_controllers_of_limits_there_and_no_version_2()
    {
        string[] hierarchies = [.. File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':')[1])];

        hierarchies.SelectMany(names => names.Split(',')).Should().Contain(["cpuset", "cpu", "blkio", "memory", "pids", "devices", "freezer"]);
        File.ReadLines("/proc/self/mountinfo").Should().NotContain(line => line.Contains(" - cgroup2 "));
    }

    [Fact]
    [Trait("Machine", "systemd")]
    public void The_machine_with_systemd_has_it_as_process_1_and_a_bus_to_ask_it()
    {
        File.ReadAllText("/proc/1/comm").Should().Be("systemd\n");
        File.Exists("/run/dbus/system_bus_socket").Should().BeTrue();
    }

    // The security file system lists the modules that the kernel was started with; the answer under test comes from elsewhere.
    private static string[] KernelsOwnList() => File.ReadAllText("/sys/kernel/security/lsm").TrimEnd().Split(',');
}
