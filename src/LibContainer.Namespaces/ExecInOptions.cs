namespace LibContainer;

/// <summary>How <see cref="Namespaces.ExecIn"/> runs a program in a container that runs already.</summary>
public sealed record ExecInOptions : ProgramOptions
{
    internal static ExecInOptions Default { get; } = new();

    /// <summary>A cgroup below the container's own, which the program gets in its place: <c>tools</c> or <c>tools/one</c>. It has to be there. Null: the container's own.</summary>
    public string? Cgroup { get; init; }

    /// <summary>A container that is paused is waited for until somebody lets it go on. Otherwise it is an error.</summary>
    public bool WaitsWhilePaused { get; init; }
}
