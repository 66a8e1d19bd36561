namespace LibContainer;

/// <summary>How <see cref="ContainerFiles.CopyOutAsync"/> packs.</summary>
public sealed record CopyOutOptions
{
    internal static CopyOutOptions Default { get; } = new();

    /// <summary>Is told the path, in the container, of what is left out of the tar: a socket, or a directory whose content shows the kernel.</summary>
    public Action<string>? LeftOut { get; init; }
}
