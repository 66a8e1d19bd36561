using LibContainer.Cgroups;

namespace LibContainer;

/// <summary>What a state on disk says of a container that this program has not started.</summary>
internal static class StateView
{
    /// <summary>What it is doing.</summary>
    internal static ContainerStatus StatusOf(ContainerState state, StateStore store)
    {
        if (state.Exit is not null)
            return ContainerStatus.Stopped;
        if (state.Process is not { } process)
            return store.HasOwner(state.Id) ? ContainerStatus.Created : ContainerStatus.Stopped; // its program was killed before it could start it
        if (state.PidNamespace == PidNamespaces.Current ? !process.Runs(state.PidNamespace) : !IsAlive(state, store))
            return ContainerStatus.Stopped;
        return IsFrozen(state) ? ContainerStatus.Paused : ContainerStatus.Running;
    }

    /// <summary>Asks the hierarchies alone that can stop processes: a list asks for each container.</summary>
    private static bool IsFrozen(ContainerState state) => ContainerCgroup.OfPaths(state.Cgroup.Where(static path => path.Key is "freezer" or "").ToDictionary()).IsFrozen;

    /// <summary>Seen from another process id namespace: it dies with its program, and a detached one has its cgroup.</summary>
    private static bool IsAlive(ContainerState state, StateStore store)
        => store.HasOwner(state.Id) || (state.Process!.IsDetached && OpenedContainer.CgroupOf(state) is { Exists: true });

    internal static ContainerInformation Describe(string id, StateStore store)
    {
        try
        {
            ContainerState state = store.Read(id);
            return new ContainerInformation(id, StatusOf(state, store))
            {
                CreatedAt = state.CreatedAt,
                ProcessId = state.PidNamespace == PidNamespaces.Current ? state.Process?.Id : null,
                Arguments = state.Process?.Arguments ?? [],
                IsDetached = state.Process?.IsDetached == true,
                ExitStatus = state.Exit,
            };
        }
        catch (ContainerException error) when (error.Code is ContainerErrorCode.StateUnreadable or ContainerErrorCode.StateTooNew)
        {
            return new ContainerInformation(id, ContainerStatus.Unknown) { Problem = error.Message };
        }
        catch (CgroupException error)
        {
            return new ContainerInformation(id, ContainerStatus.Unknown) { Problem = error.Message };
        }
    }
}
