namespace LibContainer.Configuration.ContainerJson;

/// <summary><c>container.json</c> cannot be read.</summary>
public sealed class ContainerJsonException : FormatException
{
    internal ContainerJsonException(string path, string message)
        : base(message) => Path = path;

    /// <summary>The member, <c>mounts[2].source</c>; empty for the whole.</summary>
    public string Path { get; }
}
