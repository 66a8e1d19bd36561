using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>
/// A cgroup that systemd makes and leaves to this program, which makes those of containers in it as if there were no systemd. They are there until they are removed: a scope of a container's own goes as soon as its last process has
/// ended, and with it what was used, and whether memory was short. Source: systemd's CGROUP_DELEGATION.md.
/// </summary>
public static class DelegatedCgroup
{
    /// <summary>Where the process is that keeps it: on version 2 a cgroup with processes passes no controllers down.</summary>
    private const string Keeper = "keeper";

    /// <summary>Has it made, around a process: it is there as long as that, or anybody in a cgroup in it.</summary>
    /// <param name="name">What its unit is called: <c>libcontainer-NAME.scope</c>.</param>
    /// <param name="slice">The slice that it is in: <c>machine.slice</c>. Null: that for systems, and of a user's own manager that for users.</param>
    /// <param name="keeperId">The process.</param>
    /// <returns>From the top of every hierarchy on, for the paths of what is in it.</returns>
    /// <exception cref="Configuration.ConfigurationException">It is no name or slice.</exception>
    /// <exception cref="CgroupException">systemd refuses, or does not answer.</exception>
    public static string Start(string name, string? slice, int keeperId)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        SystemdManager manager = SystemdManager.OfThisProcess;
        SystemdPath path = SystemdPath.From($"{slice}:{ContainerCgroup.Prefix}:{name}", !Environment.IsPrivilegedProcess);
        // Of one that was killed for lack of memory systemd would kill the rest, which are other containers.
        SystemdProperty[] properties = manager.HasOomPolicy ? [new("OOMPolicy", BusValue.String("continue"))] : [];
        string cgroup = manager.StartScope(path.Unit, path.Slice, keeperId, $"libcontainer containers of process {Environment.ProcessId}", properties);
        try
        {
            if (CgroupLayout.Host.IsVersion2 && CgroupDirectories.At(CgroupLayout.Host, $"{cgroup}/{Keeper}").Version2() is { } keeper)
            {
                CgroupTree.Make(keeper);
                keeper.Write("cgroup.procs", $"{keeperId}");
            }
            return cgroup;
        }
        catch (CgroupException)
        {
            manager.StopUnit(path.Unit);
            throw;
        }
    }
}
