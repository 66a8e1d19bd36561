using LibContainer.Cgroups;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Takes away what the kernel has of a container, by what is on disk of it.</summary>
internal static class Removal
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>That it runs nothing any more, and is there all the same for want of somebody who reaps others, nobody tells.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Kills what runs, and removes its cgroup: but where that has one name with another's, not the other's.</summary>
    /// <param name="state">The container.</param>
    /// <param name="keepsCgroup">It has none of its own any more, or never had.</param>
    /// <exception cref="CgroupException">Somebody is in its cgroup, and stays.</exception>
    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.LeftoverRemains"/>: its process does not end.</exception>
    internal static void Remove(ContainerState state, bool keepsCgroup = false)
    {
        ContainerCgroup? cgroup = keepsCgroup || state.Exit is not null ? null : OpenedContainer.CgroupOf(state); // how it ended is written when its cgroup is gone
        if (state.Process is { } process && process.Runs(state.PidNamespace))
            Kill(state, process, cgroup);
        if (cgroup is not { Exists: true })
            return;
        if (state is { IsCgroupGiven: true, Process: null } && cgroup.GetProcessIds().Count > 0)
            return; // it was never started, so whoever is in there is another's
        cgroup.Kill(); // what no pid 1 has taken along
        cgroup.Delete();
    }

    private static bool HasEnded(ContainerState state, FirstProcess process, PidFd found)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (Environment.TickCount64 < deadline)
            if (Readiness.Wait([found], Look)[0] || !process.Runs(state.PidNamespace))
                return true;
        return false;
    }

    private static void Kill(ContainerState state, FirstProcess process, ContainerCgroup? cgroup)
    {
        PidFd found;
        try
        {
            found = PidFd.Open(process.Id);
        }
        catch (LinuxException error) when (error.Error == Errno.ESRCH)
        {
            return;
        }
        using (found)
        {
            if (!process.Runs(state.PidNamespace)) // else it might be another's
                return;
            found.TrySendSignal(Signal.SIGKILL);
            if (cgroup?.IsFrozen == true)
                cgroup.Thaw(); // on version 1 a killed process ends only then
            if (!HasEnded(state, process, found))
                throw new ContainerException(ContainerErrorCode.LeftoverRemains, $"container '{state.Id}': process {process.Id} was killed, and is still there") { ContainerId = state.Id };
        }
    }
}
