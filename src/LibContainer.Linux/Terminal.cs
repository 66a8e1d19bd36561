using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>Size of a terminal in characters. 0 by 0: unknown.</summary>
/// <param name="Rows">Height.</param>
/// <param name="Columns">Width.</param>
public readonly record struct TerminalSize(int Rows, int Columns);

/// <summary>Terminals by descriptor. Source: ioctl_tty(2), termios(3).</summary>
public static unsafe class Terminal
{
    /// <summary>struct termios2, which unlike struct termios keeps any line speed.</summary>
    internal struct Settings
    {
        public uint Input, Output, Control, Local;
        public byte Line;
        public fixed byte Characters[19];
        public uint InputSpeed, OutputSpeed;
    }

    /// <summary>struct winsize.</summary>
    private struct WindowSize
    {
        public ushort Rows, Columns, Width, Height;
    }

    /// <summary>Whether the descriptor is a terminal, at either end. One that is hung up is one still.</summary>
    public static bool IsTerminal(SafeHandle handle)
    {
        Settings settings;
        return TryControl(handle, Uapi.TCGETS2, &settings) is 0 or -Uapi.EIO; // EIO is what a hung up one answers to everything
    }

    /// <summary>Its size, at either end.</summary>
    /// <exception cref="LinuxException">ENOTTY: it is not a terminal. EIO: it is hung up.</exception>
    public static TerminalSize GetSize(SafeHandle terminal)
    {
        WindowSize size;
        Control(terminal, Uapi.TIOCGWINSZ, &size, "TIOCGWINSZ");
        return new TerminalSize(size.Rows, size.Columns);
    }

    /// <summary>Changes its size, from either end. When it differs, the terminal's foreground processes get SIGWINCH.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not between 0 and 65535.</exception>
    /// <exception cref="LinuxException">As of <see cref="GetSize"/>.</exception>
    public static void SetSize(SafeHandle terminal, TerminalSize size)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((ushort)size.Rows, size.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual((ushort)size.Columns, size.Columns);
        WindowSize wanted = new() { Rows = (ushort)size.Rows, Columns = (ushort)size.Columns };
        Control(terminal, Uapi.TIOCSWINSZ, &wanted, "TIOCSWINSZ");
    }

    internal static Settings GetSettings(SafeHandle terminal)
    {
        Settings settings;
        Control(terminal, Uapi.TCGETS2, &settings, "TCGETS2");
        return settings;
    }

    /// <summary>Once what was written is shown; what was typed and not read yet stays.</summary>
    internal static void SetSettings(SafeHandle terminal, Settings settings) => Control(terminal, Uapi.TCSETSW2, &settings, "TCSETSW2");

    private static void Control(SafeHandle handle, long request, void* argument, string name)
    {
        long result = TryControl(handle, request, argument);
        if (result < 0)
            throw new LinuxException("ioctl", (Errno)(-result), detail: name);
    }

    private static long TryControl(SafeHandle handle, long request, void* argument)
    {
        ArgumentNullException.ThrowIfNull(handle);
        using Borrowed descriptor = new(handle);
        long result;
        do
            result = SystemCall.Invoke(SystemCallNumber.ioctl, descriptor.Number, request, (long)argument);
        while (result == -Uapi.EINTR);
        return result;
    }
}
