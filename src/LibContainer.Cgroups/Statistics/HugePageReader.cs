using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace LibContainer.Cgroups;

/// <summary>Names of the files of one size of huge pages.</summary>
internal sealed class HugePageFiles
{
    private const string Prefix = "hugepages-";
    private const string Suffix = "kB";
    private static readonly Lazy<ImmutableArray<HugePageFiles>> Found = new(() => Find("/sys/kernel/mm/hugepages"));

    private HugePageFiles(string pageSize)
    {
        PageSize = pageSize;
        Usage = Name("current");
        Limit = Name("max");
        Events = Name("events");
        Reserved = Name("rsvd.current");
        ReservationLimit = Name("rsvd.max");
        UsageV1 = Name("usage_in_bytes");
        PeakV1 = Name("max_usage_in_bytes");
        LimitV1 = Name("limit_in_bytes");
        FailCountV1 = Name("failcnt");
        ReservedV1 = Name("rsvd.usage_in_bytes");
        ReservationLimitV1 = Name("rsvd.limit_in_bytes");
        ReservationFailCountV1 = Name("rsvd.failcnt");
    }

    /// <summary>Those of this host, which has its sizes from its start on.</summary>
    internal static ImmutableArray<HugePageFiles> OfHost => Found.Value;

    internal string PageSize { get; }
    internal byte[] Usage { get; }
    internal byte[] Limit { get; }
    internal byte[] Events { get; }
    internal byte[] Reserved { get; }
    internal byte[] ReservationLimit { get; }
    internal byte[] UsageV1 { get; }
    internal byte[] PeakV1 { get; }
    internal byte[] LimitV1 { get; }
    internal byte[] FailCountV1 { get; }
    internal byte[] ReservedV1 { get; }
    internal byte[] ReservationLimitV1 { get; }
    internal byte[] ReservationFailCountV1 { get; }

    /// <summary>Reads the sizes from the names of directories such as <c>hugepages-2048kB</c>, in ascending order.</summary>
    internal static ImmutableArray<HugePageFiles> Find(string directory) => !Directory.Exists(directory)
        ? []
        : [.. Directory.EnumerateDirectories(directory)
            .Select(Path.GetFileName)
            .Where(name => name!.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => ulong.Parse(name![Prefix.Length..^Suffix.Length], CultureInfo.InvariantCulture))
            .Order()
            .Select(kibibytes => new HugePageFiles(Format(kibibytes)))];

    /// <summary>As mem_fmt of mm/hugetlb_cgroup.c writes it.</summary>
    private static string Format(ulong kibibytes) => kibibytes switch
    {
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{kibibytes >> 20}GB"),
        >= 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{kibibytes >> 10}MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{kibibytes}KB"),
    };

    private byte[] Name(string file) => Encoding.UTF8.GetBytes($"hugetlb.{PageSize}.{file}");
}

/// <summary>Reads <see cref="HugePageStats"/>.</summary>
internal static class HugePageReader
{
    internal static ImmutableArray<HugePageStats> Read(CgroupFiles files, CgroupVersion version, ImmutableArray<HugePageFiles> sizes)
    {
        Rows<HugePageStats> rows = new();
        foreach (HugePageFiles size in sizes)
        {
            HugePageStats stats = version == CgroupVersion.V1 ? ReadV1(files, size) : ReadV2(files, size);
            if (stats.UsageBytes is not null)
                rows.Add(stats);
        }
        return rows.ToImmutable();
    }

    private static HugePageStats ReadV1(CgroupFiles files, HugePageFiles names) => new()
    {
        PageSize = names.PageSize,
        UsageBytes = files.Number(names.UsageV1),
        PeakBytes = files.Number(names.PeakV1),
        LimitBytes = files.Limit(names.LimitV1),
        FailCount = files.Number(names.FailCountV1),
        ReservedBytes = files.Number(names.ReservedV1),
        ReservationLimitBytes = files.Limit(names.ReservationLimitV1),
        ReservationFailCount = files.Number(names.ReservationFailCountV1),
    };

    private static HugePageStats ReadV2(CgroupFiles files, HugePageFiles names) => new()
    {
        PageSize = names.PageSize,
        UsageBytes = files.Number(names.Usage),
        LimitBytes = files.Limit(names.Limit),
        FailCount = files.Field(names.Events, "max"u8),
        ReservedBytes = files.Number(names.Reserved),
        ReservationLimitBytes = files.Limit(names.ReservationLimit),
    };
}
