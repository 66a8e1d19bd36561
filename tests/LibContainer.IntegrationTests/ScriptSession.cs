using System.Diagnostics;
using System.Globalization;
using System.Text;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

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
    private int _seen;

    internal ScriptSession(string command)
    {
        _script = Command.Start("script", "-qec", command, "/dev/null");
        _reading = Task.Run(Read);
    }

    internal int Id => _script.Id;

    /// <summary>Ids of all that runs at the terminal, a parent before its children.</summary>
    internal IEnumerable<int> Processes => Descendants(Id);

    private static IEnumerable<int> Descendants(int id) => Directory.GetDirectories($"/proc/{id}/task")
        .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(child => int.Parse(child, CultureInfo.InvariantCulture))
        .SelectMany(child => Descendants(child).Prepend(child));

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
    internal void Expect(string text) => Await(0, [text]);

    /// <summary>Waits until each of the texts was shown since the last time, in whatever order.</summary>
    /// <returns>All that was shown since then, to the end of the last of them.</returns>
    internal string Next(params string[] texts)
    {
        int start = _seen;
        _seen = Await(start, texts);
        return Shown[start.._seen];
    }

    /// <summary>The command has ended, and so has what it shows.</summary>
    /// <returns>All that was shown since the last time.</returns>
    internal string Rest()
    {
        WaitForExit();
        return Shown[_seen..];
    }

    /// <returns>Where the last of them ends.</returns>
    private int Await(int start, string[] texts)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            _more.Reset();
            bool isOver = _reading.IsCompleted;
            string shown = Shown;
            int[] ends = [.. texts.Select(text => (At: shown.IndexOf(text, start, StringComparison.Ordinal), text.Length)).Select(found => found.At < 0 ? -1 : found.At + found.Length)];
            if (!ends.Contains(-1))
                return ends.Max();
            if (isOver || watch.Elapsed > Patience || !_more.Wait(Patience))
                throw new TimeoutException($"'{texts[Array.IndexOf(ends, -1)]}' was not shown{(isOver ? " before the end" : "")}, but: {shown[start..]}");
        }
    }

    /// <returns>The exit code of the command.</returns>
    internal int WaitForExit()
    {
        if (!_script.WaitForExit(Patience) || !_reading.Wait(Patience))
            throw new TimeoutException($"the session did not end, and showed: {Shown}");
        return _script.ExitCode;
    }

    /// <summary>The terminal gets another size, as when its window does: at once, where stty(1) would change one number after the other.</summary>
    internal void Resize(int rows, int columns)
    {
        using SafeFileHandle terminal = File.OpenHandle(new FileInfo($"/proc/{Processes.First()}/fd/0").LinkTarget!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Terminal.SetSize(terminal, new TerminalSize(rows, columns));
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
