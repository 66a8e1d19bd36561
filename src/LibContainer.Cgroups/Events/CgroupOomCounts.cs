using System.Buffers;

namespace LibContainer.Cgroups;

/// <summary>How often memory ran out since the container's cgroup was made.</summary>
/// <param name="OutOfMemory">As of <see cref="CgroupEventKind.OutOfMemory"/>. Null: there is no such count; version 1 keeps none.</param>
/// <param name="Kills">As of <see cref="CgroupEventKind.OutOfMemoryKill"/>. Null: there is no such count.</param>
internal readonly record struct CgroupOomCounts(ulong? OutOfMemory, ulong? Kills)
{
    /// <summary>
    /// Reads them from the kernel. It counts a kill before it sends the signal ("task reaper must see this", mm/oom_kill.c): who has seen a process end
    /// finds it here, if it was that, for as long as the cgroup is not removed.
    /// </summary>
    /// <exception cref="CgroupException">A file is there and cannot be read, or does not say what it has to.</exception>
    internal static CgroupOomCounts Read(IReadOnlyList<CgroupDirectory> directories)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            for (int i = 0; i < directories.Count; i++)
            {
                if (!directories[i].HasMemory())
                    continue;
                using CgroupFiles files = new(directories[i], ref buffer);
                if (files.Exist && MemoryReader.ReadEvents(files, FileOf(directories[i].Hierarchy.Version)) is { } events)
                    return new CgroupOomCounts(events.OutOfMemory, events.OutOfMemoryKills);
            }
            return default;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ReadOnlySpan<byte> FileOf(CgroupVersion version) => version == CgroupVersion.V1 ? "memory.oom_control"u8 : "memory.events"u8;
}
