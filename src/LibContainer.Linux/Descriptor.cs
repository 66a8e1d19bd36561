using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Descriptors by number.</summary>
internal static class Descriptor
{
    /// <summary>Whether the number stands for something. Source: fcntl(2), F_GETFD.</summary>
    internal static bool IsOpen(int number) => LibC.fcntl(number, LibC.F_GETFD) >= 0;
}
