using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>A host without systemd, or a systemd that cannot be asked.</summary>
public sealed class SystemdAbsenceTests
{
    [Fact]
    public void A_host_that_another_init_has_booted_is_one_sentence()
    {
        using TemporaryDirectory folder = new();
        using SystemdManager manager = new(() => SystemdBus.Open($"unix:path={folder["bus"]}"), TimeSpan.FromSeconds(5));

        SystemdAvailability.WhyNot(manager, folder["system"]).Should().Be($"this host was not booted with systemd: there is no directory {folder["system"]}");
        File.CreateSymbolicLink(folder["system"], folder.Path);
        SystemdAvailability.WhyNot(manager, folder["system"]).Should().StartWith("this host was not booted with systemd");
    }

    [Fact]
    public void A_bus_that_nobody_is_at_is_one_sentence()
    {
        using TemporaryDirectory folder = new();
        string address = $"unix:path={folder["bus"]}";
        using SystemdManager manager = new(() => SystemdBus.Open(address), TimeSpan.FromSeconds(5));

        SystemdAvailability.WhyNot(manager, folder.Path).Should().Be($"read the version of systemd: connect to {address}: ENOENT (No such file or directory)");
        FluentActions.Invoking(() => manager.StartScope("x.scope", "system.slice", 1, "", [])).Should().Throw<CgroupException>()
            .WithMessage($"start unit x.scope: connect to {address}: ENOENT*").Which.Error.Should().Be(Errno.ENOENT);
        FluentActions.Invoking(() => manager.StopUnit("x.scope")).Should().Throw<CgroupException>().WithMessage("stop unit x.scope: *");
    }

    [Fact]
    public void A_library_that_is_not_installed_is_one_sentence_with_its_package()
    {
        using SystemdManager manager = new(
            () =>
            {
                LibSystemd.Open("libsystemd-of-nobody.so.0");
                return SystemdBus.OpenSystem();
            },
            TimeSpan.FromSeconds(5));

        FluentActions.Invoking(() => manager.Version).Should().Throw<CgroupException>().WithMessage(
            "read the version of systemd: systemd is asked through libsystemd-of-nobody.so.0, which this host does not have; its package is libsystemd0 *");
    }

    [Theory]
    [InlineData("x", "system.slice", "start unit x: 'x' is not the name of a unit: container.scope")]
    [InlineData("x.scope", "a--b.slice", "start unit x.scope: 'a--b.slice' is not the name of a slice: *")]
    [InlineData("it's.scope", "system.slice", "start unit it's.scope: 'it's.scope' is not the name of a unit: it contains '''")]
    public void A_name_that_is_none_is_an_error_before_anybody_is_asked(string name, string slice, string message)
    {
        using SystemdManager manager = new(() => throw new InvalidOperationException(), TimeSpan.FromSeconds(5));

        FluentActions.Invoking(() => manager.StartScope(name, slice, 1, "", [])).Should().Throw<CgroupException>().WithMessage(message);
    }

    [Fact]
    public void What_a_manager_is_given_is_what_its_cgroup_says()
    {
        using TemporaryDirectory folder = new();
        Directory.CreateDirectory(folder["user@7.service"]);
        File.WriteAllText(folder["user@7.service/cgroup.controllers"], "cpu memory pids\n");
        CgroupHierarchy hierarchy = new(V2, folder.Path, "/", [], null, "/");

        SystemdAvailability.Controllers(hierarchy, "/user@7.service").Should().Equal("cpu", "memory", "pids");
        FluentActions.Invoking(() => SystemdAvailability.Controllers(hierarchy, "/nowhere")).Should().Throw<CgroupException>().WithMessage("open cgroup.controllers of *");
    }

    private static CgroupVersion V2 => CgroupVersion.V2;
}
