using System.Globalization;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>The processes in a cgroup and in all below it.</summary>
internal static class CgroupProcesses
{
    private const string ProcessesFile = "cgroup.procs";

    /// <summary>Process ids in this process's PID namespace; others are left out. Empty when there is no such cgroup.</summary>
    /// <exception cref="CgroupException">They cannot be read.</exception>
    internal static SortedSet<int> Read(CgroupDirectory cgroup)
    {
        SortedSet<int> ids = [];
        Collect(cgroup, ids);
        return ids;
    }

    /// <summary>Kills all of them, and waits until they have ended. Those that come meanwhile, too.</summary>
    /// <param name="directories">The container's cgroups.</param>
    /// <param name="timeout">How long at most.</param>
    /// <exception cref="CgroupException">Somebody is still there: a process that the kernel cannot end, or one that others put there again and again.</exception>
    internal static void Kill(IReadOnlyList<CgroupDirectory> directories, TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        directories.Version2()?.TryWrite("cgroup.kill", "1"); // since Linux 5.14: who is being born is killed as well
        // Whoever is not in version 2's cgroup, or where that is not mounted.
        foreach (CgroupDirectory cgroup in directories)
            KillOneByOne(cgroup, CgroupFreezer.Find(directories), deadline);
    }

    /// <summary>Waits until one of them has ended. Where there is none that this process can see, time passes.</summary>
    /// <param name="cgroup">The cgroup.</param>
    /// <param name="most">How long at most: a process may leave alive.</param>
    internal static void AwaitEnd(CgroupDirectory cgroup, TimeSpan most)
    {
        using PidFd? one = Read(cgroup).Select(TryOpen).FirstOrDefault(process => process is not null);
        Readiness.Wait(one is null ? [] : [new Interest(one)], most);
    }

    private static void KillOneByOne(CgroupDirectory cgroup, CgroupFreezer? freezer, long deadline)
    {
        SortedSet<int> ids;
        for (int round = 0; (ids = Read(cgroup)).Count > 0; round++)
        {
            // Those who fork faster than they are read and killed: a frozen process does not. Most containers never need that.
            if (round > 0 && freezer?.TryFreeze(Remaining(deadline)) == true)
                ids = Read(cgroup);
            List<PidFd> killed = [];
            try
            {
                foreach (int id in ids)
                    if (TryOpen(id) is { } process)
                    {
                        killed.Add(process);
                        process.TrySendSignal(Signal.SIGKILL);
                    }
                if (freezer?.IsFrozen == true)
                    freezer.Thaw(); // on version 1 a killed process ends only then
                foreach (PidFd process in killed)
                    Readiness.Wait([new Interest(process)], Remaining(deadline));
            }
            finally
            {
                killed.ForEach(process => process.Dispose());
            }
            if (Environment.TickCount64 > deadline)
                throw new CgroupException($"kill all of {cgroup.Path}: processes {string.Join(", ", ids)} are still there", Errno.EBUSY);
        }
    }

    private static TimeSpan Remaining(long deadline) => TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64));

    private static PidFd? TryOpen(int id)
    {
        try
        {
            return PidFd.Open(id);
        }
        catch (LinuxException error) when (error.Error is Errno.ESRCH or Errno.EINVAL) // EINVAL: it is being reaped at this moment
        {
            return null;
        }
    }

    private static void Collect(CgroupDirectory cgroup, SortedSet<int> ids)
    {
        foreach (string line in (cgroup.TryRead(ProcessesFile) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and int id) // 0: of another PID namespace
                ids.Add(id);
        foreach (CgroupDirectory below in CgroupTree.Below(cgroup))
            Collect(below, ids);
    }
}
