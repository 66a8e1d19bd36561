using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>What the program runs as.</summary>
public sealed class IdentityTests
{
    private static Sandbox.Result Status(ProcessConfiguration process)
        => Sandbox.Run(Sandbox.Default, process with { Arguments = ["/bin/cat", "/proc/self/status"] });

    [Fact]
    public void User_group_and_further_groups_are_those_asked_for_and_no_others()
    {
        Requires.Root();

        Status(new ProcessConfiguration { UserId = 1000, GroupId = 100, AdditionalGroupIds = [7, 8] }).Lines.Should().Contain(
            ["Uid:\t1000\t1000\t1000\t1000", "Gid:\t100\t100\t100\t100", "Groups:\t7 8 "]);
        Status(new ProcessConfiguration { UserId = 1000, GroupId = 100 }).Lines.Should().Contain("Groups:\t ");
    }

    [Fact]
    public void Root_keeps_the_capabilities_it_is_given()
    {
        Requires.Root();

        Status(new ProcessConfiguration { Capabilities = CapabilityConfiguration.Of(CapabilitySet.Chown | CapabilitySet.NetBindService) }).Lines.Should().Contain(
            ["CapInh:\t0000000000000000", "CapPrm:\t0000000000000401", "CapEff:\t0000000000000401", "CapBnd:\t0000000000000401", "CapAmb:\t0000000000000000"]);
    }

    [Fact]
    public void Another_user_keeps_capabilities_through_the_ambient_set()
    {
        Requires.Root();
        const CapabilitySet Bind = CapabilitySet.NetBindService;

        Status(new ProcessConfiguration { UserId = 1000, Capabilities = new CapabilityConfiguration(Bind, Bind, Bind, Bind, Bind) }).Lines.Should().Contain(
            ["CapInh:\t0000000000000400", "CapPrm:\t0000000000000400", "CapEff:\t0000000000000400", "CapAmb:\t0000000000000400"]);
    }

    [Fact]
    public void A_capability_that_this_host_lacks_is_told_by_name()
    {
        Requires.Root();
        CapabilitySet missing = Enum.GetValues<CapabilitySet>().FirstOrDefault(capability => capability != 0 && (capability & Capabilities.HostCapabilities.ReadPermitted()) == 0);
        if (missing == 0)
            return; // this host has them all, and can give them all

        FluentActions.Invoking(() => Namespaces.Plan(Sandbox.Default, new ProcessConfiguration("/x") { Capabilities = CapabilityConfiguration.Of(missing) }))
            .Should().Throw<ConfigurationException>().WithMessage($"process.capabilities: this host does not have CAP_*");
    }

    [Fact]
    public void Privileges_can_be_gained_only_where_that_is_asked_for()
    {
        Requires.Root();

        Status(new ProcessConfiguration()).Lines.Should().Contain("NoNewPrivs:\t1");
        Status(new ProcessConfiguration { NoNewPrivileges = false }).Lines.Should().Contain("NoNewPrivs:\t0");
    }

    [Fact]
    public void Limits_are_set_and_open_files_are_back_at_1024()
    {
        Requires.Root();

        Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/sh", "-c", "ulimit -n; ulimit -c; ulimit -Hc; umask; pwd")
        {
            ResourceLimits = [new ResourceLimit(ResourceKind.Core, 0, 4096)],
            Umask = 0x3F,
            WorkingDirectory = "/usr/bin",
        }).Lines.Should().Equal("1024", "0", "8", "0077", "/usr/bin"); // sh counts core files in blocks of 512 bytes
    }

    [Fact]
    public void The_working_directory_is_entered_with_the_users_rights()
    {
        Requires.Root();
        using TemporaryDirectory shared = new();
        Directory.CreateDirectory(shared["private"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        FluentActions.Invoking(() => Sandbox.Exec(
                Sandbox.Default with { Mounts = [.. Sandbox.Default.Mounts, MountConfiguration.Bind(shared["private"], "/tmp/private")] },
                new ProcessConfiguration("/bin/true") { UserId = 1000, WorkingDirectory = "/tmp/private" }))
            .Should().Throw<IOException>().WithMessage("chdir /tmp/private: EACCES (Permission denied)");
    }

    [Fact]
    public void A_namespace_that_is_not_asked_for_is_shared()
    {
        Requires.Root();

        string inside = Sandbox.Script("readlink /proc/self/ns/ipc /proc/self/ns/net", Sandbox.Default with
        {
            Namespaces = NamespaceKinds.Default & ~(NamespaceKinds.Ipc | NamespaceKinds.Network),
            Networks = [],
        }).Output;

        inside.Should().Be($"{new FileInfo("/proc/self/ns/ipc").LinkTarget}\n{new FileInfo("/proc/self/ns/net").LinkTarget}\n");
    }

    [Theory]
    [InlineData("nobody", "65534 65534 65534 /")]
    [InlineData("0", "0 0 0 /tmp")]
    [InlineData("nobody:tty", "65534 5 5 /")]
    [InlineData("1234:5678", "1234 5678 5678 /")]
    public void A_user_is_looked_up_in_the_containers_own_files(string user, string expected)
    {
        Requires.Root();

        Sandbox.Run(Sandbox.Default, new ProcessConfiguration("/bin/sh", "-c", "echo $(id -u) $(id -g) $(id -G) $HOME") { User = user }).Output.Trim().Should().Be(expected);
    }

    [Fact]
    public void A_user_who_is_not_there_ends_the_start_and_leaves_nothing()
    {
        Requires.Root();
        Sandbox.Script("true");
        Footprint before = Footprint.Take();

        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/bin/true") { User = "ghost" }))
            .Should().Throw<ConfigurationException>().WithMessage("process.user: user 'ghost' is not in the container's /etc/passwd");

        Footprint.Take().Should().Be(before);
    }
}
