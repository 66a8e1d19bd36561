using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>
/// What is on disk of a container: <c>state.json</c>. It names what the kernel has of it before that is made; what is not here goes by itself with its namespaces (mounts, cables), or stands in tables of its own that all programs
/// share (addresses on bridges).
/// </summary>
internal sealed record ContainerState
{
    internal const int CurrentVersion = 1;

    /// <summary>Of this format. What a version does not know it does not touch.</summary>
    public required int Version { get; init; }

    /// <summary>Its name, and that of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>When it was.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The process id namespace that <see cref="Process"/> counts in: <c>pid:[4026531836]</c>.</summary>
    public required string PidNamespace { get; init; }

    /// <summary>Its cgroup, as <see cref="Cgroups.ContainerCgroup.Paths"/> has it. Empty: this host has none.</summary>
    public required ImmutableSortedDictionary<string, string> Cgroup { get; init; }

    /// <summary>What that is called as a <see cref="Configuration.ContainerConfiguration.CgroupPath"/>, by the runtime. Null: the configuration says it, or this host has none.</summary>
    public string? CgroupPath { get; init; }

    /// <summary>The caller has said where that is: until it is made, and when it is removed, it may be another container's.</summary>
    [JsonIgnore]
    public bool IsCgroupGiven => CgroupPath is null;

    /// <summary>Its first process. Null: it was never started.</summary>
    public FirstProcess? Process { get; init; }

    /// <summary>How it ended. Null: it has not, or nobody was there to see it.</summary>
    public ContainerExitStatus? Exit { get; init; }
}

/// <summary>Who runs in a container.</summary>
/// <param name="Id">Process id.</param>
/// <param name="StartTime">As <see cref="ProcessStartTime"/> has it: with the id, the process's identity.</param>
/// <param name="StartedAt">When the program ran.</param>
/// <param name="Arguments">The program.</param>
/// <param name="IsDetached">It lives on without the program that has started it.</param>
internal sealed record FirstProcess(int Id, string StartTime, DateTimeOffset StartedAt, ImmutableArray<string> Arguments, bool IsDetached)
{
    /// <summary>It is that process still, and no zombie.</summary>
    internal bool Runs(string pidNamespace) => pidNamespace == PidNamespaces.Current && ProcessStartTime.IsRunning(Id, StartTime);
}

/// <summary>Process id namespaces.</summary>
internal static class PidNamespaces
{
    private static string? s_current;

    /// <summary>That of this program. Looked at when it is asked for, so that a host without /proc is told by an error of a file and not of a type.</summary>
    /// <exception cref="IOException">There is no /proc.</exception>
    internal static string Current => s_current ??= (File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false) ?? throw new IOException("/proc/self/ns/pid is no link: /proc is not the kernel's")).Name;
}

/// <summary>Written out by the compiler: no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ContainerState))]
internal sealed partial class ContainerStateJson : JsonSerializerContext;
