using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux;

/// <summary>This process's own streams, which nobody here closes.</summary>
public static class HostStreams
{
    /// <summary>Descriptor 0.</summary>
    public static SafeFileHandle Input { get; } = new(0, ownsHandle: false);

    /// <summary>Descriptor 1.</summary>
    public static SafeFileHandle Output { get; } = new(1, ownsHandle: false);

    /// <summary>Descriptor 2.</summary>
    public static SafeFileHandle Error { get; } = new(2, ownsHandle: false);
}
