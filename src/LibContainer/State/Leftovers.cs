using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Network;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>Finds containers whose program was killed, and removes what is left of them. Others may do the same at the same time.</summary>
internal sealed class Leftovers(StateStore store, ILogger logger)
{
    private readonly ImmutableArray<string>.Builder _removed = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<string>.Builder _others = ImmutableArray.CreateBuilder<string>();
    private readonly List<Exception> _failures = [];

    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.LeftoverRemains"/>: what could be removed is.</exception>
    internal CollectedLeftovers Collect(CancellationToken cancellationToken)
    {
        string[] ids = store.Ids();
        HashSet<string> cgroupsInUse = CgroupsInUse(ids);
        foreach (string id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Attempt(id, () => Collect(id, cgroupsInUse));
        }
        Attempt("", () => Other(store.RemoveHidden(), "folders of states that were being made or removed"));
        Attempt("", () => _others.AddRange(NetworkLeftovers.Remove()));
        Attempt("", () => _others.AddRange(NotificationLeftovers.Remove()));
        if (_failures.Count > 0)
            throw new ContainerException(
                ContainerErrorCode.LeftoverRemains, string.Join("; ", _failures.Select(failure => failure.Message)), _failures.Count == 1 ? _failures[0] : new AggregateException(_failures));
        return new CollectedLeftovers(_removed.ToImmutable(), _others.ToImmutable());
    }

    private void Collect(string id, HashSet<string> cgroupsInUse)
    {
        using StateFolder? folder = store.TryLock(id);
        if (folder is null || store.HasOwner(id))
            return; // somebody is at it, and lives
        ContainerState state = folder.Read();
        if (IsLeftToItself(state))
            return;
        Removal.Remove(state, keepsCgroup: state.Cgroup.Values.Any(cgroupsInUse.Contains));
        folder.Remove();
        logger.Collected(id);
        _removed.Add(id);
    }

    /// <summary>A detached container has no owner, and is somebody's all the same until it is deleted; one that has ended is what its exit status is asked of.</summary>
    private static bool IsLeftToItself(ContainerState state) => state.Process is { IsDetached: true };

    /// <summary>Two containers may have been given one path, the second when the first was gone.</summary>
    private HashSet<string> CgroupsInUse(string[] ids)
    {
        HashSet<string> paths = [];
        foreach (string id in ids)
            if (store.HasOwner(id))
                Attempt(id, () => paths.UnionWith(store.Read(id).Cgroup.Values));
        return paths;
    }

    private void Other(int count, string what)
    {
        if (count > 0)
            _others.Add($"{count} {what}");
    }

    /// <param name="id">The container that it is about; empty when it is about none.</param>
    /// <param name="act">What is to be done.</param>
    private void Attempt(string id, Action act)
    {
        using IDisposable? scope = id.Length > 0 ? logger.BeginContainer(id) : null;
        try
        {
            act();
        }
        catch (ContainerNotFoundException)
        {
            // Somebody else has removed it.
        }
        catch (ContainerException error) when (error.Code is ContainerErrorCode.StateUnreadable or ContainerErrorCode.StateTooNew)
        {
            logger.CollectFailed(id, error.Message); // not known to be a leftover: nothing is touched
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ContainerException or ConfigurationException)
        {
            logger.CollectFailed(id, error.Message);
            _failures.Add(error);
        }
    }
}
