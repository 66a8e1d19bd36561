namespace LibContainer;

/// <summary>How <see cref="ContainerFiles.CopyInAsync"/> unpacks.</summary>
public sealed record CopyInOptions
{
    internal static CopyInOptions Default { get; } = new();

    /// <summary>Device nodes are made. Otherwise one in the tar is an error: who can open it has the device, as far as the container's cgroup lets him.</summary>
    public bool MakesDevices { get; init; }
}
