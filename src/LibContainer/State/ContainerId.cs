using System.Buffers;

namespace LibContainer;

/// <summary>What a container is called: a name of a folder, of a cgroup and of a unit of systemd.</summary>
internal static class ContainerId
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <exception cref="ContainerException"><see cref="ContainerErrorCode.InvalidId"/>.</exception>
    internal static void ThrowIfBad(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        string? why = id.Length switch
        {
            0 => "is empty",
            > MaxLength => $"has {id.Length} characters, and {MaxLength} are the most",
            _ when id.AsSpan().IndexOfAnyExcept(Allowed) is >= 0 and int at => $"has '{id[at]}' at {at}: letters, digits, '_', '-' and '.' of ASCII are allowed",
            _ when !char.IsAsciiLetterOrDigit(id[0]) => "does not begin with a letter or digit",
            _ => null,
        };
        if (why is not null)
            throw new ContainerException(ContainerErrorCode.InvalidId, $"the id '{id}' {why}") { ContainerId = id };
    }

    /// <summary>One that nobody else has chosen: <c>run-0190b6…</c>.</summary>
    internal static string NewFor(string what) => $"{what}-{Guid.CreateVersion7():N}";
}
