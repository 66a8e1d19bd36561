using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Network.Netlink;

namespace LibContainer;

/// <summary>A container in a list.</summary>
/// <param name="Id">What it is called.</param>
/// <param name="Status">What it was doing at that moment.</param>
public sealed record ContainerInformation(string Id, ContainerStatus Status)
{
    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its first process, in this program's process id namespace. For display. Null: it has none, or is seen from another namespace.</summary>
    public int? ProcessId { get; init; }

    /// <summary>What it runs, or ran.</summary>
    public ImmutableArray<string> Arguments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>It lives on without the program that has started it.</summary>
    public bool IsDetached { get; init; }

    /// <summary>How it ended. Null: it has not, or nobody saw it.</summary>
    public ContainerExitStatus? ExitStatus { get; init; }

    /// <summary>Of <see cref="ContainerStatus.Unknown"/>: why.</summary>
    public string? Problem { get; init; }
}

/// <summary>What a container uses at one moment.</summary>
/// <param name="Resources">Of its cgroup. A host without cgroups has none of it.</param>
/// <param name="Interfaces">Of its network, by interface. Null: it shares the host's, or has ended.</param>
public sealed record ContainerStats(CgroupStats Resources, ImmutableSortedDictionary<string, LinkStatistics>? Interfaces);

/// <summary>A process in a container.</summary>
/// <param name="Id">Its id in this program's process id namespace.</param>
/// <param name="IdInContainer">Its id in its own.</param>
/// <param name="Name">The kernel's name of it: 15 bytes of the program's.</param>
/// <param name="Arguments">As the process itself has them now. Empty: a zombie, or a thread of the kernel.</param>
public sealed record ContainerProcessInformation(int Id, int IdInContainer, string Name, ImmutableArray<string> Arguments);

/// <summary>What was removed of containers whose program was killed.</summary>
/// <param name="ContainerIds">Containers: their processes, cgroups and states.</param>
/// <param name="Others">What else, in words: addresses, bridges, directories.</param>
public sealed record CollectedLeftovers(ImmutableArray<string> ContainerIds, ImmutableArray<string> Others);
