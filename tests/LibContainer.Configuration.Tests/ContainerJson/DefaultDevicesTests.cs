using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;

namespace LibContainer.Configuration.Tests.ContainerJson;

/// <summary>The lists, as they were written.</summary>
public sealed class DefaultDevicesTests
{
    private static string Write(params IEnumerable<DeviceSpec> devices)
        => string.Join(' ', devices.Select(device => $"{(char)device.Type} {device.MajorNumber}:{device.MinorNumber} {device.CgroupPermissions} {device.FileMode} {device.Path};"));

    [Fact]
    public void Simple_devices_are_these_in_this_order()
        => Write(DefaultDevices.Simple).Should().Be(
            "c 1:3 rwm 438 /dev/null; c 1:5 rwm 438 /dev/zero; c 1:7 rwm 438 /dev/full; c 5:0 rwm 438 /dev/tty; c 1:9 rwm 438 /dev/urandom; c 1:8 rwm 438 /dev/random;");

    [Fact]
    public void Allowed_devices_are_these_in_this_order()
        => Write(DefaultDevices.Allowed).Should().Be(
            "c -1:-1 m 0 ; b -1:-1 m 0 ; c 5:1 rwm 0 /dev/console; c 4:0 rwm 0 /dev/tty0; c 4:1 rwm 0 /dev/tty1; c 136:-1 rwm 0 ; c 5:2 rwm 0 ; c 10:200 rwm 0 ; "
            + Write(DefaultDevices.Simple));

    [Fact]
    public void Made_devices_are_fuse_without_a_mode_and_the_simple_ones()
        => Write(DefaultDevices.AutoCreated).Should().Be("c 10:229 rwm 0 /dev/fuse; " + Write(DefaultDevices.Simple));

    [Fact]
    public void The_document_has_the_made_devices()
        => ContainerSpecReader.Read(File.ReadAllBytes(Path.Combine(TestUtilities.Repository.Root, "tests/LibContainer.Configuration.Tests/ContainerJson/Data/seed.json")))
            .DeviceNodes.Should().BeEquivalentTo(DefaultDevices.AutoCreated);

    [Fact]
    public void A_device_of_a_host_carries_its_type_in_its_mode()
    {
        Write(DefaultDevices.FromNode(new DeviceNode("/dev/x", DeviceType.Character, 1, 3))).Should().Be("c 1:3 rwm 8630 /dev/x;");
        Write(DefaultDevices.FromNode(new DeviceNode("/dev/x", DeviceType.Block, 8, 1, 0x1B0))).Should().Be("b 8:1 rwm 25008 /dev/x;");
        FluentActions.Invoking(() => DefaultDevices.FromNode(new DeviceNode("/x", DeviceType.Fifo, 0, 0))).Should().Throw<ArgumentException>();
    }
}
