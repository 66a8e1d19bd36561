using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>A terminal that passes on every key as it is typed, until this is disposed. Source: termios(3), cfmakeraw.</summary>
/// <remarks>The settings come back when the process exits, too, whichever thread ends it; not when it is killed.</remarks>
public sealed unsafe class RawMode : IDisposable
{
    private readonly SafeHandle _terminal;
    private readonly Terminal.Settings _before;
    private int _isRestored;

    private RawMode(SafeHandle terminal, Terminal.Settings before)
    {
        _terminal = terminal;
        _before = before;
    }

    /// <summary>Remembers the settings and changes them.</summary>
    /// <param name="terminal">Has to stay open until this is disposed.</param>
    /// <exception cref="LinuxException">ENOTTY: it is not a terminal.</exception>
    public static RawMode Enter(SafeHandle terminal)
    {
        Terminal.Settings settings = Terminal.GetSettings(terminal);
        RawMode mode = new(terminal, settings);
        AppDomain.CurrentDomain.ProcessExit += mode.OnProcessExit;
        settings.Input &= ~(Uapi.IGNBRK | Uapi.BRKINT | Uapi.PARMRK | Uapi.ISTRIP | Uapi.INLCR | Uapi.IGNCR | Uapi.ICRNL | Uapi.IXON);
        settings.Output &= ~Uapi.OPOST;
        settings.Local &= ~(Uapi.ECHO | Uapi.ECHONL | Uapi.ICANON | Uapi.ISIG | Uapi.IEXTEN);
        settings.Control = settings.Control & ~(Uapi.CSIZE | Uapi.PARENB) | Uapi.CS8;
        settings.Characters[Uapi.VMIN] = 1;
        settings.Characters[Uapi.VTIME] = 0;
        Terminal.SetSettings(terminal, settings);
        return mode;
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => Restore();

    private void Restore()
    {
        if (Interlocked.Exchange(ref _isRestored, 1) != 0)
            return;
        try
        {
            Terminal.SetSettings(_terminal, _before);
        }
        catch (LinuxException error) when (error.Error == Errno.EIO)
        {
            // It is hung up: there is nothing left whose settings could be wrong.
        }
    }

    /// <summary>Puts the settings back.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Restore();
    }
}
