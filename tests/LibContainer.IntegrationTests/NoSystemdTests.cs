using FluentAssertions;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.TestUtilities;
using Xunit;

namespace LibContainer.IntegrationTests;

/// <summary>A host whose process 1 is not systemd: what only that could do is refused. <see cref="SystemdCgroupTests"/> has the others.</summary>
public sealed class NoSystemdTests
{
    [Fact]
    public void A_unit_on_a_host_without_systemd_is_told()
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Script("true", Sandbox.Default with { CgroupPath = "system.slice:a:b" })).Should().Throw<ConfigurationException>()
            .WithMessage("cgroupPath: 'system.slice:a:b' is slice:prefix:name, which is for systemd to make: this host was not booted with systemd: there is no directory /run/systemd/system");
        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default with { Resources = new() }, new ProcessConfiguration("/bin/true"), new ExecOptions { CgroupBackend = CgroupBackend.Systemd }))
            .Should().Throw<ConfigurationException>().WithMessage("cgroupPath: systemd cannot make a cgroup: this host was not booted with systemd*");
    }
}
