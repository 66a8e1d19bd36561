namespace LibContainer;

/// <summary>What a container is doing.</summary>
public enum ContainerStatus
{
    /// <summary>It has an id, and was never started.</summary>
    Created,

    /// <summary>Its first process runs.</summary>
    Running,

    /// <summary>Its processes are stopped until it is resumed.</summary>
    Paused,

    /// <summary>Its first process has ended, or could not be started.</summary>
    Stopped,

    /// <summary>What is on disk of it cannot be read.</summary>
    Unknown,
}
