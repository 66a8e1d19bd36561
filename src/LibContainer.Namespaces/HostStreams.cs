using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>The host's own streams, which nobody here closes.</summary>
internal static class HostStreams
{
    internal static SafeFileHandle Input { get; } = new(0, ownsHandle: false);

    internal static SafeFileHandle Output { get; } = new(1, ownsHandle: false);
}
