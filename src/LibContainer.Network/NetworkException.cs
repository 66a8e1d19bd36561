using LibContainer.Linux;

namespace LibContainer.Network;

/// <summary>A container could not be connected. The sentence names the entry, the interface, the errno and what the kernel says to it.</summary>
public sealed class NetworkException : IOException
{
    internal NetworkException(string message, Errno error = 0, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>What the kernel answered; 0 when it was not asked.</summary>
    public Errno Error { get; }
}
