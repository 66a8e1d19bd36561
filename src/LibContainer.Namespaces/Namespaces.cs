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

/// <summary>Programs in namespaces of their own: the floor of LibContainer.</summary>
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
    /// the descriptors between the two; and, once something was awaited, one thread more with an epoll, for all that is. Never anything for each call.
    /// </remarks>
    public static ExitStatus Exec(
        ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        return Starting.Start(container, process, options ?? ExecOptions.Default, returnsAtOnce: false, cancellationToken).RunToEnd(cancellationToken);
    }

    /// <summary>As <see cref="Exec"/>, but returns as soon as the program runs.</summary>
    /// <param name="container">What the container is.</param>
    /// <param name="process">The program, and as whom it runs. One with a terminal of its own has <see cref="StandardStream.Pipe"/> as input and output, and gives it to <see cref="ContainerProcess.Terminal"/>.</param>
    /// <param name="options">Streams and call-backs. Null: the host's own streams.</param>
    /// <param name="cancellationToken">Cancelling undoes the start. Once the program runs it does nothing.</param>
    /// <returns>The program, which the caller has to dispose.</returns>
    /// <inheritdoc cref="Exec"/>
    public static ContainerProcess Start(
        ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        return Starting.Start(container, process, options ?? ExecOptions.Default, returnsAtOnce: true, cancellationToken);
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
        return Entering.Start(container, process, options ?? ExecInOptions.Default, returnsAtOnce: false, cancellationToken).RunToEnd(cancellationToken);
    }

    /// <summary>As <see cref="ExecIn"/>, but returns as soon as the program runs.</summary>
    /// <param name="container">The container.</param>
    /// <param name="process">The program. With a terminal: as of <see cref="Start"/>.</param>
    /// <param name="options">Streams and call-backs. Null: the host's own streams.</param>
    /// <param name="cancellationToken">Cancelling undoes the start. Once the program runs it does nothing.</param>
    /// <returns>The program, which the caller has to dispose.</returns>
    /// <inheritdoc cref="ExecIn"/>
    public static ContainerProcess StartIn(RunningContainer container, ProcessConfiguration process, ExecInOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        return Entering.Start(container, process, options ?? ExecInOptions.Default, returnsAtOnce: true, cancellationToken);
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

    /// <summary>Judges a container as a start does, before there is a program: <see cref="ProcessConfiguration"/> is judged with it then.</summary>
    /// <param name="container">What the container is.</param>
    /// <param name="options">Who makes its cgroup, and which kinds of networks the application has.</param>
    /// <exception cref="ConfigurationException">The configuration, or this host for it: everything that is wrong.</exception>
    public static void Check(ContainerConfiguration container, ExecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(container);
        HostChecks.ThrowIfNotLinux();
        HostChecks.ThrowIfBad(container, HostChecks.AnyProgram, options);
    }

    /// <summary>Everything that <see cref="Exec"/> would do in the container's process, in order, without doing it. Needs no rights.</summary>
    /// <exception cref="ConfigurationException">As of <see cref="Exec"/>.</exception>
    public static LaunchPlan Plan(ContainerConfiguration container, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        HostChecks.ThrowIfNotLinux();
        HostChecks.ThrowIfBad(container, process);
        return StartOrder.Plan(container, process, ContainerCgroup.IsAskedFor(container) ? ContainerCgroup.At(container.CgroupPath) : null);
    }
}
