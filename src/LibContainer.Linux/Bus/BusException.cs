namespace LibContainer.Linux;

/// <summary>A message bus, or who is asked over it, answered with an error. Source: the D-Bus specification, "Message Types".</summary>
public sealed class BusException : IOException
{
    internal BusException(string call, Errno error, string? errorName = null, string? text = null)
        : base($"{call}: {(errorName is null ? LinuxException.Name(error) : $"{errorName}: {text}")}", (int)error)
    {
        Error = error;
        ErrorName = errorName;
        Text = text;
    }

    /// <summary>What it is to the library. Of an error that it does not know by name: EIO.</summary>
    public Errno Error { get; }

    /// <summary><c>org.freedesktop.systemd1.UnitExists</c>. Null: there was no answer, and <see cref="Error"/> says why.</summary>
    public string? ErrorName { get; }

    /// <summary>What the answer said about it.</summary>
    public string? Text { get; }

    /// <summary>The connection is of no more use: the bus was restarted, say.</summary>
    internal bool IsDisconnected => Error is Errno.ECONNRESET or Errno.ENOTCONN or Errno.EPIPE;
}
