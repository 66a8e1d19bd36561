using System.Collections.Immutable;
using LibContainer.Capabilities;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;
using LibContainer.Launch;
using LibContainer.Linux;
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
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left.</exception>
    /// <remarks>
    /// The container dies with this process, however this process ends. Thread-safe. Between two calls there remain the launcher (a process of 20 KB), the thread that stands for it, and
    /// the descriptors between the two; never anything for each call.
    /// </remarks>
    public static ExitStatus Exec(
        ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= ExecOptions.Default;
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        HostChecks.ThrowIfNotAllowed();
        HostChecks.ThrowIfBad(container, process);

        // Undo is in reverse, by scope: the process is killed and reaped before its streams go.
        using IProgramStreams streams = Streams(options, ref process);
        bool needsHost = StartOrder.NeedsHost(process);
        LaunchPlan plan = needsHost ? StartOrder.BeforeGo(container, process) : StartOrder.Plan(container, process);
        LaunchOptions launch = new()
        {
            StandardInput = streams.ChildInput,
            StandardOutput = streams.ChildOutput,
            StandardError = streams.ChildError,
            Synchronized = needsHost ? waiting => Continue(waiting, container, process) : null,
        };
        using LaunchedProcess launched = Start(plan, launch, process.Arguments[0], options.Logger, cancellationToken);
        using (cancellationToken.Register(static state => ((LaunchedProcess)state!).TrySendSignal(Signal.SIGKILL), launched))
        {
            streams.Started(launched);
            using PidFiles? files = options.DataPath is { } folder ? PidFiles.Write(folder, launched.Id) : null;
            options.Started?.Invoke(launched);
            ExitStatus status = streams.CopyUntilExit(launched);
            options.Logger?.Ended(launched.Id, status);
            cancellationToken.ThrowIfCancellationRequested();
            return status;
        }
    }

    private static IProgramStreams Streams(ExecOptions options, ref ProcessConfiguration process)
    {
        if (process.Terminal is not { Path: null } terminal)
            return new StandardStreams(options);
        TerminalStreams streams = new(options);
        process = process with { Terminal = streams.Sized(terminal) };
        return streams;
    }

    /// <summary>The host's part: the container's files exist now, and say who the user is.</summary>
    private static LaunchPlan Continue(LaunchedProcess waiting, ContainerConfiguration container, ProcessConfiguration process)
    {
        using RootDirectory root = RootDirectory.OfProcess(waiting.Id);
        return StartOrder.AfterGo(container, process, UserLookup.Resolve(process.User!, root));
    }

    private static LaunchedProcess Start(LaunchPlan plan, LaunchOptions launch, string command, ILogger? logger, CancellationToken cancellationToken)
    {
        try
        {
            LaunchedProcess launched = Launcher.Shared.Start(plan, launch, cancellationToken);
            logger?.Started(launched.Id, command);
            return launched;
        }
        catch (IOException error)
        {
            logger?.StartFailed(command, error.Message);
            throw;
        }
    }

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
            converted.Container with { MountLabel = hasSELinux ? converted.Container.MountLabel : null },
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
        return StartOrder.Plan(container, process);
    }
}
