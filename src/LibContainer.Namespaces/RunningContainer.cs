using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>A container that runs, by its first process: what another program is run in by <see cref="Namespaces.ExecIn"/>, from whichever program has started it.</summary>
/// <remarks>It is held by descriptor: a process that gets its id later is never taken for it. Thread-safe.</remarks>
public sealed class RunningContainer : IDisposable
{
    private RunningContainer(int processId, PidFd pidFd, NamespaceKinds different, ContainerCgroup? cgroup)
        => (ProcessId, PidFd, Different, Cgroup) = (processId, pidFd, different, cgroup);

    /// <summary>Id of its first process. For display.</summary>
    public int ProcessId { get; }

    /// <summary>Its first process.</summary>
    public PidFd PidFd { get; }

    /// <summary>The cgroup that its first process is in, where that is not the top of every hierarchy. Null: nowhere.</summary>
    public ContainerCgroup? Cgroup { get; }

    /// <summary>Namespaces that are not this program's own.</summary>
    internal NamespaceKinds Different { get; }

    /// <summary>Finds one.</summary>
    /// <param name="processId">Its first process, or any other in the same namespaces.</param>
    /// <param name="startTime">When that started, as <see cref="ProcessStartTime"/> has it and as it was written down then. Null: nobody knows, and whoever has that id now is meant.</param>
    /// <exception cref="ContainerStateException">There is no such process, or it is another one than at that time, or it is in no container.</exception>
    /// <exception cref="LinuxException">EACCES: it may not be looked into.</exception>
    public static RunningContainer Open(int processId, string? startTime = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 1);
        HostChecks.ThrowIfNotLinux();
        PidFd pidFd = OpenProcess(processId);
        try
        {
            RunningContainer found = new(processId, pidFd, Look(processId), ContainerCgroup.OfProcess(processId) is { Exists: true } cgroup ? cgroup : null);
            bool isOther = startTime is not null && ProcessStartTime.Read(processId) != startTime;
            found.ThrowIfEnded(); // behind all looks: had it ended before, they might have been at another
            if (isOther)
                throw new ContainerStateException($"process {processId} is not the container's: it started at another time than that");
            if (found.Different == NamespaceKinds.None)
                throw new ContainerStateException($"process {processId} is in no container: all of its namespaces are this program's own");
            return found;
        }
        catch
        {
            pidFd.Dispose();
            throw;
        }
    }

    /// <summary>The container that a start of this program has made.</summary>
    /// <exception cref="ContainerStateException">It has ended.</exception>
    public static RunningContainer Of(LaunchedProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Open(process.Id); // it is not reaped before its owner does that, so its id is its own
    }

    /// <inheritdoc cref="Of(LaunchedProcess)"/>
    public static RunningContainer Of(ContainerProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Of(process.Launched);
    }

    /// <exception cref="ContainerStateException">Its first process has ended.</exception>
    internal void ThrowIfEnded()
    {
        if (PidFd.HasEnded)
            throw NotRunning(ProcessId);
    }

    private static PidFd OpenProcess(int processId)
    {
        try
        {
            return PidFd.Open(processId);
        }
        catch (LinuxException error) when (error.Error is Errno.ESRCH or Errno.EINVAL) // EINVAL: the id of a thread
        {
            throw NotRunning(processId, error);
        }
    }

    private static NamespaceKinds Look(int processId)
    {
        try
        {
            return (NamespaceKinds)ProcessNamespaces.FindDifferent(processId);
        }
        catch (LinuxException error) when (error.Error is Errno.ENOENT or Errno.ESRCH)
        {
            throw NotRunning(processId, error);
        }
    }

    private static ContainerStateException NotRunning(int processId, Exception? inner = null) => new($"the container does not run: there is no process {processId} any more", inner);

    /// <inheritdoc/>
    public void Dispose() => PidFd.Dispose();
}
