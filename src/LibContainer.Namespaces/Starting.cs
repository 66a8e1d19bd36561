using System.Runtime.InteropServices;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Network;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>The first program of a new container.</summary>
internal static class Starting
{
    internal static ContainerProcess Start(ContainerConfiguration container, ProcessConfiguration process, ExecOptions options, bool returnsAtOnce, CancellationToken cancellationToken)
    {
        HostChecks.ThrowIfNotAllowed();
        HostChecks.ThrowIfBad(container, process, options);
        ContainerCgroup? cgroup = options.Cgroup ?? (ContainerCgroup.IsAskedFor(container) ? ContainerCgroup.At(container.CgroupPath, options.CgroupBackend) : null);

        ContainerEnd end = new(options);
        IProgramStreams? streams = null;
        LaunchedProcess? launched = null;
        try
        {
            end.Own(cgroup, container);
            end.Network = ContainerNetwork.IsAskedFor(container) ? new ContainerNetwork(container, options.NetworkStrategies) : null;
            streams = ProgramStreams.Open(options, ref process, returnsAtOnce);
            if (options.Notified is { } notified)
            {
                end.Notifications = new NotifySocket(notified);
                end.Notifications.AddTo(ref container, ref process);
            }
            launched = Launch(container, process, options, streams, cgroup, end.Network, cancellationToken);
            return ContainerProcess.Begin(launched, streams, end, options, cancellationToken);
        }
        catch (Exception error)
        {
            end.DisposeAfter(error, launched, streams);
            throw;
        }
    }

    private static LaunchedProcess Launch(
        ContainerConfiguration container, ProcessConfiguration process, ExecOptions options, IProgramStreams streams, ContainerCgroup? cgroup, ContainerNetwork? network, CancellationToken cancellationToken)
    {
        try
        {
            using NameFiles? names = NameFiles.Create(container);
            container = names?.Container ?? container;
            LaunchedProcess launched = options.CreateCommand is { } create
                ? StartInit(container, process, create, options, streams, cgroup, network, names, cancellationToken)
                : StartPlan(container, process, options, streams, cgroup, network, names, cancellationToken);
            options.Logger?.Started(launched.Id, process.Arguments[0]);
            return launched;
        }
        catch (IOException error)
        {
            options.Logger?.StartFailed(process.Arguments[0], error.Message);
            throw;
        }
    }

    private static LaunchedProcess StartPlan(
        ContainerConfiguration container, ProcessConfiguration process, ExecOptions options, IProgramStreams streams, ContainerCgroup? cgroup, ContainerNetwork? network, NameFiles? names, CancellationToken cancellationToken)
    {
        Launcher launcher = options.Launcher ?? Launcher.Shared;
        PassedDescriptors passed = PassedDescriptors.Of(options);
        LaunchOptions launch = ProgramStreams.Options(streams, options.Clock, passed);
        if (!StartOrder.Waits(container, process, cgroup))
            return launcher.Start(HostPart.ForLifeOf(StartOrder.Plan(container, process, passed: passed), options), launch, cancellationToken);

        using HostPart host = new(container, process, options, passed, cgroup, network, names);
        using SafeHandle? birthplace = cgroup?.CreateBirthplace(container.Resources);
        return launcher.Start(host.Plan(), launch with { Cgroup = birthplace, Cloned = host.Begin, NetlinkOpened = host.Connect, Synchronized = host.Continue }, cancellationToken);
    }

    private static LaunchedProcess StartInit(
        ContainerConfiguration container, ProcessConfiguration process, Func<InitContext, InitCommand> create, ExecOptions options, IProgramStreams streams, ContainerCgroup? cgroup, ContainerNetwork? network, NameFiles? names, CancellationToken cancellationToken)
    {
        InitContext context = new(container, process, options.DataPath);
        InitCommand command = create(context) ?? throw new InvalidOperationException("the create-command names no program");
        OwnInit.ThrowIfBad(command);
        using HostPart host = new(container, process with { User = null }, options, PassedDescriptors.None, cgroup, network, names); // the init looks its user up itself
        using SafeHandle? birthplace = cgroup?.CreateBirthplace(container.Resources);
        return new OwnInit(container, process, command, context, cgroup).Start(
            options.Launcher ?? Launcher.Shared, ProgramStreams.Options(streams, options.Clock) with { Cgroup = birthplace, Cloned = host.Begin, NetlinkOpened = host.Connect, Synchronized = host.Continue }, cancellationToken);
    }
}
