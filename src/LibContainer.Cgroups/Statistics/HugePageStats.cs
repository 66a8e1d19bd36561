namespace LibContainer.Cgroups;

/// <summary>Huge pages of one size, in bytes. Source: cgroup-v2.rst, "HugeTLB Interface Files"; cgroup-v1/hugetlb.rst.</summary>
public readonly record struct HugePageStats
{
    /// <summary>The size, as the names of the files have it: <c>2MB</c>.</summary>
    public required string PageSize { get; init; }

    /// <summary>In use. hugetlb.SIZE.current; version 1: hugetlb.SIZE.usage_in_bytes.</summary>
    public ulong? UsageBytes { get; init; }

    /// <summary>Most that was ever in use. Version 1 only: hugetlb.SIZE.max_usage_in_bytes.</summary>
    public ulong? PeakBytes { get; init; }

    /// <summary>The limit; null: none. hugetlb.SIZE.max; version 1: hugetlb.SIZE.limit_in_bytes.</summary>
    public ulong? LimitBytes { get; init; }

    /// <summary>How often the limit was reached. <c>max</c> of hugetlb.SIZE.events; version 1: hugetlb.SIZE.failcnt.</summary>
    public ulong? FailCount { get; init; }

    /// <summary>Reserved. hugetlb.SIZE.rsvd.current; version 1: hugetlb.SIZE.rsvd.usage_in_bytes; Linux 5.7.</summary>
    public ulong? ReservedBytes { get; init; }

    /// <summary>The limit of what can be reserved; null: none. hugetlb.SIZE.rsvd.max; version 1: hugetlb.SIZE.rsvd.limit_in_bytes; Linux 5.7.</summary>
    public ulong? ReservationLimitBytes { get; init; }

    /// <summary>How often that limit was reached. Version 1 only: hugetlb.SIZE.rsvd.failcnt; Linux 5.7.</summary>
    public ulong? ReservationFailCount { get; init; }
}
