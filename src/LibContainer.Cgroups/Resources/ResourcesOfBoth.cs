using System.Collections.Immutable;
using LibContainer.Configuration;
using static LibContainer.Cgroups.ResourceConversions;

namespace LibContainer.Cgroups;

/// <summary>Limits whose files both versions of cgroups have, with the same values.</summary>
internal static class ResourcesOfBoth
{
    /// <summary>What is asked for and has no effect. It is left out, as every runtime does that follows the specification.</summary>
    /// <remarks>
    /// memory.kmem.limit_in_bytes is outdated since Linux 5.4 and refused or without effect since 5.16. The specification advises against it, and
    /// runc and crun leave it out.
    /// </remarks>
    internal static ImmutableArray<ConfigurationFinding> Ignored(ResourceConfiguration resources) => resources.Memory?.KernelBytes > 0
        ? [new("resources.memory.kernelBytes", "is left out: kernels since 5.16 have no limit for their own memory alone; limitBytes includes it")]
        : [];

    /// <summary>cpu.idle, and the weight, whose file and numbers differ.</summary>
    internal static void AddWeight(ImmutableArray<CgroupWrite>.Builder writes, CpuResources cpu, string file, Func<ulong, ulong> weight)
    {
        // Leaving idle gives the default weight, and while it is idle there is no other: EINVAL. So first, and instead.
        if (cpu.IsIdle is { } isIdle)
            writes.Add(new("cpu", "cpu.idle", isIdle ? "1" : "0") { IsOptional = !isIdle }); // since Linux 5.15
        if (Given(cpu.Shares) is { } shares && cpu.IsIdle != true)
            writes.Add(new("cpu", file, $"{weight(shares)}"));
    }

    internal static void AddCpuset(ImmutableArray<CgroupWrite>.Builder writes, CpuResources cpu)
    {
        if (cpu.Cpus is { } cpus)
            writes.Add(new("cpuset", "cpuset.cpus", cpus));
        if (cpu.MemoryNodes is { } nodes)
            writes.Add(new("cpuset", "cpuset.mems", nodes));
    }

    internal static void AddPids(ImmutableArray<CgroupWrite>.Builder writes, ResourceConfiguration resources)
    {
        if (resources.PidsLimit is { } pids)
            writes.Add(new("pids", "pids.max", Pids(pids)));
    }

    internal static void AddHugePages(ImmutableArray<CgroupWrite>.Builder writes, ResourceConfiguration resources, string limitFile)
    {
        foreach (HugePageLimit limit in resources.HugePageLimits)
        {
            // Reservations first: who may reserve less cannot fault in more of what it has reserved meanwhile. Since Linux 5.7.
            writes.Add(new("hugetlb", $"hugetlb.{limit.PageSize}.rsvd.{limitFile}", $"{limit.LimitBytes}") { IsOptional = true });
            writes.Add(new("hugetlb", $"hugetlb.{limit.PageSize}.{limitFile}", $"{limit.LimitBytes}"));
        }
    }

    internal static void AddRdma(ImmutableArray<CgroupWrite>.Builder writes, ResourceConfiguration resources)
    {
        foreach ((string device, RdmaLimit limit) in resources.Rdma.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            writes.Add(new("rdma", "rdma.max", Rdma(device, limit)));
    }
}
