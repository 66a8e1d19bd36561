using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>The file <c>cgroup.events</c> of a cgroup of version 2, which tells when one of its lines changes. Source: the kernel's cgroup-v2.rst.</summary>
internal static class CgroupEventsFile
{
    internal const string Name = "cgroup.events";

    internal static ReadOnlySpan<byte> Frozen => "frozen 1"u8;

    /// <summary>Whether it has the line now. False, too, when the cgroup is gone.</summary>
    internal static bool Has(CgroupDirectory cgroup, ReadOnlySpan<byte> line) => Await(cgroup, line, long.MinValue, whenGone: false);

    /// <summary>Waits until it has the line.</summary>
    /// <param name="cgroup">Of version 2.</param>
    /// <param name="line">The one above.</param>
    /// <param name="deadline">Until when at most, in milliseconds of <see cref="Environment.TickCount64"/>.</param>
    /// <returns>False: the time was up. A cgroup that is gone has nothing to wait for.</returns>
    internal static bool Await(CgroupDirectory cgroup, ReadOnlySpan<byte> line, long deadline) => Await(cgroup, line, deadline, whenGone: true);

    private static bool Await(CgroupDirectory cgroup, ReadOnlySpan<byte> line, long deadline, bool whenGone)
    {
        try
        {
            using OpenCgroupFile events = new(cgroup, Name);
            using Borrowed descriptor = new(events.Handle);
            while (events.TryRead(out CgroupText text))
            {
                if (text.Content.IndexOf(line) >= 0)
                    return true;
                long left = deadline - long.Min(deadline, Environment.TickCount64);
                if (left == 0)
                    return false;
                KernelFile.AwaitChange(descriptor.Number, TimeSpan.FromMilliseconds(left));
            }
        }
        catch (CgroupException error) when (error.Error is Errno.ENOENT or Errno.ENODEV)
        {
            return whenGone; // removed before it was open
        }
        return whenGone;
    }
}
