using System.Collections.Immutable;

namespace LibContainer.Cgroups;

/// <summary>Tells what happens to the cgroups of a container.</summary>
internal static class CgroupEvents
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(10);

    /// <summary>Watches: whatever happens from this call on is in the stream. One thread does that for all streams of this program.</summary>
    /// <param name="directories">The container's cgroup in each hierarchy that it is in.</param>
    /// <param name="options">What to watch for.</param>
    /// <param name="cancellationToken">Ends the stream with <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// A stream that is read once. It ends, and everything that it holds is released, when the cgroups that it watches are removed, when it is disposed, or
    /// cancelled, or its reader stops. It holds three descriptors and a few hundred bytes until then, or some more, however fast things happen.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A trigger that no kernel takes.</exception>
    /// <exception cref="CgroupException">A cgroup is gone, the host does not have such events, or the kernel refuses to tell. Nothing is left.</exception>
    internal static CgroupEventStream WatchAsync(IReadOnlyList<CgroupDirectory> directories, CgroupEventOptions options, CancellationToken cancellationToken = default)
    {
        foreach (PressureTrigger trigger in options.PressureTriggers)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(trigger.Window, LongestWindow, nameof(PressureTrigger.Window));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(trigger.Stall, trigger.Window, nameof(PressureTrigger.Stall));
            ArgumentOutOfRangeException.ThrowIfLessThan(trigger.Stall, TimeSpan.FromMicroseconds(1), nameof(PressureTrigger.Stall));
        }
        ImmutableArray<string> missing = Missing(directories, options);
        if (!missing.IsEmpty)
            throw new CgroupException($"watch for events: {string.Join("; ", missing)}");
        return CgroupEventStream.Start(directories, options, cancellationToken);
    }

    internal static bool HasMemory(this CgroupDirectory directory) => directory.Hierarchy.Controllers.Contains("memory");

    /// <summary>Everything that was asked for and that this container's cgroups cannot tell.</summary>
    private static ImmutableArray<string> Missing(IReadOnlyList<CgroupDirectory> directories, CgroupEventOptions options)
    {
        bool hasV2 = directories.Any(directory => directory.Hierarchy.Version == CgroupVersion.V2);
        bool hasMemoryV1 = directories.HasInVersion1("memory");
        bool hasMemoryV2 = directories.Any(directory => directory.Hierarchy.Version == CgroupVersion.V2 && directory.HasMemory());
        List<string> missing = [];
        Check(options.OutOfMemory, hasMemoryV1 || hasMemoryV2, nameof(options.OutOfMemory), "the controller memory");
        Check(options.MemoryLimits, hasMemoryV2, nameof(options.MemoryLimits), "the controller memory in version 2");
        Check(!options.MemoryThresholds.IsEmpty, hasMemoryV1, nameof(options.MemoryThresholds), "the controller memory in version 1");
        Check(options.MemoryPressure is not null, hasMemoryV1, nameof(options.MemoryPressure), "the controller memory in version 1");
        Check(!options.PressureTriggers.IsEmpty, hasV2, nameof(options.PressureTriggers), "version 2");
        Check(options.Populated, hasV2, nameof(options.Populated), "version 2");
        return [.. missing];

        void Check(bool isWanted, bool isThere, string option, string need)
        {
            if (isWanted && !isThere)
                missing.Add($"{option} needs {need}, and this container has no cgroup of that");
        }
    }
}
