using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using LibContainer.Cgroups.Tests.Resources;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>The systemd of a user, asked by that user: each test runs itself once more as the user.</summary>
[Trait("Machine", "systemd")]
public sealed class SystemdUserTests
{
    private const string UserName = "tester";

    [Fact]
    public void A_user_is_given_some_controllers()
    {
        if (HasRunAsUser())
            return;
        SystemdManager.User.ControlGroup.Should().EndWith(".service").And.StartWith("/user.slice/user-");
        SystemdAvailability.WhyNot(SystemdManager.User).Should().BeNull();
        SystemdAvailability.Controllers(TestUnit.DirectoryOf("").Hierarchy, SystemdManager.User).Should().Contain(["cpu", "memory", "pids"]).And.NotContain("cpuset");
    }

    [Fact]
    public void A_user_starts_changes_and_stops_a_scope()
    {
        if (HasRunAsUser())
            return;
        SystemdManager manager = SystemdManager.User;
        using TestUnit unit = new(manager);

        string cgroup = manager.StartScope(
            unit.Name, SystemdPath.DefaultUserSlice, unit.ProcessId, "a test", SystemdProperties.Of(Samples.Typical, manager.Version, CgroupVersion.V2));

        cgroup.Should().Be($"{manager.ControlGroup}/user.slice/{unit.Name}").And.Be(unit.OwnCgroup);
        CgroupDirectory directory = TestUnit.DirectoryOf(cgroup);
        directory.Read("memory.max").Should().Be("67108864");
        directory.Read("pids.max").Should().Be("100");
        manager.SetUnitProperties(unit.Name, true, [new("TasksMax", BusValue.UInt64(7))]);
        directory.Read("pids.max").Should().Be("7");
        directory.Write("memory.max", "50000000"); // the cgroup is the user's
        Directory.CreateDirectory($"{directory.Path}/below");

        manager.StopUnit(unit.Name);

        directory.Exists.Should().BeFalse();
    }

    [Fact]
    public void The_bus_is_found_without_variables()
    {
        if (HasRunAsUser(["-u", "XDG_RUNTIME_DIR", "-u", "DBUS_SESSION_BUS_ADDRESS"]))
            return;
        SystemdManager.User.Version.Should().Be(SystemdManager.Host.Version);
    }

    [Fact]
    public void The_host_refuses_a_user()
    {
        if (HasRunAsUser())
            return;
        using TestUnit unit = new(SystemdManager.User);

        FluentActions.Invoking(() => SystemdManager.Host.StartScope(unit.Name, TestUnit.Slice, unit.ProcessId, "", [])).Should().Throw<CgroupException>()
            .WithMessage($"start unit {unit.Name}: StartTransientUnit: org.freedesktop.DBus.Error.*");
    }

    /// <summary>Starts the user's systemd and runs the calling test as the user.</summary>
    /// <returns>False: this is the user already.</returns>
    private static bool HasRunAsUser(string[]? environment = null, [CallerMemberName] string test = "")
    {
        if (!Environment.IsPrivilegedProcess)
            return false;
        string id = Command.Run("id", "-u", UserName).Output.Trim();
        int.Parse(id, CultureInfo.InvariantCulture).Should().BePositive();
        Command.Run("systemctl", "start", $"user@{id}.service").ExitCode.Should().Be(0);
        string[] variables = environment ?? [$"XDG_RUNTIME_DIR=/run/user/{id}"];
        ProcessStartInfo start = new(
            "runuser",
            ["-u", UserName, "--", "env", .. variables, "dotnet", typeof(SystemdUserTests).Assembly.Location, "-noLogo", "-noColor", "-method", $"{typeof(SystemdUserTests).FullName}.{test}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        };
        start.Environment["HOME"] = $"/home/{UserName}";
        Command.Result result = Command.Run(start);
        (result.ExitCode == 0 && result.Output.Contains("Total: 1,", StringComparison.Ordinal)).Should().BeTrue("{0}{1}", result.Output, result.Error);
        return true;
    }
}
