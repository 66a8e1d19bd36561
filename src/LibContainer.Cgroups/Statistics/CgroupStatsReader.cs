using System.Buffers;
using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Reads what a container has used, with one open, read and close for each file and nothing allocated but the result.</summary>
internal static class CgroupStatsReader
{
    /// <summary>More than any file of a host with few CPUs has. A longer one gets a larger buffer.</summary>
    private const int BufferLength = 16 * 1024;

    /// <summary>Reads the figures.</summary>
    /// <param name="directories">The container's cgroup in each hierarchy that it is in. Only controllers that a hierarchy says it has are read.</param>
    /// <param name="what">Groups of figures; the others stay null.</param>
    /// <exception cref="CgroupException">A file is there and cannot be read, or does not say what it has to.</exception>
    internal static CgroupStats Read(IReadOnlyList<CgroupDirectory> directories, CgroupStatistics what = CgroupStatistics.All)
        => Read(directories, what, default);

    /// <summary>The same with other sizes of huge pages than this host has.</summary>
    internal static CgroupStats Read(IReadOnlyList<CgroupDirectory> directories, CgroupStatistics what, ImmutableArray<HugePageFiles> hugePages)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            Groups groups = new(what, hugePages, directories.HasInVersion1("cpuacct"));
            for (int i = 0; i < directories.Count; i++)
                groups.Read(directories[i], ref buffer);
            return groups.ToStats();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What is gathered.</summary>
    /// <param name="what">Groups that are wanted.</param>
    /// <param name="hugePages">Sizes; default: the host's.</param>
    /// <param name="isAccounted">Version 1 counts the time.</param>
    private struct Groups(CgroupStatistics what, ImmutableArray<HugePageFiles> hugePages, bool isAccounted)
    {
        private CpuReader _cpu;
        private MemoryStats? _memory;
        private PidsStats? _pids;
        private IOStats? _io;
        private ImmutableArray<HugePageStats> _hugePages;
        private ImmutableArray<RdmaStats> _rdma;
        private ImmutableArray<MiscStats> _misc;
        private PressureStats? _pressure;

        internal void Read(CgroupDirectory directory, ref byte[] buffer)
        {
            CgroupHierarchy hierarchy = directory.Hierarchy;
            if (!IsWanted(hierarchy))
                return;
            using CgroupFiles files = new(directory, ref buffer);
            if (!files.Exist)
                return;
            foreach (string controller in hierarchy.Controllers)
            {
                if ((GroupOf(controller) & what) != 0)
                    Read(files, hierarchy.Version, controller);
            }
            if (hierarchy.Version != CgroupVersion.V2)
                return;
            // Version 2 counts time and pressure without any controller.
            if (IsTimeOfVersion2(hierarchy))
                _cpu.ReadStat(files);
            if (what.HasFlag(CgroupStatistics.Pressure))
                _pressure = PressureReader.Read(files);
        }

        internal readonly CgroupStats ToStats() => new()
        {
            Cpu = _cpu.ToStats(),
            Memory = _memory,
            Pids = _pids,
            IO = _io,
            HugePages = _hugePages,
            Rdma = _rdma,
            Misc = _misc,
            Pressure = _pressure,
        };

        private readonly bool IsWanted(CgroupHierarchy hierarchy)
        {
            foreach (string controller in hierarchy.Controllers)
            {
                if ((GroupOf(controller) & what) != 0)
                    return true;
            }
            return hierarchy.Version == CgroupVersion.V2 && (what.HasFlag(CgroupStatistics.Pressure) || IsTimeOfVersion2(hierarchy));
        }

        /// <summary>cpu.stat is not read as the file of the controller already, and it is the only one to count time.</summary>
        private readonly bool IsTimeOfVersion2(CgroupHierarchy hierarchy)
            => what.HasFlag(CgroupStatistics.Cpu) && !isAccounted && !hierarchy.Controllers.Contains("cpu");

        private void Read(CgroupFiles files, CgroupVersion version, string controller)
        {
            switch (controller)
            {
                case "cpu":
                    _cpu.ReadStat(files);
                    break;
                case "cpuacct":
                    _cpu.ReadAccounting(files);
                    break;
                case "memory":
                    _memory = version == CgroupVersion.V1 ? MemoryReader.ReadV1(files) : MemoryReader.ReadV2(files);
                    break;
                case "pids":
                    _pids = ReadPids(files);
                    break;
                case "io":
                    _io = IOReader.ReadV2(files);
                    break;
                case "blkio":
                    _io = IOReader.ReadV1(files);
                    break;
                case "hugetlb":
                    _hugePages = HugePageReader.Read(files, version, hugePages.IsDefault ? HugePageFiles.OfHost : hugePages);
                    break;
                case "rdma":
                    _rdma = RdmaReader.Read(files);
                    break;
                case "misc":
                    _misc = MiscReader.Read(files);
                    break;
            }
        }

        /// <returns>Null: the controller is not enabled here.</returns>
        private static PidsStats? ReadPids(CgroupFiles files) => files.Number("pids.current"u8) is not { } current
            ? null
            : new() { Current = current, Limit = files.Limit("pids.max"u8), Peak = files.Number("pids.peak"u8) };

        private static CgroupStatistics GroupOf(string controller) => controller switch
        {
            "cpu" or "cpuacct" => CgroupStatistics.Cpu,
            "memory" => CgroupStatistics.Memory,
            "pids" => CgroupStatistics.Pids,
            "io" or "blkio" => CgroupStatistics.IO,
            "hugetlb" => CgroupStatistics.HugePages,
            "rdma" => CgroupStatistics.Rdma,
            "misc" => CgroupStatistics.Misc,
            _ => CgroupStatistics.None,
        };
    }
}
