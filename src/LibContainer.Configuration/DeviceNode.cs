using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>Kind of a device node.</summary>
public enum DeviceType
{
    /// <summary>Character device.</summary>
    Character,

    /// <summary>Block device.</summary>
    Block,

    /// <summary>Named pipe.</summary>
    Fifo,
}

/// <summary>One device node in a container. Source: mknod(2).</summary>
/// <param name="Path">Absolute path in the container.</param>
/// <param name="Type">Kind.</param>
/// <param name="Major">Major number, 0 to 4095.</param>
/// <param name="Minor">Minor number, 0 to 1048575.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
public sealed record DeviceNode(string Path, DeviceType Type, int Major, int Minor, int Mode = DeviceNode.DefaultMode, int UserId = 0, int GroupId = 0)
{
    /// <summary>0666.</summary>
    public const int DefaultMode = 0x1B6;

    /// <summary>The six simple devices that every container has.</summary>
    public static ImmutableArray<DeviceNode> Defaults { get; } =
    [
        new("/dev/null", DeviceType.Character, 1, 3),
        new("/dev/zero", DeviceType.Character, 1, 5),
        new("/dev/full", DeviceType.Character, 1, 7),
        new("/dev/tty", DeviceType.Character, 5, 0),
        new("/dev/urandom", DeviceType.Character, 1, 9),
        new("/dev/random", DeviceType.Character, 1, 8),
    ];
}
