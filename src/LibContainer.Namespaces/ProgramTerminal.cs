using System.Runtime.InteropServices;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>The host's side of a program that has a terminal of its own.</summary>
internal sealed class ProgramTerminal : IProgramStreams
{
    private readonly SafeFileHandle _null;
    private readonly TerminalView? _view;
    private readonly TerminalSize? _size;
    private Task _ending = Task.CompletedTask;

    /// <param name="view">Where it is shown until the program has ended. It is closed with this. Null: nowhere, until the caller reads it.</param>
    /// <param name="size">Size that the terminal has been given there.</param>
    internal ProgramTerminal(TerminalView? view, TerminalSize? size = null)
    {
        (_view, _size) = (view, size);
        _null = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
    }

    /// <summary>/dev/null, until the terminal takes its place.</summary>
    public SafeHandle? ChildInput => _null;

    public SafeHandle? ChildOutput => _null;

    public SafeHandle? ChildError => _null;

    public Stream? Input => Terminal;

    public Stream? Output => Terminal;

    public Stream? Error => null;

    public TerminalStream? Terminal { get; private set; }

    public void Started(LaunchedProcess process)
    {
        Terminal = new TerminalStream(process);
        if (_view is null)
            _ending = EndAsync(process, Terminal);
        else
            _view.Begin(Terminal, _size);
    }

    private static async Task EndAsync(LaunchedProcess process, TerminalStream terminal)
    {
        await process.WaitForExitAsync().ConfigureAwait(false);
        terminal.CloseProgramsEnd();
    }

    public ExitStatus CopyUntilExit(LaunchedProcess process)
    {
        _view?.Copy(Terminal!, process, [], CancellationToken.None);
        ExitStatus status = process.WaitForExit();
        _view?.ThrowIfFailed();
        return status;
    }

    public async Task<ExitStatus> CopyUntilExitAsync(LaunchedProcess process)
    {
        await _ending.ConfigureAwait(false);
        return await process.WaitForExitAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _view?.Dispose();
        Terminal?.Dispose();
        _null.Dispose();
    }
}
