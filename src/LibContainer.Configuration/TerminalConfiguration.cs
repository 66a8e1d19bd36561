namespace LibContainer.Configuration;

/// <summary>A program's terminal. Source: pty(7), ioctl_tty(2).</summary>
/// <param name="Rows">Height in characters, 0 to 65535. 0: that of the terminal it is shown on, or unknown.</param>
/// <param name="Columns">Width in characters, 0 to 65535. 0: that of the terminal it is shown on, or unknown.</param>
public sealed record TerminalConfiguration(int Rows = 0, int Columns = 0)
{
    /// <summary>
    /// A terminal that exists already, on the host: absolute path of its device. It becomes the container's in the place of a new one. Null: a new one, from the container's own devpts.
    /// </summary>
    public string? Path { get; init; }
}
