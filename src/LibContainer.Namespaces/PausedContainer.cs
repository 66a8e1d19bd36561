using LibContainer.Cgroups;

namespace LibContainer;

/// <summary>A container whose processes are stopped: who enters it stops with them.</summary>
internal static class PausedContainer
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Goes on as soon as it is not paused.</summary>
    /// <exception cref="ContainerStateException">It is paused and nobody wants to wait, or it has ended meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal static void Pass(ContainerCgroup cgroup, RunningContainer container, bool waits, CancellationToken cancellationToken)
    {
        while (cgroup.IsFrozen)
        {
            if (!waits)
                throw new ContainerStateException($"the container of process {container.ProcessId} is paused");
            container.ThrowIfEnded();
            cancellationToken.ThrowIfCancellationRequested();
            // Version 1 tells nobody when it is thawed: it can only be looked at. A pause is a matter of people.
            cancellationToken.WaitHandle.WaitOne(LookAgain);
        }
    }
}
