using System.Diagnostics;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>Stops and continues all processes of a cgroup and below. Source: the kernel's cgroup-v1/freezer-subsystem.rst, cgroup-v2.rst, "cgroup.freeze".</summary>
internal sealed class CgroupFreezer
{
    private const string StateFile = "freezer.state", Frozen = "FROZEN", Thawed = "THAWED", FreezeFile = "cgroup.freeze";

    /// <summary>
    /// Looks at version 1 that say FREEZING before it is thawed for a moment and frozen again: a process that waits for another one which is frozen already can never be frozen itself
    /// (vfork(2), a FUSE file system's request), and gets on in that moment.
    /// </summary>
    private const int LooksBetweenThaws = 50;

    private readonly CgroupDirectory _cgroup;

    internal CgroupFreezer(CgroupDirectory cgroup) => _cgroup = cgroup;

    /// <summary>That of a container. Null: this host has none.</summary>
    internal static CgroupFreezer? Find(IReadOnlyList<CgroupDirectory> directories)
    {
        // Where version 1 has the controller, that is where every other program looks.
        if ((directories.Find(CgroupVersion.V1, "freezer") ?? directories.Version2()) is { Exists: true } cgroup)
            return new CgroupFreezer(cgroup);
        return null;
    }

    /// <summary>All are stopped, by this cgroup or by one above.</summary>
    internal bool IsFrozen => IsVersion2 ? IsFrozenV2(_cgroup) : _cgroup.TryRead(StateFile) == Frozen;

    private bool IsVersion2 => _cgroup.Hierarchy.Version == CgroupVersion.V2;

    /// <summary>Stops all, and waits until they are.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <exception cref="CgroupException">The kernel refuses, or they are not stopped when the time is up: they run again then.</exception>
    internal void Freeze(TimeSpan timeout)
    {
        if (!TryFreeze(timeout))
            throw new CgroupException(
                $"write {(IsVersion2 ? $"{FreezeFile} = 1" : $"{StateFile} = {Frozen}")} of {_cgroup.Path}: processes are not stopped after {timeout.TotalSeconds} s, and were let go on", Errno.ETIMEDOUT);
    }

    /// <returns>False: they were not stopped when the time was up, and run again.</returns>
    internal bool TryFreeze(TimeSpan timeout)
    {
        bool isFrozen = false;
        try
        {
            isFrozen = IsVersion2 ? TryFreezeV2(timeout) : TryFreezeV1(timeout);
            return isFrozen;
        }
        finally
        {
            if (!isFrozen)
                Thaw();
        }
    }

    /// <summary>Lets all go on, and waits until they do.</summary>
    internal void Thaw()
    {
        // Both are done when the write returns; version 1 stays FROZEN while a cgroup above is.
        _cgroup.TryWrite(IsVersion2 ? FreezeFile : StateFile, IsVersion2 ? "0" : Thawed);
    }

    private bool TryFreezeV1(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        for (int look = 0; ; look++)
        {
            if (look % LooksBetweenThaws == 0)
            {
                if (look > 0)
                    _cgroup.Write(StateFile, Thawed);
                _cgroup.Write(StateFile, Frozen);
            }
            if (_cgroup.Read(StateFile) == Frozen)
                return true;
            if (Stopwatch.GetElapsedTime(start) >= timeout)
                return false;
            // Nothing tells when it has happened: to look is what makes the kernel find out.
            if (look < LooksBetweenThaws)
                Thread.SpinWait(1000);
            else
                Thread.Sleep(1);
        }
    }

    /// <summary>
    /// A cgroup that has processes of its own counts as frozen once those are, whatever runs in cgroups below it (cgroup_update_frozen of kernel/cgroup/freezer.c): each of them is asked.
    /// </summary>
    private bool TryFreezeV2(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        _cgroup.Write(FreezeFile, "1");
        return Await(_cgroup);

        bool Await(CgroupDirectory cgroup) => CgroupEventsFile.Await(cgroup, CgroupEventsFile.Frozen, deadline) && CgroupTree.Below(cgroup).All(Await);
    }

    private static bool IsFrozenV2(CgroupDirectory cgroup)
        => CgroupEventsFile.Has(cgroup, CgroupEventsFile.Frozen) && CgroupTree.Below(cgroup).All(below => IsFrozenV2(below) || !below.Exists);
}
