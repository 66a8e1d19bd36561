using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>What files said before they were written, and the way back to it.</summary>
internal sealed class CgroupUndo
{
    private readonly List<(CgroupDirectory Cgroup, CgroupWrite Write)> _back = [];

    /// <summary>Before a write: looks at what it replaces.</summary>
    internal void Remember(CgroupDirectory cgroup, CgroupWrite write)
    {
        // Who is not idle any more has the weight of every cgroup: the one that it had is set again after that.
        if (write is { File: "cpu.idle", Value: "1" } && cgroup.TryRead(write.File) == "0")
            Remember(cgroup, new(write.Controller, cgroup.Hierarchy.Version == CgroupVersion.V1 ? "cpu.shares" : "cpu.weight", ""));
        if (TryRead(cgroup, write.File) is { } present)
            foreach (string value in Before(write, present))
                _back.Add((cgroup, write with { Value = value, IsPostponable = false, Instead = null }));
    }

    private static string? TryRead(CgroupDirectory cgroup, string file)
    {
        try
        {
            return cgroup.TryRead(file);
        }
        catch (CgroupException error) when (error.Error == Errno.EINVAL)
        {
            return null; // memory.reclaim can only be written: it sets nothing
        }
    }

    /// <summary>Writes back what was there, the last one first.</summary>
    /// <param name="error">Why. When something cannot be written back, that is said beside it.</param>
    /// <exception cref="CgroupException">A file cannot be written back. Everything else has been.</exception>
    internal void Run(Exception error)
    {
        List<string> failures = [];
        foreach ((CgroupDirectory cgroup, CgroupWrite write) in _back.AsEnumerable().Reverse())
        {
            try
            {
                cgroup.Write(write.File, write.Value);
            }
            catch (CgroupException failure)
            {
                failures.Add(failure.Message);
            }
        }
        if (failures.Count > 0)
            throw new CgroupException($"{error.Message}; and what was there before could not be set again: {string.Join("; ", failures)}", (error as CgroupException)?.Error ?? 0, error);
    }

    /// <summary>The values that bring a file back from a write.</summary>
    /// <param name="write">What is to be written.</param>
    /// <param name="present">What the file says.</param>
    internal static IEnumerable<string> Before(CgroupWrite write, string present)
    {
        string[] lines = present.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // Files with a line for each device, of which a write changes one.
        if (write.Value.Split(' ') is [var key, _, ..] && Unset(write.File) is { } unset)
            return [lines.FirstOrDefault(line => line.StartsWith(key + " ", StringComparison.Ordinal)) ?? $"{key} {unset}"];
        return write.File switch
        {
            "memory.oom_control" => [lines.First(line => line.StartsWith("oom_kill_disable ", StringComparison.Ordinal)).Split(' ')[1]],
            "io.weight" or "io.bfq.weight" or "blkio.bfq.weight" or "blkio.weight" => [lines.FirstOrDefault(line => line.StartsWith("default ", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "100"],
            _ => lines.Length == 0 ? ["\n"] : lines, // no bytes at all would not reach the kernel
        };
    }

    /// <summary>What the kernel takes for "no line for this device". Null: not a file of that kind.</summary>
    private static string? Unset(string file) => file switch
    {
        "io.max" => "rbps=max wbps=max riops=max wiops=max",
        "io.latency" => "target=0",
        "rdma.max" => "hca_handle=max hca_object=max",
        "io.weight" or "io.bfq.weight" or "blkio.bfq.weight_device" => "default",
        "net_prio.ifpriomap" or "blkio.weight_device" or "blkio.leaf_weight_device" => "0",
        _ when file.StartsWith("blkio.throttle.", StringComparison.Ordinal) => "0",
        _ => null,
    };
}
