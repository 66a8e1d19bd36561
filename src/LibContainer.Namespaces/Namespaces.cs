using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Capabilities;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.Network;
using LibContainer.Security;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>Programs in namespaces of their own: the synchronous floor of LibContainer.</summary>
public static class Namespaces
{
    /// <summary>Runs a program in a new container and waits until it has ended.</summary>
    /// <param name="container">What the container is.</param>
    /// <param name="process">The program, and as whom it runs.</param>
    /// <param name="options">Streams and call-backs. Null: the host's own streams.</param>
    /// <param name="cancellationToken">Cancelling kills the container, at whatever step it is, from the moment it exists.</param>
    /// <returns>How the program ended. When this returns, every byte that it wrote is where it was sent.</returns>
    /// <exception cref="ConfigurationException">The configuration, or this host for it: everything that is wrong, before anything is made.</exception>
    /// <exception cref="LaunchException">A step of the start failed; nothing is left. <see cref="LaunchException.Step"/> is an
    /// <see cref="Launch.Steps.ExecuteStep"/> when it was the program itself that could not be run.</exception>
    /// <exception cref="CgroupException">The container's cgroup could not be made or limited, and nothing is left; or it could not be removed, because others are in it.</exception>
    /// <exception cref="NetworkException">The container could not be connected: the entry, the errno and the kernel's words. Nothing is left.</exception>
    /// <exception cref="AggregateException">The start failed, and then its cgroup could not be removed: both.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left.</exception>
    /// <remarks>
    /// The container dies with this process, however this process ends. Thread-safe. Between two calls there remain the launcher (a process of 30 KB, or two, unless it is <see cref="Launcher.Once"/>), the thread that stands for it, and
    /// the descriptors between the two; never anything for each call.
    /// </remarks>
    public static ExitStatus Exec(
        ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= ExecOptions.Default;
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        HostChecks.ThrowIfNotAllowed();
        HostChecks.ThrowIfBad(container, process, options);

        ContainerCgroup? cgroup = ContainerCgroup.IsAskedFor(container) ? ContainerCgroup.At(container.CgroupPath, options.CgroupBackend) : null;
        ExitStatus status;
        try
        {
            status = Run(container, process, options, cgroup, cancellationToken);
        }
        catch (Exception error) when (cgroup is not null)
        {
            try
            {
                Remove(cgroup, container);
            }
            catch (CgroupException second)
            {
                throw new AggregateException($"{error.Message}; and its cgroup could not be removed: {second.Message}", error, second);
            }
            throw;
        }
        if (cgroup is not null)
            Remove(cgroup, container);
        return status;
    }

    /// <summary>Runs a program in a container that runs already, whoever has started that, and waits until it has ended.</summary>
    /// <param name="container">The container.</param>
    /// <param name="process">The program, and as whom it runs: that of the container's first program <c>with</c> other arguments, say.</param>
    /// <param name="options">Streams and call-backs. Null: the host's own streams.</param>
    /// <param name="cancellationToken">Cancelling kills the program, and nothing else in the container.</param>
    /// <returns>How the program ended. When this returns, every byte that it wrote is where it was sent.</returns>
    /// <exception cref="ConfigurationException">The program's configuration, or this host for it: everything that is wrong, before anything is made.</exception>
    /// <exception cref="ContainerStateException">The container does not run any more, or is paused.</exception>
    /// <exception cref="LaunchException">As of <see cref="Exec"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left of the program.</exception>
    /// <remarks>
    /// The program is in the container's namespaces and in its cgroup, and dies with this process, and with the container where that has process ids of its own. While it starts, it needs room for two
    /// processes in the container's limit. Thread-safe: any number at once.
    /// </remarks>
    public static ExitStatus ExecIn(RunningContainer container, ProcessConfiguration process, ExecInOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        HostChecks.ThrowIfNotAllowed();
        return Entering.Run(container, process, options ?? ExecInOptions.Default, cancellationToken);
    }

    private static void Remove(ContainerCgroup cgroup, ContainerConfiguration container)
    {
        if ((container.Namespaces & NamespaceKinds.Pid) == 0)
            cgroup.Kill(); // what the program left behind: no pid 1 takes it along
        cgroup.Delete();
    }

    private static ExitStatus Run(ContainerConfiguration container, ProcessConfiguration process, ExecOptions options, ContainerCgroup? cgroup, CancellationToken cancellationToken)
    {
        // Undo is in reverse, by scope: the process is killed and reaped before its streams go.
        using ContainerNetwork? network = ContainerNetwork.IsAskedFor(container) ? new ContainerNetwork(container, options.NetworkStrategies) : null;
        using IProgramStreams streams = ProgramStreams.Open(options, ref process);
        using LaunchedProcess launched = Start(container, process, options, streams, cgroup, network, cancellationToken);
        using (cancellationToken.Register(static state => ((LaunchedProcess)state!).Kill(), launched))
        {
            streams.Started(launched);
            using PidFiles? files = options.DataPath is { } folder ? PidFiles.Write(folder, launched.Id) : null;
            options.Started?.Invoke(launched);
            ExitStatus status = streams.CopyUntilExit(launched);
            options.Logger?.Ended(launched.Id, status);
            if (network is not null)
                Leave(network, options);
            cancellationToken.ThrowIfCancellationRequested();
            return status;
        }
    }

    /// <summary>The kernel removes the host's end of a cable some 15 ms later; nobody waits for that.</summary>
    private static void Leave(ContainerNetwork network, ExecOptions options)
        => network.DisconnectAsync().ContinueWith(
            task => options.Logger?.NetworkLeft(task.Exception!.GetBaseException().Message), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private static LaunchedProcess Start(
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
            return launcher.Start(StartOrder.Plan(container, process, passed: passed), launch, cancellationToken);

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

    /// <summary>What the first argument of a program is that is to be the init of a container. Source: nsinit, 2014.</summary>
    public const string InitArgument = "init";

    /// <summary>Whether this program was started to be the init of a container, by <see cref="Exec"/> with <see cref="InitCommand.Self"/>: it should call <see cref="Init"/> and do nothing else.</summary>
    /// <param name="arguments">Those of Main.</param>
    public static bool IsInit(ReadOnlySpan<string> arguments)
        => arguments is [InitArgument, ..] && Environment.GetEnvironmentVariable(InitWire.PipeVariable) is { Length: > 0 };

    /// <summary>
    /// Sets up, from inside, the container in whose namespaces this process was born, and becomes its program: the steps of a start, in its order, by this process itself. For programs that
    /// a <see cref="ExecOptions.CreateCommand"/> names. Call it on the main thread, first of all.
    /// </summary>
    /// <returns>Only when that failed and the host was told why: the exit code to leave with.</returns>
    /// <exception cref="ConfigurationException">It was called outside an <see cref="Exec"/>: there is no host at the other end of the descriptor that the variable <c>pipe</c> names.</exception>
    public static int Init() => InitProcess.Run();

    /// <summary>A container of 2014 as one of today, on this host: labels that its kernel does not know are passed over in silence, as they were then.</summary>
    /// <param name="spec">As <c>container.json</c> has it.</param>
    /// <param name="root">Root directory: in 2014 the current one.</param>
    /// <param name="arguments">The command.</param>
    /// <exception cref="ConfigurationException">What is asked for is unknown, or not supported yet: all of it.</exception>
    public static ConvertedContainer Convert(ContainerSpec spec, string root, ImmutableArray<string> arguments)
    {
        ConvertedContainer converted = ContainerSpecConversion.Convert(
            spec, root, arguments, static name => CapabilityNames.TryParse(name, out CapabilitySet capability) ? capability : null);
        bool hasAppArmor = SecurityModules.IsAppArmorEnabled, hasSELinux = SecurityModules.IsSELinuxEnabled;
        return new ConvertedContainer(
            converted.Container with
            {
                MountLabel = hasSELinux ? converted.Container.MountLabel : null,
                // As in 2014: the unit parent-name.scope.
                CgroupPath = spec.Cgroups is { Name.Length: > 0 } cgroup && ContainerCgroup.HasSystemd
                    ? $"{cgroup.Slice}:{cgroup.Parent.Trim('/').Replace('/', '-')}:{cgroup.Name}"
                    : converted.Container.CgroupPath,
            },
            converted.Process with
            {
                AppArmorProfile = hasAppArmor ? converted.Process.AppArmorProfile : null,
                SELinuxLabel = hasSELinux ? converted.Process.SELinuxLabel : null,
            });
    }

    /// <summary>Everything that <see cref="Exec"/> would do in the container's process, in order, without doing it. Needs no rights.</summary>
    /// <exception cref="ConfigurationException">As of <see cref="Exec"/>.</exception>
    public static LaunchPlan Plan(ContainerConfiguration container, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        HostChecks.ThrowIfBad(container, process);
        return StartOrder.Plan(container, process, ContainerCgroup.IsAskedFor(container) ? ContainerCgroup.At(container.CgroupPath) : null);
    }
}
