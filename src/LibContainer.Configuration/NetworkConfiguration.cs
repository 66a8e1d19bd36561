namespace LibContainer.Configuration;

/// <summary>One network of a container.</summary>
public abstract record NetworkConfiguration
{
    private protected NetworkConfiguration() { }
}

/// <summary>The loopback interface, up: 127.0.0.1 and ::1 answer inside the container.</summary>
public sealed record LoopbackNetwork : NetworkConfiguration
{
    /// <summary>There is nothing to configure.</summary>
    public static LoopbackNetwork Instance { get; } = new();
}
