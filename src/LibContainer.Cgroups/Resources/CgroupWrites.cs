using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Cgroups;

/// <summary>Makes the writes of a list, in its order.</summary>
internal static class CgroupWrites
{
    /// <param name="writes">What to write; those of one controller in a row.</param>
    /// <param name="find">Gives the cgroup of a controller. Null: the host does not have that controller.</param>
    /// <param name="before">Is told of each write that will be made. Null: nobody is.</param>
    /// <exception cref="CgroupException">A controller or file is missing, or the kernel refuses a value. What was written before stays.</exception>
    internal static void Apply(IEnumerable<CgroupWrite> writes, Func<string, CgroupDirectory?> find, Action<CgroupDirectory, CgroupWrite>? before = null)
    {
        List<CgroupWrite> postponed = [];
        foreach (CgroupWrite write in writes)
        {
            if (postponed.Count > 0 && postponed[0].Controller != write.Controller)
                Again();
            try
            {
                Apply(write, find, before);
            }
            catch (CgroupException error) when (error.Error == Errno.EINVAL && write.IsPostponable)
            {
                postponed.Add(write);
            }
        }
        Again();

        void Again()
        {
            foreach (CgroupWrite write in postponed)
                Apply(write, find, before);
            postponed.Clear();
        }
    }

    /// <summary>Makes the writes of one cgroup, none of which may be missing. A file is opened once for those to it that are in a row: one line of devices.allow is one write.</summary>
    /// <exception cref="CgroupException">A file is missing, or the kernel refuses a value. What was written before stays.</exception>
    internal static void Apply(IEnumerable<CgroupWrite> writes, CgroupDirectory cgroup)
    {
        SafeFileHandle? opened = null;
        string? file = null;
        try
        {
            foreach (CgroupWrite write in writes)
            {
                if (write.File != file)
                {
                    opened?.Dispose();
                    opened = cgroup.OpenToWrite(write.File, write.Value);
                    file = write.File;
                }
                if (!cgroup.TryWrite(opened!, write.File, write.Value))
                    throw cgroup.Failed("write", write.File, write.Value, Errno.ENODEV);
            }
        }
        finally
        {
            opened?.Dispose();
        }
    }

    private static void Apply(CgroupWrite write, Func<string, CgroupDirectory?> find, Action<CgroupDirectory, CgroupWrite>? before)
    {
        if (find(write.Controller) is not { } cgroup)
        {
            if (write.IsOptional)
                return;
            throw new CgroupException($"write {write}: this host has no controller {write.Controller}", Errno.ENOENT);
        }
        try
        {
            before?.Invoke(cgroup, write);
            cgroup.Write(write.File, write.Value);
        }
        catch (CgroupException error) when (error.Error == Errno.ENOENT && (write.Instead is not null || write.IsOptional) && cgroup.Exists)
        {
            if (write.Instead is { } instead)
                Apply(instead, find, before);
        }
    }
}
