using System.Collections.Immutable;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>The device lists that engines of 2014 wrote into <c>container.json</c>.</summary>
public static class DefaultDevices
{
    private const string All = "rwm";
    private const int Any = -1;

    /// <summary>The six that every container has, and may use.</summary>
    public static ImmutableArray<DeviceSpec> Simple { get; } = [.. DeviceNode.Defaults.Select(device => FromNode(device, hasTypeBits: false))];

    /// <summary><c>cgroups.allowed_devices</c>: any node may be made; consoles, terminals and tunnels may be used, and the simple devices.</summary>
    public static ImmutableArray<DeviceSpec> Allowed { get; } =
    [
        Rule('c', Any, Any, "m"), Rule('b', Any, Any, "m"),
        Rule('c', 5, 1, All, "/dev/console"), Rule('c', 4, 0, All, "/dev/tty0"), Rule('c', 4, 1, All, "/dev/tty1"),
        Rule('c', 136, Any, All), // terminals: /dev/pts/N
        Rule('c', 5, 2, All), // /dev/ptmx
        Rule('c', 10, 200, All), // /dev/net/tun
        .. Simple,
    ];

    /// <summary><c>device_nodes</c>: the simple devices, and /dev/fuse, which some programs want to see and none may use (it has no mode).</summary>
    public static ImmutableArray<DeviceSpec> AutoCreated { get; } = [Rule('c', 10, 229, All, "/dev/fuse"), .. Simple];

    /// <summary>A device that was found on a host, as an entry of either list: its mode carries the type, as it did then.</summary>
    /// <exception cref="ArgumentException">It is a FIFO.</exception>
    public static DeviceSpec FromNode(DeviceNode device) => FromNode(device, hasTypeBits: true);

    private static DeviceSpec FromNode(DeviceNode device, bool hasTypeBits)
    {
        ArgumentNullException.ThrowIfNull(device);
        (char type, int bits) = device.Type switch
        {
            DeviceType.Character => ('c', 0x2000), // S_IFCHR
            DeviceType.Block => ('b', 0x6000), // S_IFBLK
            _ => throw new ArgumentException($"{device.Path} is no device of 2014: {device.Type}", nameof(device)),
        };
        return Rule(type, device.Major, device.Minor, All, device.Path) with { FileMode = (uint)(device.Mode | (hasTypeBits ? bits : 0)) };
    }

    private static DeviceSpec Rule(char type, int major, int minor, string permissions, string path = "")
        => new() { Type = type, MajorNumber = major, MinorNumber = minor, CgroupPermissions = permissions, Path = path };
}
