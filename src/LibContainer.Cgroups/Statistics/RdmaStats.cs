namespace LibContainer.Cgroups;

/// <summary>What is taken of one RDMA device. Source: cgroup-v2.rst, "RDMA Interface Files"; cgroup-v1/rdma.rst.</summary>
public readonly record struct RdmaStats
{
    /// <summary>The kernel's name of the device: <c>mlx4_0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Handles of the adapter in use. <c>hca_handle</c> of rdma.current.</summary>
    public ulong? Handles { get; init; }

    /// <summary>How many there can be; null: no limit. <c>hca_handle</c> of rdma.max.</summary>
    public ulong? HandleLimit { get; init; }

    /// <summary>Objects of the adapter in use. <c>hca_object</c> of rdma.current.</summary>
    public ulong? Objects { get; init; }

    /// <summary>How many there can be; null: no limit. <c>hca_object</c> of rdma.max.</summary>
    public ulong? ObjectLimit { get; init; }
}
