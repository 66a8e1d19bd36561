namespace LibContainer.Cgroups;

/// <summary>Groups of figures that can be asked for. Each costs the files that it is read from, some of them a walk of the kernel over all CPUs.</summary>
[Flags]
public enum CgroupStatistics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><see cref="CgroupStats.Cpu"/>: controllers <c>cpu</c> and <c>cpuacct</c>.</summary>
    Cpu = 1,

    /// <summary><see cref="CgroupStats.Memory"/>: controller <c>memory</c>.</summary>
    Memory = 2,

    /// <summary><see cref="CgroupStats.Pids"/>: controller <c>pids</c>.</summary>
    Pids = 4,

    /// <summary><see cref="CgroupStats.IO"/>: controller <c>io</c>, on version 1 <c>blkio</c>.</summary>
    IO = 8,

    /// <summary><see cref="CgroupStats.HugePages"/>: controller <c>hugetlb</c>.</summary>
    HugePages = 16,

    /// <summary><see cref="CgroupStats.Rdma"/>: controller <c>rdma</c>.</summary>
    Rdma = 32,

    /// <summary><see cref="CgroupStats.Misc"/>: controller <c>misc</c>.</summary>
    Misc = 64,

    /// <summary><see cref="CgroupStats.Pressure"/>: version 2, with or without controllers.</summary>
    Pressure = 128,

    /// <summary>All of them.</summary>
    All = Cpu | Memory | Pids | IO | HugePages | Rdma | Misc | Pressure,
}
