using System.Runtime.InteropServices;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>A program in a container that runs already.</summary>
internal static class Entering
{
    internal static ContainerProcess Start(RunningContainer container, ProcessConfiguration process, ExecInOptions options, bool returnsAtOnce, CancellationToken cancellationToken)
    {
        HostChecks.ThrowIfNotAllowed();
        HostChecks.ThrowIfBad(process, options);
        container.ThrowIfEnded();
        ContainerCgroup? cgroup = CgroupOf(container, options.Cgroup);
        if (cgroup is not null)
            PausedContainer.Pass(cgroup, container, options.WaitsWhilePaused, cancellationToken);

        ContainerEnd end = new(options, container.ProcessId);
        IProgramStreams? streams = null;
        LaunchedProcess? launched = null;
        try
        {
            streams = ProgramStreams.Open(options, ref process, returnsAtOnce);
            launched = Launch(container, cgroup, process, options, streams, cancellationToken);
            return ContainerProcess.Begin(launched, streams, end, options, cancellationToken);
        }
        catch (Exception error)
        {
            end.DisposeAfter(error, launched, streams);
            throw;
        }
    }

    private static ContainerCgroup? CgroupOf(RunningContainer container, string? below)
    {
        if (below is null)
            return container.Cgroup;
        return container.Cgroup?.FindBelow(below) ?? throw new ConfigurationException([new ConfigurationFinding("cgroup", $"the container has no cgroup {below}")]);
    }

    private static LaunchedProcess Launch(RunningContainer container, ContainerCgroup? cgroup, ProcessConfiguration process, ExecInOptions options, IProgramStreams streams, CancellationToken cancellationToken)
    {
        try
        {
            PassedDescriptors passed = PassedDescriptors.Of(options);
            LaunchPlan plan = EnterOrder.Plan(container.ProcessId, container.Different, cgroup, process, UserOf(container, process), MaySetGroups(container, process), passed);
            using SafeHandle? birthplace = cgroup?.OpenBirthplace();
            LaunchedProcess launched = (options.Launcher ?? Launcher.Shared).Start(
                plan,
                ProgramStreams.Options(streams, options.Clock, passed) with
                {
                    Cgroup = birthplace,
                    Synchronized = _ => new GoAhead { Descriptors = [.. cgroup?.OpenTasks() ?? [], Descriptor.Duplicate(container.PidFd)] },
                },
                cancellationToken);
            options.Logger?.ProgramStarted(launched.Id, container.ProcessId, process.Arguments[0]);
            return launched;
        }
        catch (IOException error)
        {
            options.Logger?.ProgramFailed(container.ProcessId, process.Arguments[0], error.Message);
            container.ThrowIfEnded(); // that explains whatever went wrong
            throw;
        }
    }

    private static ResolvedUser? UserOf(RunningContainer container, ProcessConfiguration process)
    {
        if (process.User is null)
            return null;
        using RootDirectory root = RootDirectory.OfProcess(container.ProcessId);
        container.ThrowIfEnded(); // else it might be another's
        return UserLookup.Resolve(process.User, root);
    }

    /// <summary>A user namespace that an unprivileged user has made may forbid it for good: user_namespaces(7). The groups of the host's process are all that there is then.</summary>
    private static bool MaySetGroups(RunningContainer container, ProcessConfiguration process)
        => (container.Different & NamespaceKinds.User) == 0 || !process.AdditionalGroupIds.IsEmpty
        || File.ReadAllText($"/proc/{container.ProcessId}/setgroups").TrimEnd() != "deny";
}
