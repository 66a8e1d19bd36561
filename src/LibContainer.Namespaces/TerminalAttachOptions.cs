using System.Collections.Immutable;

namespace LibContainer;

/// <summary>How somebody is attached to a terminal by <see cref="TerminalStream.Attach"/>.</summary>
public sealed record TerminalAttachOptions
{
    internal static TerminalAttachOptions Default { get; } = new();

    /// <summary>Where is typed what the program gets. The host's own by default, which has to be a terminal.</summary>
    public StandardStream StandardInput { get; init; } = StandardStream.Inherit;

    /// <summary>Where it is shown.</summary>
    public StandardStream StandardOutput { get; init; } = StandardStream.Inherit;

    /// <summary>Keys that detach, and that the program does not get: 16, 17 for Ctrl-P, Ctrl-Q. Empty: there are none.</summary>
    public ImmutableArray<byte> DetachKeys { get; init => field = value.IsDefault ? [] : value; } = [];
}
