using LibContainer.Configuration;

namespace LibContainer.Mount.Tests;

/// <summary>The devices of this host.</summary>
public sealed class HostDevicesTests
{
    [Fact]
    public void The_simple_devices_are_found_as_they_are_and_in_order()
    {
        DeviceNode[] found = [.. HostDevices.Discover()];

        found.Should().Contain(device => device.Path == "/dev/null" && device.Type == DeviceType.Character && device.Major == 1 && device.Minor == 3 && device.Mode == 0x1B6);
        found.Select(device => device.Path).Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Terminals_links_and_the_console_are_left_out()
        => HostDevices.Discover().Select(device => device.Path).Should().NotContain(path => path.StartsWith("/dev/pts/") || path == "/dev/console" || path == "/dev/fd" || path == "/dev/stdin");
}
