using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Launch;
using LibContainer.Network;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>How <see cref="Namespaces.Exec"/> runs a program.</summary>
public sealed record ExecOptions
{
    internal static ExecOptions Default { get; } = new();

    /// <summary>What the program reads. The host's own by default.</summary>
    public StandardStream StandardInput { get; init; } = StandardStream.Inherit;

    /// <summary>Where its output goes.</summary>
    public StandardStream StandardOutput { get; init; } = StandardStream.Inherit;

    /// <summary>Where its errors go.</summary>
    public StandardStream StandardError { get; init; } = StandardStream.Inherit;

    /// <summary>
    /// Folder that gets the files <c>pid</c> and <c>start</c> while the program runs, as libcontainer had them: from before <see cref="Started"/> until all else is undone.
    /// Null: none.
    /// </summary>
    public string? DataPath { get; init; }

    /// <summary>
    /// Names a program that sets the container up in the launcher's place, as the create-command of 2014 did: <see cref="InitCommand.Self"/> for this one. It costs the start of that
    /// program, for each container. Null: the launcher.
    /// </summary>
    public Func<InitContext, InitCommand>? CreateCommand { get; init; }

    /// <summary>What starts the process. Null: <see cref="Launch.Launcher.Shared"/>.</summary>
    public Launcher? Launcher { get; init; }

    /// <summary>Times the steps of the start, of the launcher's. Null: nobody does.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>Is told of each start and end. Null: nobody is.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Who makes the container's cgroup, if it gets one.</summary>
    public CgroupBackend CgroupBackend { get; init; }

    /// <summary>Kinds of networks of the host application's own, by the name that a <see cref="Configuration.CustomNetwork"/> says.</summary>
    public ImmutableDictionary<string, INetworkStrategy> NetworkStrategies { get; init; } = ImmutableDictionary<string, INetworkStrategy>.Empty;

    /// <summary>
    /// Called once the container's cgroup is there with its limits, and before the program runs, on the calling thread; not for a container that has none. When it throws, the container is killed and the
    /// exception passed on.
    /// </summary>
    public Action<ContainerCgroup>? CgroupCreated { get; init; }

    /// <summary>Called once the program runs, on the calling thread. When it throws, the container is killed and the exception passed on.</summary>
    public Action<LaunchedProcess>? Started { get; init; }
}
