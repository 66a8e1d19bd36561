using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Network;

namespace LibContainer;

/// <summary>How a <see cref="ContainerRuntime"/> keeps its containers.</summary>
public sealed class LibContainerOptions
{
    /// <summary>Absolute path of the directory that states of containers are in. Programs that share it see each other's containers. It has to be on a file system that takes locks and is empty after a reboot.</summary>
    public string StateDirectory { get; set; } = "/run/libcontainer";

    /// <summary>Who makes the containers' cgroups.</summary>
    public CgroupBackend CgroupBackend { get; set; }

    /// <summary>
    /// The cgroup that those of containers are in which name none: a path as of <see cref="ContainerConfiguration.CgroupPath"/>, or for systemd a slice (<c>machine.slice</c>). Null: that of this process, or where systemd is
    /// asked the slice for systems. systemd is asked once, for a scope that it leaves to this runtime (<see cref="DelegatedCgroup"/>).
    /// </summary>
    public string? CgroupParent { get; set; }

    /// <summary>Kinds of networks of the application's own, by the name that a <see cref="CustomNetwork"/> says.</summary>
    public IDictionary<string, INetworkStrategy> NetworkStrategies { get; } = new Dictionary<string, INetworkStrategy>(StringComparer.Ordinal);

    /// <summary>How long <see cref="IContainer.StopAsync"/> waits for a program that was asked to end.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything that is wrong with them.</summary>
    public ImmutableArray<ConfigurationFinding> Validate()
    {
        ImmutableArray<ConfigurationFinding>.Builder findings = ImmutableArray.CreateBuilder<ConfigurationFinding>();
        if (string.IsNullOrEmpty(StateDirectory) || StateDirectory[0] != '/' || StateDirectory.Contains('\0', StringComparison.Ordinal))
            findings.Add(new(nameof(StateDirectory), $"'{StateDirectory}' is not an absolute path"));
        if (!Enum.IsDefined(CgroupBackend))
            findings.Add(new(nameof(CgroupBackend), $"{CgroupBackend} is none"));
        if (CgroupParent is { } parent && (parent.Length == 0 || parent.Split('/').Contains("..") || parent.AsSpan().ContainsAny('\0', '\n')))
            findings.Add(new(nameof(CgroupParent), $"'{parent}' is no path of a cgroup"));
        if (CgroupBackend == CgroupBackend.Systemd && CgroupParent is { } place && !CgroupHome.IsSlice(place))
            findings.Add(new(nameof(CgroupParent), $"'{place}' is no slice, as systemd has them"));
        if (StopTimeout < TimeSpan.Zero && StopTimeout != Timeout.InfiniteTimeSpan)
            findings.Add(new(nameof(StopTimeout), $"{StopTimeout} is below zero"));
        foreach ((string name, INetworkStrategy strategy) in NetworkStrategies)
            if (name.Length == 0 || strategy is null)
                findings.Add(new($"{nameof(NetworkStrategies)}[\"{name}\"]", "a strategy has a name, and is not null"));
        return findings.ToImmutable();
    }
}
