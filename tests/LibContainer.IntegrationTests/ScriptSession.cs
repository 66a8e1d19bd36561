using System.Diagnostics;
using System.Text;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Somebody at a terminal: <c>script</c> gives one to a shell command, and a test types and reads.</summary>
internal sealed class ScriptSession : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _script;
    private readonly StringBuilder _shown = new();
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _more = new();
    private readonly Task _reading;

    internal ScriptSession(string command)
    {
        _script = Command.Start("script", "-qec", command, "/dev/null");
        _reading = Task.Run(Read);
    }

    internal int Id => _script.Id;

    /// <summary>All that was shown, line breaks as they are in text.</summary>
    internal string Shown
    {
        get
        {
            lock (_gate)
                return _shown.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        }
    }

    private async Task Read()
    {
        char[] buffer = new char[4096];
        while (await _script.StandardOutput.ReadAsync(buffer) is > 0 and int count)
        {
            lock (_gate)
                _shown.Append(buffer, 0, count);
            _more.Set();
        }
        _more.Set();
    }

    internal void Type(string keys)
    {
        _script.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    /// <summary>Waits until the text was shown.</summary>
    internal void Expect(string text)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            _more.Reset();
            if (Shown.Contains(text, StringComparison.Ordinal))
                return;
            bool isOver = _reading.IsCompleted;
            if (isOver || watch.Elapsed > Patience || !_more.Wait(Patience))
                throw new TimeoutException($"'{text}' was not shown{(isOver ? " before the end" : "")}, but: {Shown}");
        }
    }

    /// <returns>The exit code of the command.</returns>
    internal int WaitForExit()
    {
        if (!_script.WaitForExit(Patience) || !_reading.Wait(Patience))
            throw new TimeoutException($"the session did not end, and showed: {Shown}");
        return _script.ExitCode;
    }

    /// <summary>The terminal is gone, as when its window is closed.</summary>
    internal void HangUp() => _script.Kill();

    public void Dispose()
    {
        if (!_script.HasExited)
            _script.Kill(entireProcessTree: true);
        _script.Dispose();
        _more.Dispose();
    }
}
