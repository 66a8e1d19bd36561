using LibContainer.Linux;

namespace LibContainer;

/// <summary>What programs that were killed while a container started have left of its notifications.</summary>
public static class NotificationLeftovers
{
    /// <summary>Removes it. What a living program has stays.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public static IReadOnlyList<string> Remove() => RunDirectory.RemoveLeftovers(NotifySocket.Kind);
}
