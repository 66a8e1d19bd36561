namespace LibContainer.Configuration;

/// <summary>A range of user or group ids that stand for others. Source: user_namespaces(7), "User and group ID mappings".</summary>
/// <param name="ContainerId">First id in the container.</param>
/// <param name="HostId">First id on the host that it stands for.</param>
/// <param name="Size">How many ids, 1 at least.</param>
public sealed record IdMapping(uint ContainerId, uint HostId, uint Size);

/// <summary>What is added to a clock in a time namespace. Source: time_namespaces(7).</summary>
/// <param name="Seconds">Seconds; may be negative.</param>
/// <param name="Nanoseconds">Nanoseconds on top of the seconds, 0 to 999999999.</param>
public sealed record TimeOffset(long Seconds, int Nanoseconds = 0);
