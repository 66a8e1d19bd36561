using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>
/// Reading from and writing to disks. What is null or empty is left as it is. Source: the specification, config-linux.md, "Block IO".
/// </summary>
public sealed record BlockIOResources
{
    /// <summary>Weight among cgroups that want a disk, 10 to 1000. 0: left as it is.</summary>
    public ushort? Weight { get; init; }

    /// <summary>
    /// Weight of its own processes against the cgroups below. Of cgroup version 1, with a scheduler (CFQ) that is gone since Linux 5.0.
    /// </summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Weights that hold for one disk.</summary>
    public ImmutableArray<BlockIODeviceWeight> DeviceWeights { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Bytes that may be read in a second.</summary>
    public ImmutableArray<BlockIODeviceRate> ReadBytesPerSecond { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Bytes that may be written in a second.</summary>
    public ImmutableArray<BlockIODeviceRate> WriteBytesPerSecond { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Reads that may be made in a second.</summary>
    public ImmutableArray<BlockIODeviceRate> ReadsPerSecond { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Writes that may be made in a second.</summary>
    public ImmutableArray<BlockIODeviceRate> WritesPerSecond { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>Weight for one disk; one of the two at least.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Weight">As <see cref="BlockIOResources.Weight"/>. Null: that one.</param>
/// <param name="LeafWeight">As <see cref="BlockIOResources.LeafWeight"/>. Null: that one.</param>
public sealed record BlockIODeviceWeight(int Major, int Minor, ushort? Weight = null, ushort? LeafWeight = null);

/// <summary>A rate for one disk.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Rate">How much in a second. 0: no limit.</param>
public sealed record BlockIODeviceRate(int Major, int Minor, ulong Rate);
