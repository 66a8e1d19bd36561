using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>A program that is run at a point of a container's life. It gets the container's state on its standard input.</summary>
public sealed record HookConfiguration
{
    /// <summary>Absolute path: on the host, but of <see cref="LifecycleHooks.StartContainer"/> in the container.</summary>
    public required string Path { get; init; }

    /// <summary>Arguments; the first is the name by which the program is called. Empty: the path alone.</summary>
    public ImmutableArray<string> Arguments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The whole environment, each entry <c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Seconds after which it is killed, 1 at least. Null: never.</summary>
    public int? TimeoutSeconds { get; init; }
}

/// <summary>
/// Programs that are run at points of a container's life, each list in its order. Source: the specification, config.md, "POSIX-platform
/// Hooks".
/// </summary>
public sealed record LifecycleHooks
{
    /// <summary>
    /// In the host's namespaces, after the container was made and before its program runs. Outdated: <see cref="CreateRuntime"/> takes its
    /// place.
    /// </summary>
    public ImmutableArray<HookConfiguration> Prestart { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>In the host's namespaces, when the namespaces are there and before the root is switched.</summary>
    public ImmutableArray<HookConfiguration> CreateRuntime { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>In the container's namespaces, before the root is switched.</summary>
    public ImmutableArray<HookConfiguration> CreateContainer { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>In the container, right before its program.</summary>
    public ImmutableArray<HookConfiguration> StartContainer { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>In the host's namespaces, when the program runs.</summary>
    public ImmutableArray<HookConfiguration> Poststart { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>In the host's namespaces, when the container is gone.</summary>
    public ImmutableArray<HookConfiguration> Poststop { get; init => field = value.IsDefault ? [] : value; } = [];
}
