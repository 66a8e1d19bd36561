using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Network;

namespace LibContainer;

/// <summary>How <see cref="Namespaces.Exec"/> runs a program.</summary>
public sealed record ExecOptions : ProgramOptions
{
    internal static ExecOptions Default { get; } = new();

    /// <summary>
    /// Folder that gets the files <c>pid</c> and <c>start</c> while the program runs, as libcontainer had them: from before <see cref="ProgramOptions.Started"/> until all else is undone.
    /// Null: none.
    /// </summary>
    public string? DataPath { get; init; }

    /// <summary>
    /// Names a program that sets the container up in the launcher's place, as the create-command of 2014 did: <see cref="InitCommand.Self"/> for this one. It costs the start of that
    /// program, for each container. Null: the launcher.
    /// </summary>
    public Func<InitContext, InitCommand>? CreateCommand { get; init; }

    /// <summary>
    /// Is told what the container's programs say of themselves, by the lines of a message: <c>READY=1</c>, <c>STATUS=...</c>. One message after the other, on threads of the pool, or by who waits for the end, for which it must not wait itself. When
    /// it throws, the program is killed, and the exception comes from that wait. To pass it on: <see cref="HostNotifications.Relay"/>. Null: nobody is, and the program is not asked to say something.
    /// Source: sd_notify(3).
    /// </summary>
    public Action<ImmutableArray<string>>? Notified { get; init; }

    /// <summary>Who makes the container's cgroup, if it gets one.</summary>
    public CgroupBackend CgroupBackend { get; init; }

    /// <summary>Kinds of networks of the host application's own, by the name that a <see cref="Configuration.CustomNetwork"/> says.</summary>
    public ImmutableDictionary<string, INetworkStrategy> NetworkStrategies { get; init; } = ImmutableDictionary<string, INetworkStrategy>.Empty;

    /// <summary>
    /// Called once the container's cgroup is there with its limits, and before the program runs, on the calling thread; not for a container that has none. When it throws, the container is killed and the
    /// exception passed on.
    /// </summary>
    public Action<ContainerCgroup>? CgroupCreated { get; init; }

    /// <summary>
    /// Called once all that ran in the container has ended, and before its cgroup is removed: what it has used is there still. By whoever waits for the end or disposes, whose exception it is when it throws; also
    /// behind a start that failed.
    /// </summary>
    public Action<ContainerCgroup>? CgroupEmptied { get; init; }

    /// <summary>
    /// The program lives on when this one ends, or disposes it: it is killed by nobody, and what the start has made stays then. While this program lives it is still its child, and undone when somebody waits for its end. Once
    /// <see cref="ProgramOptions.Started"/> has returned; before that it goes with this program as every other. Not for a container that another program than the launcher sets up.
    /// </summary>
    public bool Detached { get; init; }

    /// <summary><see cref="Namespaces.Check"/> has judged the container on this host already, with the same options: 0.15 ms of a start of three.</summary>
    internal bool IsContainerChecked { get; init; }

    /// <summary>The container's cgroup, of this start alone, as <see cref="ContainerCgroup.At"/> has found it. Null: it is looked for.</summary>
    internal ContainerCgroup? Cgroup { get; init; }
}
