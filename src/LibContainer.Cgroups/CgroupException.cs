using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>A cgroup could not be made, limited, read or removed. The sentence names controller, file, value and errno.</summary>
public sealed class CgroupException : IOException
{
    internal CgroupException(string message, Errno error = 0, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>What the kernel answered; 0 when it was not asked.</summary>
    public Errno Error { get; }
}
