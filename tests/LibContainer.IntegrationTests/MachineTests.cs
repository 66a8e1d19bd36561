using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;
using LibContainer.Launch;
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
    [Trait("Machine", "uml")]
    [Trait("Machine", "v1full")]
    [Trait("Machine", "systemd")]
    [Trait("Machine", "arm64")]
    public void A_container_starts_on_every_machine_and_returns_its_exit_code()
    {
        Requires.Root();

        Sandbox.Result result = Sandbox.Script("echo $$; hostname; exit 7");

        result.Error.Should().BeEmpty();
        result.Lines.Should().Equal("1", "box");
        result.Status.ExitCode.Should().Be(7);
    }

    /// <summary>The generated profile is one that this kernel takes, the program runs in it, it holds, and the host can still end what it confines.</summary>
    [Fact]
    [Trait("Machine", "apparmor")]
    public void A_program_runs_confined_by_the_default_profile()
    {
        const string Name = "libcontainer-test";
        string profile = AppArmorProfile.DockerDefault(Name);
        AppArmorProfile.Load(profile);
        try
        {
            // CAP_SYS_ADMIN, so that it is the profile that forbids, and not the kernel.
            ProcessConfiguration process = new("/bin/sh", "-c", """
                cat /proc/self/attr/current
                cat /proc/sysrq-trigger 2> /dev/null || echo sysrq-trigger cannot be read
                mkdir -p /tmp/x; mount -t devpts x /tmp/x 2> /dev/null || echo devpts cannot be mounted
                mount -t tmpfs x /tmp/x && echo tmpfs can
                """) { AppArmorProfile = Name, Capabilities = CapabilityConfiguration.Of(CapabilitySet.SysAdmin) };
            Sandbox.Run(Sandbox.Default, process).Lines.Should().Equal(
                $"{Name} (enforce)", "sysrq-trigger cannot be read", "devpts cannot be mounted", "tmpfs can");
            EnteredContainer.Run(container =>
            {
                container.Run(process).Lines.Should().Equal($"{Name} (enforce)", "sysrq-trigger cannot be read", "devpts cannot be mounted", "tmpfs can");
                container.Script("cat /proc/self/attr/current").Output.Should().Be("unconfined\n", "nothing was asked for, as of the container's first program");
            });

            using CancellationTokenSource cancelled = new();
            FluentActions.Invoking(() => Namespaces.Exec(
                Sandbox.Default, new ProcessConfiguration("/bin/sleep", "1000") { AppArmorProfile = Name }, new ExecOptions { Started = _ => cancelled.Cancel() }, cancelled.Token))
                .Should().Throw<OperationCanceledException>();
        }
        finally
        {
            AppArmorProfile.Unload(profile);
        }
    }

    [Fact]
    [Trait("Machine", "apparmor")]
    public void A_profile_that_is_not_loaded_is_one_sentence()
        => FluentActions.Invoking(() => Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/true") { AppArmorProfile = "nobody-loaded-this" })).Should().Throw<LaunchException>()
            .WithMessage("write /proc/thread-self/attr/apparmor/exec: AppArmor profile nobody-loaded-this: ENOENT (No such file or directory): no such profile is loaded");

    /// <summary>As container.json asked for it in 2014.</summary>
    [Fact]
    [Trait("Machine", "apparmor")]
    [Trait("Machine", "selinux")]
    public void A_container_of_2014_gets_the_labels_that_the_kernel_knows_and_silence_for_the_others()
    {
        ContainerSpec spec = ContainerSpecReader.Read(
            """{"context":{"apparmor_profile":"unconfined","process_label":"system_u:system_r:initrc_t:s0","mount_label":"system_u:object_r:tmp_t:s0"}}"""u8);

        ConvertedContainer converted = Namespaces.Convert(spec, "/", ["/bin/true"]);

        converted.Process.AppArmorProfile.Should().Be(SecurityModules.IsAppArmorEnabled ? "unconfined" : null);
        converted.Process.SELinuxLabel.Should().Be(SecurityModules.IsSELinuxEnabled ? "system_u:system_r:initrc_t:s0" : null);
        converted.Container.MountLabel.Should().Be(SecurityModules.IsSELinuxEnabled ? "system_u:object_r:tmp_t:s0" : null);
    }

    [Fact]
    [Trait("Machine", "selinux")]
    public void A_program_runs_in_its_context_and_its_files_in_memory_have_theirs()
    {
        const string Label = "system_u:system_r:initrc_t:s0", Files = "system_u:object_r:tmp_t:s0";
        ContainerConfiguration container = Sandbox.Default with { MountLabel = Files };
        ProcessConfiguration process = new("/bin/sh", "-c", "cat /proc/self/attr/current; echo; ls -dZ / /dev /dev/pts /tmp | cut -d ' ' -f 1; grep -c 'context=' /proc/self/mounts")
        {
            SELinuxLabel = Label,
        };

        string[] lines = Sandbox.Run(container, process).Lines;

        lines[0].Trim('\0').Should().Be(Label);
        lines[1..5].Should().Equal(Files, Files, Files, Files);
        EnteredContainer.Run(running => running.Run(process).Lines[0].Trim('\0').Should().Be(Label), container);
    }

    [Fact]
    [Trait("Machine", "selinux")]
    public void A_context_that_the_policy_does_not_know_is_one_sentence()
        => FluentActions.Invoking(() => Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/true") { SELinuxLabel = "a:b:c:d" })).Should().Throw<LaunchException>()
            .WithMessage("write /proc/thread-self/attr/keycreate: SELinux context a:b:c:d of new keyrings: EINVAL (Invalid argument): the policy does not know this label");

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

    [Fact]
    [Trait("Machine", "arm64")]
    public void The_machine_with_another_processor_is_one_outside_and_inside()
    {
        RuntimeInformation.ProcessArchitecture.Should().Be(Architecture.Arm64);

        Sandbox.Script("uname -m").Lines.Should().Equal("aarch64");
    }

    /// <summary>Not by the shell of that machine, which has dispositions of its own.</summary>
    [Fact]
    [Trait("Machine", "arm64")]
    public void Signals_are_reset_for_every_processor()
        => Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/cat", "/proc/self/status")).Lines
            .Should().Contain(["SigIgn:\t0000000000000000", "SigBlk:\t0000000000000000"], "the .NET host ignores SIGPIPE");

    /// <summary>The child reports the number of the call, and it is the machine's own.</summary>
    [Fact]
    [Trait("Machine", "arm64")]
    public void A_call_that_failed_has_the_same_name_on_every_processor()
        => FluentActions.Invoking(() => Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/true") { WorkingDirectory = "/nowhere" }))
            .Should().Throw<LaunchException>().WithMessage("chdir /nowhere: ENOENT (*");

    // The security file system lists the modules that the kernel was started with; the answer under test comes from elsewhere.
    private static string[] KernelsOwnList() => File.ReadAllText("/sys/kernel/security/lsm").TrimEnd().Split(',');
}
